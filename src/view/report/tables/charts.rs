//! The chart appearances behind the country filter (S18 in docs/semantics.md).

use crate::domain::report::{ChartAppearance, Report, TrackCharts};
use crate::domain::text::format::counted;
use crate::view::Page;
use crate::view::report::table::{Cell, Part, Row, Table};

/// The chart appearances of a report's tracks, if a country is selected.
pub fn chart_table(report: &Report, page: &Page) -> Option<Table> {
    let evidence = report.country_evidence.as_ref().filter(|evidence| !evidence.tracks.is_empty())?;
    Some(Table {
        caption: "Chart appearances".to_owned(),
        head: vec![
            Cell::head("Track"),
            Cell::number_head("Best position"),
            Cell::head("Chart"),
            Cell::head("First day"),
            Cell::head("Last day"),
            Cell::head("Other charts"),
        ],
        bodies: vec![evidence.tracks.iter().filter_map(|track| row(report, page, track)).collect()],
        ..Table::default()
    })
}

fn row(report: &Report, page: &Page, track: &TrackCharts) -> Option<Row> {
    let name = report.tracks.iter().find(|row| row.uuid == track.track)?.name.clone();
    let (best, others) = track.charts.split_first()?;
    let logo = Part::Logo(best.platform.clone(), page.platform_name(&best.platform).to_owned());
    let other = |chart: &ChartAppearance| {
        format!("{}: position {} at best, {} to {}", chart.name, chart.best_position, chart.first, chart.last)
    };
    let more = (!others.is_empty())
        .then(|| Part::More(counted(others.len(), "more chart"), others.iter().map(other).collect()));
    Some(Row::of(vec![
        Cell::row_head(vec![Part::Text(name)]),
        Cell::number(vec![Part::Text(best.best_position.to_string())]),
        Cell::of(vec![logo, Part::Text(best.name.clone())]),
        Cell::of(vec![Part::Text(best.first.to_string())]),
        Cell::of(vec![Part::Text(best.last.to_string())]),
        Cell::of(more.into_iter().collect()),
    ]))
}
