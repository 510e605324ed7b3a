//! The artist sheets: "A + B − shared = TOTAL" (S12), and artist-level figures, which are part of no total (S19).

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cell::{Cell, figure, figure_with_formulas};
use super::column::{Column, FIGURE};
use super::format::Formats;
use super::sheet::{FIRST, Sheet};
use crate::domain::State;
use crate::domain::report::{ArtistLevelRow, Report};
use crate::view::report::wording::ARTIST_LEVEL_NOTE;
use rust_xlsxwriter::utility::{cell_range, row_col_to_cell};

const NAME: &str = "Artists";
const LEVEL: &str = "Artists as a whole";
/// The first of the four columns of the figure.
const FIGURES: u16 = 2;

/// Writes the sheet with the equation.
pub fn write(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let note = "A track of several of these artists counts once: what they share is subtracted.";
    let mut sheet = Sheet::begin(sheet.set_name(NAME)?, formats, NAME, note)?;
    let first = [Column::words("Artist", 34.0), Column::number("Tracks", 10.0)];
    let columns = [&first[..], &FIGURE, &[Column::words("Artist UUID", 38.0)]].concat();
    sheet.table(&columns, 1, report.artists.len())?;
    for artist in &report.artists {
        let [estimate, low, high, exact] = figure(artist.total, State::Unknown);
        let (name, uuid) = (Cell::text(&artist.name), Cell::text(artist.uuid.to_string()));
        sheet.line([name, Cell::count(artist.tracks), estimate, low, high, exact, uuid])?;
    }
    let (shared_row, last) = (sheet.row(), sheet.row().saturating_sub(1));
    let shared = &report.shared;
    if report.artists.len() > 1 {
        let state = if shared.tracks.is_empty() { State::Absent } else { State::Unknown };
        let [estimate, low, high, exact] = figure(shared.total, state);
        let count = Cell::count(shared.tracks.len() as i128);
        sheet.line([Cell::text("− Shared, counted once"), count, estimate, low, high, exact])?;
    }
    let formula = |offset| {
        let column = FIGURES + offset;
        let sum = format!("=SUM({})", cell_range(FIRST, column, last, column));
        let is_subtracted = report.artists.len() > 1 && shared.total.is_some();
        if is_subtracted { format!("{sum}-{}", row_col_to_cell(shared_row, column)) } else { sum }
    };
    let [estimate, low, high, exact] = figure_with_formulas(report.summary.total, formula);
    let tracks = Cell::count(report.summary.tracks_of);
    sheet.total([Cell::text("TOTAL"), tracks, estimate, low, high, exact, Cell::Blank])
}

/// Writes the sheet with followers, listeners and views.
pub fn write_level(sheet: &mut Worksheet, formats: &Formats, report: &Report) -> Result<(), XlsxError> {
    let mut sheet = Sheet::begin(sheet.set_name(LEVEL)?, formats, LEVEL, ARTIST_LEVEL_NOTE)?;
    let columns = [
        Column::words("Artist", 30.0),
        Column::words("Platform", 18.0),
        Column::words("Code", 14.0),
        Column::words("Measured", 12.0),
        Column::words("Kind", 10.0),
        Column::words("Unit", 16.0),
        Column::number("First", 15.0),
        Column::middle("First day", 12.0),
        Column::number("Last", 15.0),
        Column::middle("Last day", 12.0),
        Column::number("Change", 15.0),
        Column::number("Average", 15.0),
        Column::number("Sum", 15.0),
        Column::number("Days", 8.0),
        Column::words("Artist UUID", 38.0),
    ];
    sheet.table(&columns, 1, report.artist_level.len())?;
    for row in &report.artist_level {
        let at = sheet.row() + 1;
        sheet.line(line(row, at))?;
    }
    Ok(())
}

fn line(row: &ArtistLevelRow, at: u32) -> [Cell<'_>; 15] {
    [
        Cell::text(&row.artist_name),
        Cell::text(&row.platform_name),
        Cell::text(&row.platform),
        Cell::text(row.metric.as_str()),
        Cell::text(row.kind.as_str()),
        Cell::text(&row.unit),
        Cell::count(row.first.value),
        Cell::Day(row.first.day),
        Cell::count(row.last.value),
        Cell::Day(row.last.day),
        Cell::count(row.change).with_formula(format!("=I{at}-G{at}")),
        Cell::decimal(Some(&row.average)),
        // Only daily amounts can be summed.
        row.total.map_or(Cell::Placeholder("none"), Cell::count),
        Cell::count(row.days),
        Cell::text(row.artist.to_string()),
    ]
}
