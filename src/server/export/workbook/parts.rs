//! One row per track and platform, as in the CSV: the components of every total.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::{Cell, figure, figure_with_formulas};
use super::column::{Column, FIGURE};
use super::format::Formats;
use super::reference::{column_of, sum, sum_where};
use super::sheet::{FIRST, Sheet};
use super::{Registry, flags};
use crate::domain::State;
use crate::domain::report::{CellRow, Report, TrackRow};

/// The sheet's name.
pub const NAME: &str = "Tracks by platform";
const CODE: u16 = 3;
/// The first of the four columns of the figure.
const FIGURES: u16 = 6;

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let note = "A row for each track on each platform. Rows can be added up: nothing is counted twice.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, NAME, note)?;
    let first = [
        Column::words("Track", 34.0),
        Column::words("Artists", 30.0),
        Column::words("Platform", 18.0),
        Column::words("Code", 14.0),
        Column::words("Unit", 12.0),
        Column::words("State", 10.0),
    ];
    let numbers = [
        Column::number("Average a day", 14.0),
        Column::number("Peak", 14.0),
        Column::middle("Peak day", 12.0),
        Column::number("Days tracked", 10.0),
        Column::words("Notes", 28.0),
        Column::words("Track UUID", 38.0),
    ];
    sheet.table(&[&first[..], &FIGURE, &numbers].concat(), 1, row_count(report))?;
    let registry = Registry::new(report);
    for track in &report.tracks {
        let uuid = track.uuid.to_string();
        if track.platforms.is_empty() {
            sheet.line(empty(track, &uuid))?;
        }
        for cell in &track.platforms {
            sheet.line(line(&registry, track, cell, &uuid))?;
        }
    }
    let last = sheet.row().saturating_sub(1);
    let total = figure_with_formulas(report.summary.total, |offset| sum(FIGURES + offset, FIRST, last));
    let before = [Cell::text("TOTAL"), Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank];
    sheet.total(before.into_iter().chain(total).chain(std::iter::repeat_n(Cell::Blank, numbers.len())))
}

fn line<'a>(
    registry: &Registry<'a>,
    track: &'a TrackRow,
    cell: &'a CellRow,
    uuid: &'a str,
) -> [Cell<'a>; 16] {
    let [estimate, low, high, exact] = figure(cell.total, cell.state);
    [
        Cell::text(&track.name),
        Cell::text(&track.credit),
        Cell::text(registry.name(&cell.platform)),
        Cell::text(&cell.platform),
        Cell::text(registry.unit(&cell.platform)),
        Cell::text(cell.state.as_str()),
        estimate,
        low,
        high,
        exact,
        Cell::decimal(cell.average_daily.as_deref()),
        cell.peak.map_or(Cell::Unknown, |peak| Cell::marked(peak.value, cell.peak_precision())),
        cell.peak.map_or(Cell::Unknown, |peak| Cell::Day(peak.day)),
        Cell::count(cell.days_tracked),
        Cell::text(flags(cell)),
        Cell::text(uuid),
    ]
}

/// The row of a track that is on none of the platforms.
fn empty<'a>(track: &'a TrackRow, uuid: &'a str) -> [Cell<'a>; 16] {
    let mut cells = [const { Cell::Blank }; 16];
    cells[0] = Cell::text(&track.name);
    cells[1] = Cell::text(&track.credit);
    cells[5] = Cell::text(State::Absent.as_str());
    cells[15] = Cell::text(uuid);
    cells
}

/// The rows between header and total.
pub fn row_count(report: &Report) -> usize {
    report.tracks.iter().map(|track| track.platforms.len().max(1)).sum()
}

/// The sum over the rows of the platform whose code stands in a cell; `offset` 0 is the estimate, 1 and
/// 2 its bounds.
pub fn sum_of_platform(report: &Report, offset: u16, code: &str) -> String {
    let last = FIRST + row_count(report).saturating_sub(1) as u32;
    let column = |column| column_of(NAME, column, FIRST, last);
    sum_where(&column(FIGURES + offset), &column(CODE), code)
}
