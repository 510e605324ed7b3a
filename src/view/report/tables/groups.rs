//! Platforms with their tracks.

use super::tracks::{figure_cells, figure_head};
use crate::domain::report::{PlatformRow, Report};
use crate::domain::text::format::pluralize;
use crate::view::ViewState;
use crate::view::figures::average_text;
use crate::view::report::table::{Cell, Part, Table, TableRow, Toggle};
use crate::view::report::tracks::tracks_of_platform;

/// The platforms of a report with their tracks.
pub fn group_table(report: &Report, view: &ViewState) -> Table {
    Table {
        caption: "Tracks by platform".to_owned(),
        class: "groups",
        head: figure_head("Platform, track"),
        bodies: report.platforms.iter().map(|row| rows(report, row, view)).collect(),
        foot: Vec::new(),
    }
}

fn rows(report: &Report, row: &PlatformRow, view: &ViewState) -> Vec<TableRow> {
    let tracks = tracks_of_platform(&report.tracks, row, view);
    let id = format!("group-{}", row.platform);
    let is_open = view.open.is_open(&row.platform);
    let toggle = Toggle {
        value: view.open.toggled(&row.platform).param_value(),
        is_open,
        controls: id.clone(),
        words: row.name.clone(),
    };
    let logo = Part::Logo(row.platform.clone(), row.name.clone());
    let mut rows = vec![TableRow::new(vec![
        Cell::row_head(vec![Part::Toggle(toggle), logo, Part::Aside(row.unit.clone())]),
        Cell { class: "num strong", ..Cell::new(vec![Part::figure_or_none(row.total, row.state)]) },
        Cell::number(vec![Part::text_or_unknown(average_text(row.average_daily.as_deref(), row.total))]),
        Cell::number(Part::peak(row.peak, row.peak_precision())),
        Cell::number(vec![Part::Text(row.days_tracked.to_string())]),
        Cell::new(vec![Part::Text(pluralize(tracks.len(), "track"))]),
    ])];
    if is_open {
        rows.extend(tracks.into_iter().enumerate().map(|(place, (track, cell))| {
            let name = vec![Part::Text(track.name.clone()), Part::Below(track.credit.clone())];
            TableRow {
                // `aria-controls` points at the first row: HTML has no element around part of a row group.
                id: (place == 0).then(|| id.clone()),
                class: "sub",
                cells: [vec![Cell::row_head(name)], figure_cells(cell)].concat(),
            }
        }));
    }
    rows
}
