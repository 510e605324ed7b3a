//! Tracks with their total on every platform. An expanded track shows all its figures.

use crate::domain::State;
use crate::domain::report::{CellRow, PlatformRow, Report, TrackRow};
use crate::view::ViewState;
use crate::view::analytics::address::track_href;
use crate::view::analytics::picker::image_href;
use crate::view::figures::growth::track_change;
use crate::view::figures::{average_text, exact_text};
use crate::view::report::chart::spark::sparkline;
use crate::view::report::table::{Cell, Part, Table, TableRow, Toggle};
use crate::view::report::tracks::{TrackPage, cell, track_sort};
use crate::view::report::wording::state_text;

/// A page of the tracks of a report.
pub fn track_table(report: &Report, page: &TrackPage<'_>, view: &ViewState) -> Table {
    let sort = track_sort(view);
    let column = |row: &PlatformRow| {
        let words = vec![Part::Logo(row.platform.clone(), row.name.clone()), Part::Text(row.name.clone())];
        Cell::sort_head(words, &row.platform, &sort, "num")
    };
    let words = |words: &str| vec![Part::Text(words.to_owned())];
    let mut head = vec![
        Cell::sort_head(words("Track"), "name", &sort, ""),
        Cell::sort_head(words("Total audience"), "total", &sort, "num"),
    ];
    head.extend(report.growth.is_some().then(|| Cell::number_head("Change")));
    head.push(Cell { class: "trend", ..Cell::head("Trend") });
    head.extend(report.platforms.iter().map(column));
    Table {
        caption: "Tracks by platform".to_owned(),
        class: "tracks",
        head,
        bodies: page.rows.iter().map(|track| rows(report, track, view)).collect(),
        foot: Vec::new(),
    }
}

fn rows(report: &Report, track: &TrackRow, view: &ViewState) -> Vec<TableRow> {
    let key = track.uuid.to_string();
    let id = format!("track-{key}");
    let toggle = Toggle {
        value: view.open.toggled(&key).param_value(),
        is_open: view.open.is_open(&key),
        controls: id.clone(),
        words: track.name.clone(),
    };
    let is_open = toggle.is_open;
    let total =
        Cell { class: "num strong", ..Cell::new(vec![Part::figure_or_none(track.total, track.state)]) };
    let mut cells =
        vec![Cell::row_head(vec![Part::Toggle(toggle), Part::Below(track.credit.clone())]), total];
    if report.growth.is_some() {
        cells.push(Cell::number(Part::change(track_change(report, track.uuid))));
    }
    cells.push(trend(track));
    cells.extend(report.platforms.iter().map(|row| Cell::number(vec![short(cell(track, &row.platform))])));
    let span = cells.len();
    let mut rows = vec![TableRow::new(cells)];
    if is_open {
        let cell = Cell { span: Some(span), ..Cell::new(details(report, track)) };
        rows.push(TableRow { id: Some(id), class: "detail", cells: vec![cell] });
    }
    rows
}

/// A sparkline of daily averages; empty if unknown.
fn trend(track: &TrackRow) -> Cell {
    let spark = sparkline(&track.trend).map(|(area, line, words)| Part::Spark(area, line, words));
    Cell { class: "trend", ..Cell::new(spark.into_iter().collect()) }
}

/// The figure without bounds (the expanded track shows them); empty if the track is absent.
fn short(cell: Option<&CellRow>) -> Part {
    match cell {
        None => Part::Hidden(state_text(State::Absent).to_owned()),
        Some(cell) => Part::text_or_unknown(exact_text(cell.total).text),
    }
}

fn details(report: &Report, track: &TrackRow) -> Vec<Part> {
    let row = |cell: &CellRow| {
        let platform = report.platforms.iter().find(|row| row.platform == cell.platform);
        let name = platform.map_or_else(|| vec![Part::Text(cell.platform.clone())], Part::platform);
        TableRow::new([vec![Cell::row_head(name)], figure_cells(cell)].concat())
    };
    let table = Table {
        caption: format!("{} by platform", track.name),
        head: figure_head("Platform"),
        bodies: vec![track.platforms.iter().map(row).collect()],
        ..Table::default()
    };
    vec![
        Part::Picture(image_href("track", Some(track.uuid), track.image_url.as_deref()), track.name.clone()),
        Part::Link(
            track_href(track.uuid, report.query.from, report.query.to),
            "Every step and observation".to_owned(),
        ),
        Part::Aside(format!("Track {}", track.uuid)),
        Part::Table(Box::new(table)),
    ]
}

/// The header for [`figure_cells`].
pub(super) fn figure_head(first: &str) -> Vec<Cell> {
    let numbers = ["Total audience", "Average a day", "Peak day", "Days tracked"];
    let numbers = numbers.map(Cell::number_head).into_iter();
    [Cell::head(first)].into_iter().chain(numbers).chain([Cell::head("Notes")]).collect()
}

/// All figures of a track on a platform.
pub(super) fn figure_cells(cell: &CellRow) -> Vec<Cell> {
    vec![
        Cell::number(vec![Part::figure(cell.total)]),
        Cell::number(vec![Part::text_or_unknown(average_text(cell.average_daily.as_deref(), cell.total))]),
        Cell::number(Part::peak(cell.peak, cell.peak_precision())),
        Cell::number(vec![Part::Text(cell.days_tracked.to_string())]),
        Cell::new(Part::flags(&cell.flags)),
    ]
}
