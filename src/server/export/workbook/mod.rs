//! Reports as Excel workbooks: the numbers of the JSON as typed cells, totals as live formulas with cached
//! results. Large sheets are streamed to temporary files row by row, so that memory does not grow with them.

mod about;
mod artists;
mod cell;
mod charts;
mod column;
mod coverage;
mod daily;
mod definitions;
mod format;
mod growth;
mod parts;
mod platforms;
mod reference;
mod sheet;
mod summary;
mod tracks;

use std::collections::HashMap;
use std::io::{Seek, Write};

use rust_xlsxwriter::{DocProperties, Workbook};

use crate::domain::report::{CellRow, PlatformRow, Report};
use crate::domain::time::range::range_label;
use crate::server::error::Error;
use crate::view::report::wording::subject;
use format::Formats;
use sheet::{FIRST, MAX_ROWS};

/// Writes the workbook of a report. `base` is the server's base URL: "http://127.0.0.1:3000".
///
/// # Errors
/// [`Error::Invalid`] if a sheet would exceed Excel's row limit; errors of the target.
pub fn write(report: &Report, base: &str, target: impl Write + Seek + Send) -> Result<(), Error> {
    let rows = parts::row_count(report);
    if rows + FIRST as usize + 1 > MAX_ROWS {
        let message = format!(
            "the workbook would have {rows} rows, and Excel takes {MAX_ROWS}: ask for fewer artists or platforms, or \
             take the CSV"
        );
        return Err(Error::invalid("artist", message));
    }
    let mut workbook = Workbook::new();
    // Slightly larger than with the default level, in half the time.
    workbook.set_zip_compression_level(3);
    workbook.set_properties(
        &DocProperties::new()
            .set_title(format!("{}, {}", subject(report), period(report)))
            .set_author("Music Analytics"),
    );
    let formats = Formats::new();
    // Chart data have to be in memory; these sheets are small.
    summary::write(workbook.add_worksheet(), &formats, report)?;
    platforms::write(workbook.add_worksheet(), &formats, report)?;
    tracks::write(workbook.add_worksheet_with_low_memory()?, &formats, report)?;
    parts::write(workbook.add_worksheet_with_low_memory()?, &formats, report)?;
    if let Some(days) = &report.days {
        daily::write(workbook.add_worksheet(), &formats, report, days)?;
        daily::write_details(workbook.add_worksheet_with_low_memory()?, &formats, report, days)?;
    }
    artists::write(workbook.add_worksheet(), &formats, report)?;
    if !report.artist_level.is_empty() {
        artists::write_level(workbook.add_worksheet(), &formats, report)?;
    }
    if let Some(growth) = &report.growth {
        growth::write(workbook.add_worksheet(), &formats, report, growth)?;
    }
    coverage::write(workbook.add_worksheet_with_low_memory()?, &formats, report)?;
    if let Some(evidence) = &report.country_evidence {
        charts::write(workbook.add_worksheet_with_low_memory()?, &formats, report, evidence)?;
    }
    definitions::write(workbook.add_worksheet(), &formats)?;
    about::write(workbook.add_worksheet(), &formats, report, base)?;
    Ok(workbook.save_to_writer(target)?)
}

/// The report's period: "September 2026".
fn period(report: &Report) -> String {
    range_label(report.query.from, report.query.to)
}

/// Platforms by code.
struct Registry<'a>(HashMap<&'a str, &'a PlatformRow>);

impl<'a> Registry<'a> {
    fn new(report: &'a Report) -> Self {
        Registry(report.platforms.iter().map(|row| (row.platform.as_str(), row)).collect())
    }

    fn name(&self, code: &'a str) -> &'a str {
        self.0.get(code).map_or(code, |row| &row.name)
    }

    fn unit(&self, code: &str) -> &'a str {
        self.0.get(code).map_or("", |row| &row.unit)
    }
}

/// The flags in words: "Stale repeat, Correction".
fn flags(cell: &CellRow) -> String {
    use crate::view::report::wording::flag_label;
    cell.flags.iter().map(|flag| flag_label(*flag)).collect::<Vec<_>>().join(", ")
}
