//! Column values of one line.

use std::borrow::Cow;
use std::str::FromStr;

use csv::ByteRecord;
use uuid::Uuid;

use super::rows::ImportFile;
use crate::domain::Day;
use crate::domain::query::Country;
use crate::domain::registry::artist_id::parse_uuid;

/// A line of an import file. Columns are indexes into [`FileKind::columns`].
#[derive(Debug)]
pub struct CsvRow<'a> {
    pub(super) file: &'a ImportFile,
    pub(super) record: &'a ByteRecord,
    /// 1-based; the header line counts.
    pub line: u64,
}

impl CsvRow<'_> {
    /// The raw value; empty if the column is missing.
    pub fn bytes(&self, column: usize) -> &[u8] {
        self.file.columns[column].and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// The trimmed text; empty if the column is missing.
    pub fn text(&self, column: usize) -> Result<&str, String> {
        let text = std::str::from_utf8(self.bytes(column))
            .map_err(|_| self.column_error(column, "it is not UTF-8: save the file as CSV UTF-8"))?;
        Ok(text.trim())
    }

    /// A text; `None` if empty.
    pub fn optional(&self, column: usize) -> Result<Option<String>, String> {
        Ok(Some(self.text(column)?).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// A text that must not be empty.
    pub fn required(&self, column: usize) -> Result<String, String> {
        self.optional(column)?.ok_or_else(|| self.column_error(column, "it is empty"))
    }

    pub fn uuid(&self, column: usize) -> Result<Uuid, String> {
        let text = self.text(column)?;
        parse_uuid(text).ok_or_else(|| self.column_error(column, &format!("\"{text}\" is not a UUID")))
    }

    /// An enum value, case-insensitive.
    pub fn word<T: FromStr<Err: std::fmt::Display>>(&self, column: usize) -> Result<T, String> {
        let word = self.text(column)?.to_lowercase();
        word.parse().map_err(|error: T::Err| self.column_error(column, &error.to_string()))
    }

    /// An enum value; `None` if empty.
    pub fn optional_word<T: FromStr<Err: std::fmt::Display>>(
        &self,
        column: usize,
    ) -> Result<Option<T>, String> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.word(column).map(Some) }
    }

    /// A country code, case-insensitive; `None` if empty.
    pub fn optional_country(&self, column: usize) -> Result<Option<Country>, String> {
        let text = self.text(column)?.to_uppercase();
        let country = || text.parse().map_err(|error: String| self.column_error(column, &error));
        if text.is_empty() { Ok(None) } else { country().map(Some) }
    }

    /// A platform code, case-insensitive.
    pub fn platform(&self, column: usize) -> Result<Cow<'_, str>, String> {
        let text = self.text(column)?;
        let has_capitals = text.bytes().any(|byte| byte.is_ascii_uppercase());
        Ok(if has_capitals { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) })
    }

    /// A date, or the first ten characters of a timestamp. Ambiguous formats are rejected.
    pub fn day(&self, column: usize) -> Result<Day, String> {
        let text = self.text(column)?;
        let date = match text.as_bytes().get(10) {
            Some(b'T' | b't' | b' ') => &text[..10],
            _ => text,
        };
        date.parse().map_err(|_| self.column_error(column, &date_error(text)))
    }

    /// A day; `None` if empty.
    pub fn optional_day(&self, column: usize) -> Result<Option<Day>, String> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.day(column).map(Some) }
    }

    /// A boolean; `None` if empty.
    pub fn flag(&self, column: usize) -> Result<Option<bool>, String> {
        match self.text(column)?.to_lowercase().as_str() {
            "" => Ok(None),
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            text => Err(self.column_error(column, &format!("\"{text}\" is neither true nor false"))),
        }
    }

    /// An integer without plus sign; some programs add ".0", which is accepted.
    pub fn integer<T: FromStr>(&self, column: usize) -> Result<T, String> {
        let text = self.text(column)?;
        let digits = text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).unwrap_or(text);
        let number =
            Some(digits).filter(|digits| !digits.starts_with('+')).and_then(|digits| digits.parse().ok());
        number.ok_or_else(|| self.column_error(column, &number_error(text)))
    }

    /// An error message that names the column.
    pub fn column_error(&self, column: usize, reason: &str) -> String {
        let name = self.file.kind.all_columns().nth(column).unwrap_or_default();
        format!("{name}: {reason}")
    }
}

/// Why a text is not a date, and what to write instead.
fn date_error(text: &str) -> String {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    match parts[..] {
        [a, b, c] if [a, b, c].iter().all(|part| is_digits(part)) && a.len() <= 2 => {
            format!(
                "\"{text}\" may be read as two days, by day or by month first: write YYYY-MM-DD, such as 2026-09-30"
            )
        }
        [year] if is_digits(year) && year.len() == 4 => {
            format!("\"{text}\" is a year and no day: write YYYY-MM-DD, or leave it empty")
        }
        _ => format!("\"{text}\" is not a date: expected YYYY-MM-DD, such as 2026-09-30"),
    }
}

/// Why a text is not an integer.
fn number_error(text: &str) -> String {
    let groups: Vec<&str> = text.split([',', '.', ' ', '\'', '\u{a0}', '\u{202f}']).collect();
    let is_grouped = groups.len() > 1
        && groups[1..].iter().all(|group| group.len() == 3)
        && groups.iter().all(|group| group.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()));
    if is_grouped {
        return format!(
            "\"{text}\" has thousands separators, which may be a decimal point elsewhere: write the digits alone"
        );
    }
    format!("\"{text}\" is not a whole number of the possible size")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_refused_by_name() {
        for (text, expected) in [
            ("01/09/2026", "two days"),
            ("1.9.26", "two days"),
            ("2019", "a year and no day"),
            ("2026-09", "expected YYYY-MM-DD"),
            ("soon", "expected YYYY-MM-DD"),
        ] {
            assert!(date_error(text).contains(expected), "{text}: {}", date_error(text));
        }
        for text in ["1,000", "1.000", "-1 000 000", "1'000", "1\u{202f}000"] {
            assert!(number_error(text).contains("thousands separators"), "{text}");
        }
        for text in ["9.4E+07", "1.5", "many", "", "1,00"] {
            assert!(number_error(text).contains("not a whole number"), "{text}");
        }
    }
}
