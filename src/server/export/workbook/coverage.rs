//! Missing and corrected data: warnings, coverage and freshness by platform, days without chart, and every
//! flagged value with an explanation.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Registry;
use super::cell::Cell;
use super::column::Column;
use super::format::Formats;
use super::sheet::Sheet;
use crate::domain::report::Report;
use crate::view::report::wording::{flag_explanation, flag_label};

const NAME: &str = "Coverage and corrections";

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip([34.0, 20.0, 16.0, 16.0, 16.0, 110.0]) {
        sheet.set_column_width(column, width)?;
    }
    let note = "Days that are not covered are unknown, not zero; what was corrected is never hidden.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, NAME, note)?;
    if !report.warnings.is_empty() {
        sheet.section("Warnings", &[Column::words("Kind", 0.0), Column::words("What it is", 0.0)], None)?;
        for warning in &report.warnings {
            sheet.line([Cell::text(&warning.code), Cell::text(&warning.message)])?;
        }
    }
    platforms(&mut sheet, report)?;
    let evidence = report.country_evidence.as_ref();
    if let Some(evidence) = evidence.filter(|evidence| !evidence.days_without_chart.is_empty()) {
        sheet.section("Days without a fetched chart", &[Column::middle("Day", 0.0)], None)?;
        for day in &evidence.days_without_chart {
            sheet.line([Cell::Day(*day)])?;
        }
    }
    flags(&mut sheet, report)
}

fn platforms(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), XlsxError> {
    let columns = [
        Column::words("Platform", 0.0),
        Column::number("Coverage", 0.0),
        Column::number("Days tracked", 0.0),
        Column::middle("Data until", 0.0),
        Column::middle("Asked until", 0.0),
    ];
    sheet.section("Coverage", &columns, None)?;
    for row in &report.platforms {
        let fresh = report.freshness.iter().find(|fresh| fresh.platform == row.platform);
        sheet.line([
            Cell::text(&row.name),
            Cell::percent(row.coverage.as_deref()),
            Cell::count(row.days_tracked),
            Cell::day(fresh.and_then(|fresh| fresh.data_until)),
            Cell::day(fresh.and_then(|fresh| fresh.asked_until)),
        ])?;
    }
    let summary = &report.summary;
    sheet.total([
        Cell::text("TOTAL"),
        Cell::percent(summary.coverage.as_deref()),
        Cell::count(summary.days_tracked),
        Cell::Blank,
        Cell::Blank,
    ])
}

fn flags(sheet: &mut Sheet<'_>, report: &Report) -> Result<(), XlsxError> {
    let cells =
        || report.tracks.iter().flat_map(|track| track.platforms.iter().map(move |cell| (track, cell)));
    let count: usize = cells().map(|(_, cell)| cell.flags.len()).sum();
    let columns = [
        Column::words("Track", 0.0),
        Column::words("Artists", 0.0),
        Column::words("Platform", 0.0),
        Column::words("What", 0.0),
        Column::words("Code", 0.0),
        Column::words("What it means", 0.0),
    ];
    sheet.section("Unusual figures", &columns, Some(count))?;
    let registry = Registry::new(report);
    for (track, cell) in cells() {
        for flag in &cell.flags {
            sheet.line([
                Cell::text(&track.name),
                Cell::text(&track.credit),
                Cell::text(registry.name(&cell.platform)),
                Cell::text(flag_label(*flag)),
                Cell::text(flag.as_str()),
                Cell::text(flag_explanation(*flag)),
            ])?;
        }
    }
    if count == 0 {
        sheet.line([Cell::text("none")])?;
    }
    Ok(())
}
