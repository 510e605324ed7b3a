//! A number as it was written, so that one that cannot be stored costs only its own observation.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The most characters of a bad number that are repeated.
const LONGEST: usize = 40;

/// Any JSON value where a whole number should be.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Number(Box<RawValue>);

impl Number {
    /// The value; none for `null`. A negative value stays: it is evidence.
    ///
    /// # Errors
    /// Why it cannot be stored: a fraction, more than 64 bits, or no number at all.
    pub fn read(&self) -> Result<Option<i64>, String> {
        let text = self.0.get();
        if text == "null" {
            return Ok(None);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let is_whole =
            fraction.bytes().all(|digit| digit == b'0') && digits.bytes().all(|digit| digit.is_ascii_digit());
        match whole.parse() {
            Ok(value) if is_whole => Ok(Some(value)),
            _ if is_whole => Err(format!("{} is larger than can be stored", shown(text))),
            _ => Err(format!("{} is not a whole number", shown(text))),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Option<i64>, String> {
        serde_json::from_str::<Number>(json).unwrap().read()
    }

    #[test]
    fn whole_numbers_of_64_bits_are_kept_exactly() {
        for value in [0, 1, -5, 2_919_969_032, (1 << 53) + 1, i64::MAX, i64::MIN] {
            assert_eq!(read(&value.to_string()), Ok(Some(value)));
        }
        assert_eq!(read("12.0"), Ok(Some(12)));
        assert_eq!(read("null"), Ok(None));
    }

    #[test]
    fn everything_else_says_why() {
        assert_eq!(
            read("9223372036854775808"),
            Err("9223372036854775808 is larger than can be stored".to_owned())
        );
        for bad in ["12.5", "1e3", "\"12\"", "true", "[]", "{\"a\":1}"] {
            assert!(read(bad).unwrap_err().ends_with("is not a whole number"), "{bad}");
        }
        assert!(read(&"9".repeat(1000)).unwrap_err().chars().count() < 90);
    }
}
