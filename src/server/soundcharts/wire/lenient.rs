//! Readers for what the provider is known to spell in several ways.

use serde::{Deserialize, Deserializer};

use crate::domain::Day;

/// An empty text is none; so is `null`.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = string(deserializer)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A text without what no store can hold and nobody can see; `null` is an empty one.
pub fn string<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    Ok(text.replace('\0', "").trim().to_owned())
}

/// `null` is the default.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A day from a timestamp; one that is no date is none.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.as_deref().and_then(day_of))
}

/// The provider's date label: the first ten characters of its timestamp, never converted. Midnight in
/// Paris is another day in UTC.
pub fn day_of(label: &str) -> Option<Day> {
    label.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "text")]
        country: Option<String>,
        #[serde(default, deserialize_with = "day")]
        released: Option<Day>,
    }

    fn sample(json: &str) -> Sample {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn empty_texts_are_none() {
        for json in ["{}", r#"{"country":null}"#, r#"{"country":""}"#, r#"{"country":" \u0000"}"#] {
            assert_eq!(sample(json).country, None, "{json}");
        }
        assert_eq!(sample(r#"{"country":"IT"}"#).country.as_deref(), Some("IT"));
    }

    #[test]
    fn days_are_labels() {
        for label in [
            "2021-07-05T00:00:00+02:00",
            "2021-07-05T00:00:00+00:00",
            "2021-07-05T23:59:59-11:00",
            "2021-07-05",
        ] {
            assert_eq!(day_of(label).unwrap().to_string(), "2021-07-05");
        }
        for label in ["", "2021-07", "2021-13-05T00:00:00+00:00", "05.07.2021", "éééééééééé"] {
            assert_eq!(day_of(label), None, "{label}");
        }
        assert_eq!(sample(r#"{"released":"0000-00-00"}"#).released, None);
    }
}
