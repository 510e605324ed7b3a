//! A number as written, so that an invalid one only costs its own observation.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Maximum length of an invalid number in a message.
const LONGEST: usize = 40;

/// A JSON value where an integer is expected.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Number(Box<RawValue>);

impl Number {
    /// The value, also from text ("93863298") or with an exponent (9.38e7); `None` for `null`. Negative values are
    /// kept: they are evidence.
    ///
    /// # Errors
    /// Why it cannot be stored: a fraction, more than 64 bits, or not a number.
    pub fn read(&self) -> Result<Option<i64>, String> {
        let json = self.0.get();
        if json == "null" {
            return Ok(None);
        }
        let text = if json.starts_with('"') {
            serde_json::from_str::<String>(json)
                .map_err(|_| format!("{} is not a whole number", shown(json)))?
        } else {
            json.to_owned()
        };
        match whole(text.trim()) {
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(TooLarge)) => Err(format!("{} is larger than can be stored", shown(json))),
            None => Err(format!("{} is not a whole number", shown(json))),
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.0.get() == "null"
    }
}

/// The number has more than 64 bits.
struct TooLarge;

/// Maximum digits expanded: more than any 64-bit number has.
const DIGITS: usize = 40;

/// Parses an integer exactly; its fraction must be zero after the exponent is applied.
fn whole(text: &str) -> Option<Result<i64, TooLarge>> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    // Position of the decimal point among the digits.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Ok(0));
    }
    let after_point = i64::try_from(all.len()).ok()? - point;
    let kept = match usize::try_from(after_point) {
        Ok(after) => {
            let zeros = digits.len() - digits.trim_end_matches('0').len();
            if after > zeros {
                return None;
            }
            digits[..digits.len() - after].to_owned()
        }
        Err(_) => {
            let more = usize::try_from(-after_point).ok()?;
            if digits.len() + more > DIGITS {
                return Some(Err(TooLarge));
            }
            format!("{digits}{}", "0".repeat(more))
        }
    };
    Some(format!("{sign}{kept}").parse().map_err(|_| TooLarge))
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
        for (text, value) in [
            ("12.0", 12),
            ("\"93863298\"", 93_863_298),
            ("\" 12 \"", 12),
            ("9.38e7", 93_800_000),
            ("1E+3", 1_000),
            ("1200e-2", 12),
            ("0e999", 0),
            ("-0.0", 0),
            ("\"-4.0\"", -4),
            ("9223372036854775.807e3", i64::MAX),
        ] {
            assert_eq!(read(text), Ok(Some(value)), "{text}");
        }
        assert_eq!(read("null"), Ok(None));
    }

    #[test]
    fn everything_else_says_why() {
        assert_eq!(
            read("9223372036854775808"),
            Err("9223372036854775808 is larger than can be stored".to_owned())
        );
        assert!(read("1e400").unwrap_err().ends_with("larger than can be stored"));
        for bad in ["12.5", "1e-3", "\"\"", "\"1,000\"", "\"12 000\"", "\"0x10\"", "true", "[]", "{\"a\":1}"]
        {
            assert!(read(bad).unwrap_err().ends_with("is not a whole number"), "{bad}");
        }
        assert!(read(&"9".repeat(1000)).unwrap_err().chars().count() < 90);
    }
}
