//! The values in the columns of one line.

use std::str::FromStr;

use csv::ByteRecord;
use uuid::Uuid;

use super::rows::ImportFile;
use crate::domain::id::parse_uuid;

/// A line of an import file. Columns are named by their place in [`FileKind::columns`].
#[derive(Debug)]
pub struct Row<'a> {
    pub(super) file: &'a ImportFile,
    pub(super) record: &'a ByteRecord,
    /// From 1, the header line's number.
    pub line: u64,
}

impl Row<'_> {
    /// The value as it is; empty where the column is missing.
    pub fn bytes(&self, column: usize) -> &[u8] {
        self.file.columns[column].and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// The value as text, without white space around it; empty where the column is missing.
    pub fn text(&self, column: usize) -> Result<&str, String> {
        let text =
            std::str::from_utf8(self.bytes(column)).map_err(|_| self.fault(column, "it is not UTF-8"))?;
        Ok(text.trim())
    }

    /// A text that may be empty.
    pub fn optional(&self, column: usize) -> Result<Option<String>, String> {
        Ok(Some(self.text(column)?).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// A text that may not be empty.
    pub fn needed(&self, column: usize) -> Result<String, String> {
        self.optional(column)?.ok_or_else(|| self.fault(column, "it is empty"))
    }

    /// A value of a type that says itself what is wrong with a text.
    pub fn parse<T: FromStr<Err: std::fmt::Display>>(&self, column: usize) -> Result<T, String> {
        self.text(column)?.parse().map_err(|error: T::Err| self.fault(column, &error.to_string()))
    }

    /// The same, where the value may be empty.
    pub fn parse_optional<T: FromStr<Err: std::fmt::Display>>(
        &self,
        column: usize,
    ) -> Result<Option<T>, String> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.parse(column).map(Some) }
    }

    /// A UUID.
    pub fn uuid(&self, column: usize) -> Result<Uuid, String> {
        let text = self.text(column)?;
        parse_uuid(text).ok_or_else(|| self.fault(column, &format!("\"{text}\" is not a UUID")))
    }

    /// Yes or no, where the value may be empty.
    pub fn flag(&self, column: usize) -> Result<Option<bool>, String> {
        match self.text(column)? {
            "" => Ok(None),
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            text => Err(self.fault(column, &format!("\"{text}\" is neither true nor false"))),
        }
    }

    /// A whole number, without a plus sign.
    pub fn whole<T: FromStr>(&self, column: usize) -> Result<T, String> {
        let text = std::str::from_utf8(self.bytes(column)).ok().filter(|text| !text.starts_with('+'));
        text.and_then(|text| text.parse().ok()).ok_or_else(|| {
            let found = String::from_utf8_lossy(self.bytes(column));
            self.fault(column, &format!("\"{found}\" is not a whole number of the possible size"))
        })
    }

    /// A reason that names the column.
    pub fn fault(&self, column: usize, reason: &str) -> String {
        let name = self.file.kind.all_columns().nth(column).unwrap_or_default();
        format!("{name}: {reason}")
    }
}
