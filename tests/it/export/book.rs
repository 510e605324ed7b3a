//! Reads workbooks.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use music_analytics::domain::report::Report;
use music_analytics::domain::{Day, Figure, State};
use music_analytics::server::export::workbook;

/// Header row, 0-based.
pub const HEAD: u32 = 3;
pub const FIRST: u32 = HEAD + 1;

pub struct Sheet {
    pub name: String,
    values: Range<Data>,
    formulas: Range<String>,
}

pub struct Book(BTreeMap<String, Sheet>);

impl Book {
    pub fn export(report: &Report) -> Self {
        let mut bytes = Cursor::new(Vec::new());
        workbook::write(report, "http://127.0.0.1:3000", &mut bytes).unwrap();
        Self::read(bytes.into_inner())
    }

    pub fn read(bytes: Vec<u8>) -> Self {
        let mut file = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = file.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let values = file.worksheet_range(&name).unwrap();
            let formulas = file.worksheet_formula(&name).unwrap();
            (name.clone(), Sheet { name, values, formulas })
        });
        Book(sheets.collect())
    }

    pub fn sheet(&self, name: &str) -> &Sheet {
        &self.0[name]
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        self.0.values()
    }
}

impl Sheet {
    pub fn cell(&self, row: u32, column: u32) -> &Data {
        self.values.get_value((row, column)).unwrap_or(&Data::Empty)
    }

    pub fn text(&self, row: u32, column: u32) -> String {
        self.cell(row, column).to_string()
    }

    pub fn last_row(&self) -> u32 {
        self.values.end().unwrap().0
    }

    /// All formulas with their positions.
    pub fn formulas(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        let (top, left) = self.formulas.start().unwrap_or_default();
        let used = self.formulas.used_cells();
        used.map(move |(row, column, text)| (row as u32 + top, column as u32 + left, text.as_str()))
            .filter(|(_, _, text)| !text.is_empty())
    }

    pub fn formula(&self, row: u32, column: u32) -> Option<&str> {
        self.formulas.get_value((row, column)).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// All cells with their positions.
    pub fn cells(&self) -> impl Iterator<Item = (u32, u32, &Data)> {
        let (top, left) = self.values.start().unwrap_or_default();
        self.values
            .used_cells()
            .map(move |(row, column, data)| (row as u32 + top, column as u32 + left, data))
    }

    /// The column with a header, skipping `skip` columns of the same name.
    pub fn column(&self, header: &str, skip: usize) -> u32 {
        let width = self.values.end().unwrap().1;
        let mut found = (0..=width).filter(|column| self.text(HEAD, *column) == header);
        found.nth(skip).unwrap_or_else(|| panic!("{} has no column {header}", self.name))
    }

    /// The first row below the header with this text in its first column.
    pub fn row(&self, text: &str) -> u32 {
        (FIRST..=self.last_row())
            .find(|row| self.text(*row, 0) == text)
            .unwrap_or_else(|| panic!("{} has no row {text}", self.name))
    }

    pub fn number(&self, row: u32, column: u32) -> Option<f64> {
        match self.cell(row, column) {
            Data::Float(number) => Some(*number),
            Data::Int(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// Asserts that the cell has exactly this number; `None` means that it has no number.
    pub fn is_count(&self, row: u32, column: u32, expected: Option<i128>) {
        let context = || format!("{} {row}:{column}: {:?}", self.name, self.cell(row, column));
        match expected {
            Some(number) if number.abs() > 1 << 53 => {
                assert_eq!(*self.cell(row, column), Data::String(number.to_string()), "{}", context());
            }
            _ => assert_eq!(self.number(row, column), expected.map(|n| n as f64), "{}", context()),
        }
    }

    /// Asserts a decimal in the report's format, multiplied by `scale`.
    pub fn is_decimal(&self, row: u32, column: u32, expected: Option<&str>, scale: f64) {
        let expected = expected.map(|text| text.parse::<f64>().unwrap());
        let found = self.number(row, column).map(|number| number * scale);
        let is_same = match (found, expected) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9 * b.abs().max(1.0),
            (a, b) => a == b,
        };
        assert!(is_same, "{} {row}:{column}: {found:?} for {expected:?}", self.name);
    }

    pub fn is_day(&self, row: u32, column: u32, expected: Option<Day>) {
        let found = self.cell(row, column);
        let day = match found {
            // Days since 1899-12-30, as spreadsheets count them.
            Data::DateTime(date) => Some(Day::from_number(date.as_f64() as i64 - 25_569).unwrap()),
            _ => None,
        };
        assert_eq!(day, expected, "{} {row}:{column}: {found:?}", self.name);
    }

    /// Asserts the four cells of a figure, starting at a column.
    pub fn is_figure(&self, row: u32, column: u32, figure: Option<Figure>, state: State) {
        self.is_count(row, column, figure.map(|figure| figure.estimate));
        self.is_count(row, column + 1, figure.map(|figure| figure.low));
        self.is_count(row, column + 2, figure.and_then(|figure| figure.high));
        let exact = figure.map_or("", |figure| if figure.exact { "yes" } else { figure.precision().sign() });
        assert_eq!(self.text(row, column + 3), exact, "{} {row}", self.name);
        match (figure, state) {
            (None, State::Absent) => assert_eq!(self.text(row, column), ""),
            (None, _) => assert_eq!(self.text(row, column), "–", "{} {row}", self.name),
            _ => {}
        }
    }
}
