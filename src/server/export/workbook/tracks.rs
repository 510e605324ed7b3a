//! One row per track, with its total as a sum over platforms.

use rust_xlsxwriter::utility::cell_range;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::{Cell, figure, figure_with_formulas};
use super::column::{Column, FIGURE};
use super::format::Formats;
use super::reference::{column_of, sum};
use super::sheet::{FIRST, Sheet};
use crate::domain::State;
use crate::domain::report::{Report, TrackRow};

/// The sheet's name.
pub const NAME: &str = "Tracks";
const STATE: u16 = 2;
/// The first of the four columns of the figure.
const FIGURES: u16 = 3;
/// The first platform column.
const PLATFORMS: u16 = 7;

pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let note =
        "A row a track, over all platforms. An empty cell: the track is not on that platform in this range.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, "Tracks", note)?;
    let first = [Column::words("Track", 34.0), Column::words("Artists", 30.0), Column::words("State", 10.0)];
    let headers: Vec<String> =
        report.platforms.iter().map(|row| format!("{}, {}", row.name, row.unit)).collect();
    let mut columns = [&first[..], &FIGURE].concat();
    columns.extend(headers.iter().map(|name| Column::number(name, 16.0)));
    columns.push(Column::words("Track UUID", 38.0));
    sheet.table(&columns, 1, report.tracks.len())?;
    for track in &report.tracks {
        let at = sheet.row();
        sheet.line(line(report, track, at))?;
    }
    let last = sheet.row().saturating_sub(1);
    let total = figure_with_formulas(report.summary.total, |offset| sum(FIGURES + offset, FIRST, last));
    let mut cells = vec![Cell::text("TOTAL"), Cell::Blank, Cell::Blank];
    cells.extend(total);
    for (column, row) in (PLATFORMS..).zip(&report.platforms) {
        let [estimate, ..] = figure(row.total, row.state);
        cells.push(estimate.with_formula(sum(column, FIRST, last)));
    }
    cells.push(Cell::Blank);
    sheet.total(cells)
}

fn line<'a>(report: &'a Report, track: &'a TrackRow, at: u32) -> Vec<Cell<'a>> {
    let [estimate, low, high, exact] = figure(track.total, track.state);
    let last = PLATFORMS + report.platforms.len().saturating_sub(1) as u16;
    let platforms = cell_range(at, PLATFORMS, at, last);
    let mut cells = vec![
        Cell::text(&track.name),
        Cell::text(&track.credit),
        Cell::text(track.state.as_str()),
        estimate.with_formula(format!("=SUM({platforms})")),
        low,
        high,
        exact,
    ];
    // The track's platforms are a subset of the report's, in the same order.
    let mut own = track.platforms.iter().peekable();
    for row in &report.platforms {
        let cell = own.next_if(|cell| cell.platform == row.platform);
        let [estimate, ..] =
            cell.map_or_else(|| figure(None, State::Absent), |cell| figure(cell.total, cell.state));
        cells.push(estimate);
    }
    cells.push(Cell::text(track.uuid.to_string()));
    cells
}

/// Formula: number of tracks with a known figure.
pub fn known_count(report: &Report) -> String {
    let last = FIRST + report.tracks.len().saturating_sub(1) as u32;
    format!("=COUNTIF({},\"known\")", column_of(NAME, STATE, FIRST, last))
}
