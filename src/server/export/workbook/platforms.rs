//! One row per platform, summed from the sheet of tracks by platform, and the TOTAL.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::{Cell, figure, figure_with_formulas};
use super::column::{Column, FIGURE};
use super::format::Formats;
use super::parts;
use super::reference::{cell_of, column_of, sum, sum_where};
use super::sheet::{FIRST, Sheet};
use crate::domain::State;
use crate::domain::report::{PlatformRow, Report};
use crate::view::figures::units;

/// The sheet's name.
pub const NAME: &str = "Platforms";
const UNIT: u16 = 2;
/// The first of the four columns of the figure.
const FIGURES: u16 = 4;
const SHARE: u16 = 8;

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let note = "Total audience of all tracks by platform. ≈ is estimated, ≥ a lower bound; – is unknown, never zero.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, "Platforms", note)?;
    let first = [
        Column::words("Platform", 20.0),
        Column::words("Code", 14.0),
        Column::words("Unit", 18.0),
        Column::words("State", 10.0),
    ];
    let numbers = [
        Column::number("% of total", 10.0),
        Column::number("Average a day", 14.0),
        Column::number("Peak", 14.0),
        Column::middle("Peak day", 12.0),
        Column::number("Days tracked", 10.0),
        Column::number("Coverage", 11.0),
        Column::middle("Data until", 12.0),
        Column::middle("Asked until", 12.0),
    ];
    sheet.table(&[&first[..], &FIGURE, &numbers].concat(), 1, report.platforms.len())?;
    for row in &report.platforms {
        let at = sheet.row();
        sheet.line(line(report, row, at))?;
    }
    let summary = &report.summary;
    let last = sheet.row().saturating_sub(1);
    let [estimate, low, high, exact] =
        figure_with_formulas(summary.total, |offset| sum(FIGURES + offset, FIRST, last));
    let has_shares = report.platforms.iter().any(|row| row.share.is_some());
    sheet.total([
        Cell::text("TOTAL"),
        Cell::Blank,
        Cell::text(units(&summary.units)),
        Cell::Blank,
        estimate,
        low,
        high,
        exact,
        // Shares add up to 100 by the largest remainder method; without shares there is no sum.
        Cell::share(has_shares.then_some("100.0")).with_formula(sum(SHARE, FIRST, last)),
        Cell::decimal(summary.average_daily.as_deref()),
        Cell::Blank,
        Cell::Blank,
        Cell::count(summary.days_tracked),
        Cell::percent(summary.coverage.as_deref()),
        Cell::Blank,
        Cell::Blank,
    ])
}

fn line<'a>(report: &'a Report, row: &'a PlatformRow, at: u32) -> [Cell<'a>; 16] {
    let formula = |offset| parts::sum_of_platform(report, offset, &format!("B{}", at + 1));
    let [estimate, low, high, exact] = match row.state {
        State::Known => figure_with_formulas(row.total, formula),
        state => figure(row.total, state),
    };
    let fresh = report.freshness.iter().find(|fresh| fresh.platform == row.platform);
    // Absent platforms have blank cells; unknown ones have unknown numbers.
    let known = |cell: Cell<'a>| if row.state == State::Absent { Cell::Blank } else { cell };
    [
        Cell::text(&row.name),
        Cell::text(&row.platform),
        Cell::text(&row.unit),
        Cell::text(row.state.as_str()),
        estimate,
        low,
        high,
        exact,
        known(share(report, row, at)),
        known(Cell::decimal(row.average_daily.as_deref())),
        known(row.peak.map_or(Cell::Unknown, |peak| Cell::marked(peak.value, row.peak_precision()))),
        known(row.peak.map_or(Cell::Unknown, |peak| Cell::Day(peak.day))),
        Cell::count(row.days_tracked),
        known(Cell::percent(row.coverage.as_deref())),
        Cell::day(fresh.and_then(|fresh| fresh.data_until)),
        Cell::day(fresh.and_then(|fresh| fresh.asked_until)),
    ]
}

/// The share, as a formula if plain rounding gives the same result as the largest remainder (S14).
fn share<'a>(report: &Report, row: &'a PlatformRow, at: u32) -> Cell<'a> {
    let cell = Cell::share(row.share.as_deref());
    let (Some(part), Some(whole)) = (row.total, report.summary.total.filter(|total| total.estimate > 0))
    else {
        return cell;
    };
    let tenths = (2_000 * part.estimate + whole.estimate).div_euclid(2 * whole.estimate);
    let alone = format!("{}.{}", tenths / 10, tenths % 10);
    let total = FIRST + report.platforms.len() as u32 + 1;
    let formula = format!("=ROUND(E{}/E${total},3)", at + 1);
    if row.share.as_deref() == Some(alone.as_str()) { cell.with_formula(formula) } else { cell }
}

/// A cell of the grand total; `offset` 0 is the estimate, 1 and 2 are its bounds.
pub fn total_cell(report: &Report, offset: u16) -> String {
    format!("={}", cell_of(NAME, FIRST + report.platforms.len() as u32, FIGURES + offset))
}

/// The sum over the platforms with the unit in a cell.
pub fn sum_of_unit(report: &Report, offset: u16, unit: &str) -> String {
    let last = FIRST + report.platforms.len() as u32 - 1;
    let column = |column| column_of(NAME, column, FIRST, last);
    sum_where(&column(FIGURES + offset), &column(UNIT), unit)
}

/// The columns used by charts: names and totals.
pub fn chart_columns(report: &Report) -> [(&'static str, u32, u16, u32, u16); 2] {
    let last = FIRST + report.platforms.len() as u32 - 1;
    [(NAME, FIRST, 0, last, 0), (NAME, FIRST, FIGURES, last, FIGURES)]
}
