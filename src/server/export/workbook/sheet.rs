//! A sheet, streamed from top to bottom: title, header, rows, totals. A completed row is on disk and cannot
//! be changed.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Note, Worksheet, XlsxError};

use super::cell::Cell;
use super::column::{Column, Kind};
use super::format::{CellStyle, Formats};
use crate::domain::Day;
use crate::domain::amounts::figure::Precision;
use crate::view::figures::UNKNOWN;

/// Header row of the first table of a sheet.
pub const HEAD: u32 = 3;
/// The first row of that table.
pub const FIRST: u32 = HEAD + 1;
/// Maximum rows of a sheet.
pub const MAX_ROWS: usize = 1_048_576;
/// Maximum length of a text cell, in UTF-16 units.
const MAX_TEXT: usize = 32_767;
/// Maximum length of a link.
const MAX_LINK: usize = 2_079;

/// A sheet being written.
pub struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    row: u32,
}

impl<'a> Sheet<'a> {
    /// Starts a sheet with a title and a line below it.
    pub fn begin(
        sheet: &'a mut Worksheet,
        formats: &'a Formats,
        title: &str,
        note: &str,
    ) -> Result<Self, XlsxError> {
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_footer("&L&A&RPage &P of &N");
        sheet.set_row_height(0, 26)?;
        sheet.write_string_with_format(0, 0, fit(title), &formats.title)?;
        sheet.write_string_with_format(1, 0, fit(note), &formats.note)?;
        Ok(Sheet { sheet, formats, row: HEAD })
    }

    /// The next row to write.
    pub const fn row(&self) -> u32 {
        self.row
    }

    /// The worksheet, for content other than cells.
    pub fn worksheet(&mut self) -> &mut Worksheet {
        self.sheet
    }

