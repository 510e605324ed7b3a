//! Cell values. Numbers and dates are typed, text is never parsed as a formula, and unknown values are never
//! 0.

use std::borrow::Cow;

use crate::domain::amounts::figure::Precision;
use crate::domain::{Day, Figure, State};

/// From here on floating-point numbers, as spreadsheets use, cannot represent every integer.
const TOO_LARGE: i128 = (1 << 53) + 1;
/// Significant digits of a number in a spreadsheet.
const DIGITS: usize = 15;

/// The content of a cell.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    Blank,
    /// An unknown number.
    Unknown,
    Text(Cow<'a, str>),
    /// Text over several lines.
    Sentence(Cow<'a, str>),
    /// A URL.
    Link(String),
    /// A short text between numbers.
    Word(&'static str),
    /// Text in place of a number.
    Placeholder(&'static str),
    /// A number as text, because spreadsheets cannot represent it.
    Digits(String),
    /// An integer with its precision.
    Count(i64, Precision),
    /// A number with one decimal.
    Decimal(f64),
    /// A fraction shown as a percentage with one decimal.
    Share(f64),
    /// A fraction shown as a signed percentage.
    Change(f64),
    /// A fraction shown as a percentage with two decimals.
    Percent(f64),
    Day(Day),
    /// A formula with its cached result.
    Formula(String, Box<Cell<'a>>),
}

impl<'a> Cell<'a> {
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Cell::Text(text.into())
    }

    /// Text over several lines.
    pub fn sentence(text: impl Into<Cow<'a, str>>) -> Self {
        Cell::Sentence(text.into())
    }

    /// An exact integer.
    pub fn count(number: impl Into<i128>) -> Self {
        Self::marked(number.into(), Precision::Exact)
    }

    /// An integer that may not be exact.
    pub fn marked(number: i128, precision: Precision) -> Self {
        match i64::try_from(number) {
            Ok(small) if number.abs() < TOO_LARGE => Cell::Count(small, precision),
            _ => Cell::Digits(number.to_string()),
        }
    }

    /// A number in the report's format: "526666.7".
    pub fn decimal(text: Option<&str>) -> Self {
        let Some(text) = text else { return Cell::Unknown };
        match text.parse() {
            Ok(number) if text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS => Cell::Decimal(number),
            _ => Cell::Digits(text.to_owned()),
        }
    }

    /// A percentage in the report's format: "79.1".
    pub fn share(text: Option<&str>) -> Self {
        hundredth(text).map_or(Cell::Unknown, Cell::Share)
    }

    /// A signed percentage in the report's format: "-3.1".
    pub fn change(text: Option<&str>) -> Self {
        hundredth(text).map_or(Cell::Unknown, Cell::Change)
    }

    /// A fraction in the report's format: "0.9970".
    pub fn percent(text: Option<&str>) -> Self {
        text.and_then(|text| text.parse().ok()).map_or(Cell::Unknown, Cell::Percent)
    }

    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Cell::Unknown, Cell::Day)
    }

    /// "yes", or the sign that marks inexact numbers (S10).
    pub const fn precision(precision: Precision) -> Self {
        match precision {
            Precision::Exact => Cell::Word("yes"),
            Precision::AtLeast | Precision::About => Cell::Word(precision.sign()),
        }
    }

    /// "yes" or "no".
    pub fn answer(is_so: bool) -> Self {
        Cell::Word(if is_so { "yes" } else { "no" })
    }

    /// Turns a number into a formula; other cells are unchanged.
    pub fn with_formula(self, formula: impl Into<String>) -> Self {
        match self {
            Cell::Count(..) | Cell::Decimal(_) | Cell::Share(_) | Cell::Change(_) | Cell::Percent(_) => {
                Cell::Formula(formula.into(), Box::new(self))
            }
            other => other,
        }
    }
}

/// Converts a percentage with one decimal to a fraction without rounding error.
fn hundredth(text: Option<&str>) -> Option<f64> {
    let tenths: i64 = text?.replacen('.', "", 1).parse().ok()?;
    Some(tenths as f64 / 1_000.0)
}

/// A figure in four cells: estimate, bounds and precision. An unknown one is "–", an absent one is blank.
pub fn figure<'a>(figure: Option<Figure>, state: State) -> [Cell<'a>; 4] {
    match (figure, state) {
        (Some(figure), _) => [
            Cell::marked(figure.estimate, figure.precision()),
            Cell::count(figure.low),
            figure.high.map_or(Cell::Placeholder("no bound"), Cell::count),
            Cell::precision(figure.precision()),
        ],
        (None, State::Absent) => [Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank],
        (None, State::Known | State::Unknown) => [Cell::Unknown, Cell::Blank, Cell::Blank, Cell::Blank],
    }
}

/// A figure with formulas for the three numbers, by column index.
pub fn figure_with_formulas<'a>(total: Option<Figure>, formula: impl Fn(u16) -> String) -> [Cell<'a>; 4] {
    let [estimate, low, high, exact] = figure(total, State::Unknown);
    [estimate.with_formula(formula(0)), low.with_formula(formula(1)), high.with_formula(formula(2)), exact]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_cannot_hold_is_kept_as_text() {
        assert!(matches!(Cell::count(1_i128 << 53), Cell::Count(..)));
        assert!(
            matches!(Cell::count((1_i128 << 53) + 1), Cell::Digits(digits) if digits == "9007199254740993")
        );
        assert!(matches!(Cell::count(-(1_i128 << 100)), Cell::Digits(_)));
        assert!(matches!(Cell::decimal(Some("9007199254740993.5")), Cell::Digits(_)));
        assert!(matches!(Cell::count((1_i128 << 53) + 1).with_formula("=1"), Cell::Digits(_)));
    }

    #[test]
    fn percent_is_a_share_of_1() {
        assert!(matches!(Cell::share(Some("79.1")), Cell::Share(share) if share == 0.791));
        assert!(matches!(Cell::change(Some("-3.1")), Cell::Change(share) if share == -0.031));
        assert!(matches!(Cell::share(None), Cell::Unknown));
    }
}
