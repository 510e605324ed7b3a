//! Totals per platform, with shares that add up to 100.0 % and the TOTAL row.

use crate::domain::report::{PlatformRow, Report};
use crate::view::figures::growth::{Compared, platform_change};
use crate::view::figures::{UNKNOWN, average_text, percent, units};
use crate::view::report::table::{Cell, Part, Table, TableRow};

/// The platforms of a report, with their change where it is compared with another period.
pub fn platform_table(report: &Report) -> Table {
    let summary = &report.summary;
    let has_shares = report.platforms.iter().any(|row| row.share.is_some());
    let change =
        report.growth.as_ref().map(|growth| Cell::number(Part::change(Some(Compared::from(growth)))));
    let numbers = ["Peak day", "Average a day", "Days tracked", "Coverage", "Data until"];
    let mut head =
        vec![Cell::head("Platform"), Cell::number_head("Total audience"), Cell::number_head("% of total")];
    head.extend(change.is_some().then(|| Cell::number_head("Change")));
    head.extend(numbers.map(Cell::number_head));
    let mut foot = vec![
        Cell::row_head(vec![Part::Text("TOTAL".to_owned()), Part::Aside(units(&summary.units))]),
        Cell::number(
            [Part::figure(summary.total)]
                .into_iter()
                .chain(report.incomplete.as_ref().map(|_| Part::Below("incomplete".to_owned())))
                .collect(),
        ),
        // Shares add up to exactly 100 by the largest remainder method.
        text(if has_shares { "100.0 %" } else { UNKNOWN }.to_owned()),
    ];
    foot.extend(change);
    foot.extend([
        Cell::default(),
        text(average_text(summary.average_daily.as_deref(), summary.total)),
        text(summary.days_tracked.to_string()),
        text(percent(summary.coverage.as_deref())),
        Cell::default(),
    ]);
    Table {
        caption: "Platforms".to_owned(),
        head,
        bodies: vec![report.platforms.iter().map(|platform| row(report, platform)).collect()],
        foot,
        ..Table::default()
    }
}

fn row(report: &Report, row: &PlatformRow) -> TableRow {
    let mut cells = vec![
        Cell::row_head(Part::platform(row)),
        Cell::number(vec![Part::figure_or_none(row.total, row.state)]),
        text(row.share.as_ref().map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"))),
    ];
    if report.growth.is_some() {
        cells.push(Cell::number(Part::change(platform_change(report, &row.platform))));
    }
    let fresh = report.freshness.iter().find(|fresh| fresh.platform == row.platform);
    let until = fresh.and_then(|fresh| fresh.data_until).map(|day| day.to_string());
    cells.extend([
        Cell::number(Part::peak(row.peak, row.peak_precision())),
        text(average_text(row.average_daily.as_deref(), row.total)),
        text(row.days_tracked.to_string()),
        text(percent(row.coverage.as_deref())),
        text(until.unwrap_or_else(|| UNKNOWN.to_owned())),
    ]);
    TableRow::new(cells)
}

fn text(text: String) -> Cell {
    Cell::number(vec![Part::text_or_unknown(text)])
}