    /// Starts the main table: its header and `fixed` columns are frozen, and its `rows` can be filtered.
    pub fn table(&mut self, columns: &[Column<'_>], fixed: u16, rows: usize) -> Result<(), XlsxError> {
        for (index, column) in (0..).zip(columns) {
            self.sheet.set_column_width(index, column.width)?;
        }
        let last = columns.len().saturating_sub(1) as u16;
        let end = self.row + rows as u32;
        self.sheet.set_freeze_panes(self.row + 1, fixed)?;
        self.sheet.set_repeat_rows(self.row, self.row)?;
        self.head(columns)?;
        if rows > 0 {
            self.sheet.autofilter(self.row - 1, 0, end, last)?;
        }
        Ok(())
    }

    /// Starts a further table with a heading; its rows can be filtered if the sheet has no other filter.
    pub fn section(
        &mut self,
        title: &str,
        columns: &[Column<'_>],
        filtered: Option<usize>,
    ) -> Result<(), XlsxError> {
        self.row += u32::from(self.row > HEAD);
        self.sheet.write_string_with_format(self.row, 0, title, &self.formats.section)?;
        self.row += 1;
        self.head(columns)?;
        if let Some(rows) = filtered.filter(|rows| *rows > 0) {
            let last = columns.len().saturating_sub(1) as u16;
            self.sheet.autofilter(self.row - 1, 0, self.row - 1 + rows as u32, last)?;
        }
        Ok(())
    }

    fn head(&mut self, columns: &[Column<'_>]) -> Result<(), XlsxError> {
        self.sheet.set_row_height(self.row, 32)?;
        for (index, column) in (0..).zip(columns) {
            let format = match column.kind {
                Kind::Words => &self.formats.head,
                Kind::Number => &self.formats.number_head,
                Kind::Middle => &self.formats.middle_head,
            };
            self.sheet.write_string_with_format(self.row, index, fit(column.name), format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes a row.
    pub fn line<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Result<(), XlsxError> {
        self.write(cells, false)
    }

    /// Writes a row of totals.
    pub fn total<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> Result<(), XlsxError> {
        self.write(cells, true)
    }

    fn write<'c>(
        &mut self,
        cells: impl IntoIterator<Item = Cell<'c>>,
        is_total: bool,
    ) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            self.cell(column, cell, is_total)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: Cell<'_>, is_total: bool) -> Result<(), XlsxError> {
        let (sheet, row) = (&mut *self.sheet, self.row);
        let format = self.formats.get(look(&cell), is_total);
        match cell {
            Cell::Blank if is_total => sheet.write_blank(row, column, format)?,
            Cell::Blank => sheet,
            Cell::Unknown => sheet.write_string_with_format(row, column, UNKNOWN, format)?,
            Cell::Text(text) | Cell::Sentence(text) => {
                sheet.write_string_with_format(row, column, fit(&text), format)?
            }
            Cell::Word(word) | Cell::Placeholder(word) => {
                sheet.write_string_with_format(row, column, word, format)?
            }
            Cell::Link(address) if address.len() <= MAX_LINK => {
                sheet.write_url_with_format(row, column, address.as_str(), format)?
            }
            Cell::Link(address) => sheet.write_string_with_format(row, column, fit(&address), format)?,
            Cell::Digits(digits) => {
                let note = "Kept as text: a spreadsheet would round a number of so many digits.";
                sheet.insert_note(row, column, &Note::new(note))?;
                sheet.write_string_with_format(row, column, digits, format)?
            }
            Cell::Count(number, _) => sheet.write_number_with_format(row, column, number as f64, format)?,
            Cell::Decimal(number) | Cell::Share(number) | Cell::Change(number) | Cell::Percent(number) => {
                sheet.write_number_with_format(row, column, number, format)?
            }
            Cell::Day(day) => sheet.write_datetime_with_format(row, column, date(day)?, format)?,
            Cell::Formula(formula, result) => formula_with(
                sheet,
                (row, column),
                &formula,
                &result,
                self.formats.get(look(&result), is_total),
            )?,
        };
        Ok(())
    }
}

fn formula_with<'s>(
    sheet: &'s mut Worksheet,
    (row, column): (u32, u16),
    formula: &str,
    result: &Cell<'_>,
    format: &Format,
) -> Result<&'s mut Worksheet, XlsxError> {
    let result = match result {
        Cell::Count(number, _) => number.to_string(),
        Cell::Decimal(number) | Cell::Share(number) | Cell::Change(number) | Cell::Percent(number) => {
            number.to_string()
        }
        _ => String::new(),
    };
    sheet.write_formula_with_format(row, column, Formula::new(formula).set_result(result), format)
}

const fn look(cell: &Cell<'_>) -> CellStyle {
    match cell {
        Cell::Blank | Cell::Text(_) | Cell::Formula(..) => CellStyle::Text,
        Cell::Sentence(_) => CellStyle::Sentence,
        Cell::Link(_) => CellStyle::Link,
        Cell::Unknown | Cell::Digits(_) | Cell::Placeholder(_) => CellStyle::Word,
        Cell::Word(_) => CellStyle::Middle,
        Cell::Count(_, Precision::Exact) => CellStyle::Count,
        Cell::Count(_, Precision::AtLeast) => CellStyle::AtLeast,
        Cell::Count(_, Precision::About) => CellStyle::About,
        Cell::Decimal(_) => CellStyle::Decimal,
        Cell::Share(_) => CellStyle::Share,
        Cell::Change(_) => CellStyle::Change,
        Cell::Percent(_) => CellStyle::Percent,
        Cell::Day(_) => CellStyle::Day,
    }
}

fn date(day: Day) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day_of_month() as u8)
}

/// Truncates a text to the maximum length and removes characters that XML does not allow.
fn fit(text: &str) -> String {
    let is_allowed = |c: char| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    let mut length = 0;
    let whole = text.chars().map(|c| if is_allowed(c) { c } else { '\u{fffd}' });
    whole
        .take_while(|c| {
            length += c.len_utf16();
            length <= MAX_TEXT
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_into_a_cell() {
        assert_eq!(fit("=1+1\u{1}"), "=1+1\u{fffd}");
        assert_eq!(fit(&"🎵".repeat(20_000)).encode_utf16().count(), MAX_TEXT - 1);
    }
}
