//! The chart appearances behind the country filter (S18 in docs/semantics.md).

use crate::domain::report::{ChartAppearance, Report, TrackCharts};
use crate::domain::text::format::pluralize;
use crate::view::AnalyticsView;
use crate::view::report::table::{Cell, Part, Table, TableRow};

/// The chart appearances of a report's tracks, if a country is selected.
pub fn chart_table(report: &Report, page: &AnalyticsView) -> Option<Table> {
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

fn row(report: &Report, page: &AnalyticsView, track: &TrackCharts) -> Option<TableRow> {
    let name = report.tracks.iter().find(|row| row.uuid == track.track)?.name.clone();
    let (best, others) = track.charts.split_first()?;
    let logo = Part::Logo(best.platform.clone(), page.platform_name(&best.platform).to_owned());
    let other = |chart: &ChartAppearance| {
        format!("{}: position {} at best, {} to {}", chart.name, chart.best_position, chart.first, chart.last)
    };
    let more = (!others.is_empty())
        .then(|| Part::More(pluralize(others.len(), "more chart"), others.iter().map(other).collect()));
    Some(TableRow::new(vec![
        Cell::row_head(vec![Part::Text(name)]),
        Cell::number(vec![Part::Text(best.best_position.to_string())]),
        Cell::new(vec![logo, Part::Text(best.name.clone())]),
        Cell::new(vec![Part::Text(best.first.to_string())]),
        Cell::new(vec![Part::Text(best.last.to_string())]),
        Cell::new(more.into_iter().collect()),
    ]))
}
