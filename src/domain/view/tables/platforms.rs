//! Totals per platform, with shares that add up to 100.0 % and the TOTAL row.

use crate::domain::report::{PlatformRow, Report};
use crate::domain::view::figures::{UNKNOWN, average_text, percent, units};
use crate::domain::view::table::{Cell, Part, Row, Table};

/// The platforms of a report.
pub fn platform_table(report: &Report) -> Table {
    let summary = &report.summary;
    let has_shares = report.platforms.iter().any(|row| row.share.is_some());
    let numbers = ["Total audience", "% of total", "Peak day", "Average a day", "Days tracked", "Coverage"];
    Table {
        caption: "Platforms".to_owned(),
        head: [Cell::head("Platform")].into_iter().chain(numbers.map(Cell::number_head)).collect(),
        bodies: vec![report.platforms.iter().map(row).collect()],
        foot: vec![
            Cell::row_head(vec![Part::Text("TOTAL".to_owned()), Part::Aside(units(&summary.units))]),
            Cell::number(vec![Part::figure(summary.total)]),
            // By largest remainder the shares add up; without any there is nothing to add.
            text(if has_shares { "100.0 %" } else { UNKNOWN }.to_owned()),
            Cell::default(),
            text(average_text(summary.average_daily.as_deref(), summary.total)),
            text(summary.days_tracked.to_string()),
            text(percent(summary.coverage.as_deref())),
        ],
        ..Table::default()
    }
}

fn row(row: &PlatformRow) -> Row {
    Row::of(vec![
        Cell::row_head(Part::platform(row)),
        Cell::number(vec![Part::figure_or_none(row.total, row.state)]),
        text(row.share.as_ref().map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"))),
        Cell::number(Part::peak(row.peak)),
        text(average_text(row.average_daily.as_deref(), row.total)),
        text(row.days_tracked.to_string()),
        text(percent(row.coverage.as_deref())),
    ])
}

fn text(text: String) -> Cell {
    Cell::number(vec![Part::text_or_unknown(text)])
}
