//! Deserializers for fields with several known spellings.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{ApiError, Number};
use crate::domain::Day;

/// The rows of a page. An unreadable row does not affect the others.
#[derive(Debug)]
pub struct Items<T> {
    /// Readable rows, in order.
    pub rows: Vec<T>,
    /// Position and error of each unreadable row.
    pub lost: Vec<(String, String)>,
}

impl<T> Items<T> {
    /// Number of rows, including unreadable ones.
    pub fn delivered(&self) -> u64 {
        (self.rows.len() + self.lost.len()) as u64
    }
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Items { rows: Vec::new(), lost: Vec::new() }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for Rows<T> {
            type Value = Items<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Items<T>, A::Error> {
                let mut items = Items::default();
                while let Some(row) = rows.next_element::<Box<RawValue>>()? {
                    let place = items.rows.len() + items.lost.len();
                    match serde_json::from_str(row.get()) {
                        Ok(row) => items.rows.push(row),
                        Err(_) => items.lost.push(why::<T>(place, row.get())),
                    }
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(Rows(PhantomData))
    }
}

/// A row that is parsed only when needed: a day of a song with tens of thousands of identifiers takes megabytes.
#[derive(Debug)]
pub struct Unread<T>(Box<RawValue>, PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Unread<T> {
    /// Parses the row.
    ///
    /// # Errors
    /// The position and cause of the error; `place` is the row's position in the list.
    pub fn read(&self, place: usize) -> Result<T, String> {
        serde_json::from_str(self.0.get()).map_err(|_| {
            let (path, reason) = why::<T>(place, self.0.get());
            format!("{path}: {reason}")
        })
    }
}

impl<T> PartialEq for Unread<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Unread(Box::deserialize(deserializer)?, PhantomData))
    }
}

/// Position and cause of a parse error. Parses again, because tracking the position is slow.
fn why<T: DeserializeOwned>(place: usize, row: &str) -> (String, String) {
    let mut json = serde_json::Deserializer::from_str(row);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(error) => {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { format!(".{path}") };
            (format!("items[{place}]{path}"), error.into_inner().to_string())
        }
        Ok(_) => (format!("items[{place}]"), "it cannot be read".to_owned()),
    }
}

/// Distinguishes `null` from a missing field.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The value if it has the expected form, otherwise the default.
pub fn readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str::<Option<T>>(value.get()).unwrap_or_default())
}

/// A count as number or text; anything else is `None`.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = Number::deserialize(deserializer)?.read().unwrap_or_default();
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}

/// Errors: a list, a single one, or an empty object for none.
pub fn errors<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ApiError>, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    let text = value.get();
    Ok(match text.as_bytes().first() {
        Some(b'[') => {
            serde_json::from_str::<Items<ApiError>>(text).map(|errors| errors.rows).unwrap_or_default()
        }
        Some(b'{') if text.len() > 2 => serde_json::from_str(text).into_iter().collect(),
        _ => Vec::new(),
    })
}

/// An id as text or number; `null` is empty.
pub fn identifier<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Id;

    impl Visitor<'_> for Id {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an id, as text or digits")
        }

        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_u64<E>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_unit<E>(self) -> Result<String, E> {
            Ok(String::new())
        }
    }

    deserializer.deserialize_any(Id)
}

/// A text; empty or `null` is `None`.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = string(deserializer)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A trimmed text without NUL characters; `null` is empty.
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

/// The day of a timestamp; `None` if invalid.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Day>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.as_deref().and_then(day_of))
}

/// The provider's date label: the first ten characters of its timestamp, never converted, because midnight in Paris
/// is another day in UTC.
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
