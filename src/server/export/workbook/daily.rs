//! Daily values (S16): a column per platform for charts, and every component of every day.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Registry;
use super::cell::{Cell, figure};
use super::column::Column;
use super::format::Formats;
use super::reference::sum;
use super::sheet::{FIRST, Sheet};
use crate::domain::report::{DayCell, DayRow, Report};

/// Name of the sheet with one row per day.
pub const NAME: &str = "Daily";
const DETAILS: &str = "Daily details";

/// Writes the sheet with one row per day.
pub fn write(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report,
    days: &[DayRow],
) -> Result<(), XlsxError> {
    let note = "An empty cell is a day without data, never a zero. ≈ holds a part of a longer step; ≥ lacks a track.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, "Days by platform", note)?;
    let headers: Vec<String> =
        report.platforms.iter().map(|row| format!("{}, {}", row.name, row.unit)).collect();
    let mut columns = vec![Column::middle("Day", 13.0)];
    columns.extend(headers.iter().map(|name| Column::number(name, 16.0)));
    sheet.table(&columns, 1, days.len())?;
    for day in days {
        let cells = day.platforms.iter().map(amount);
        sheet.line([Cell::Day(day.day)].into_iter().chain(cells))?;
    }
    let last = sheet.row().saturating_sub(1);
    let total = (1..).zip(&report.platforms).map(|(column, row)| {
        let [estimate, ..] = figure(row.total, row.state);
        estimate.with_formula(sum(column, FIRST, last))
    });
    sheet.total([Cell::text("TOTAL")].into_iter().chain(total))
}

/// The day's amount, shown as on the page.
fn amount(cell: &DayCell) -> Cell<'_> {
    if cell.covered == 0 {
        return Cell::Blank;
    }
    Cell::marked(cell.value + cell.spread, cell.precision())
}

/// Writes the sheet with one row per day and platform.
pub fn write_details(
    sheet: &mut Worksheet,
    formats: &Formats,
    report: &Report,
    days: &[DayRow],
) -> Result<(), XlsxError> {
    let note = "Whole days are what was counted on that very day; parts of longer steps are estimates.";
    let mut sheet = Sheet::begin(sheet.set_name(DETAILS)?, formats, "Days by platform, in detail", note)?;
    let columns = [
        Column::middle("Day", 13.0),
        Column::words("Platform", 20.0),
        Column::words("Code", 14.0),
        Column::words("Unit", 14.0),
        Column::number("Whole days", 16.0),
        Column::number("Parts of longer steps", 16.0),
        Column::number("Amount", 16.0),
        Column::number("Series covered", 12.0),
        Column::number("Series missing", 12.0),
        Column::number("Tracks corrected", 12.0),
    ];
    sheet.table(&columns, 1, days.iter().map(|day| day.platforms.len()).sum())?;
    let registry = Registry::new(report);
    for day in days {
        for cell in &day.platforms {
            let at = sheet.row() + 1;
            let is_gap = cell.covered == 0;
            let number = |number: i128| if is_gap { Cell::Blank } else { Cell::count(number) };
            sheet.line([
                Cell::Day(day.day),
                Cell::text(registry.name(&cell.platform)),
                Cell::text(&cell.platform),
                Cell::text(registry.unit(&cell.platform)),
                number(cell.value),
                number(cell.spread),
                amount(cell).with_formula(format!("=E{at}+F{at}")),
                Cell::count(cell.covered),
                Cell::count(cell.missing),
                Cell::count(cell.corrected),
            ])?;
        }
    }
    Ok(())
}
