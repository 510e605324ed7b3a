//! A small JSON reader for the browser. Serde's deserializers are monomorphized per type, which for a report
//! adds a third to the bundle. This reader builds a tree from which each type takes its fields. The server
//! still serializes with serde; tests make sure that both agree.

use std::sync::Arc;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as text: amounts have more digits than a float.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in its order.
    Object(Vec<(String, Json)>),
}

/// The JSON does not have the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not what this version of the page expects: reload the page")]
pub struct JsonError;

/// A type that can be read from a JSON value.
pub trait FromJson: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// The value has another shape.
    fn from_json(json: Json) -> Result<Self, JsonError>;
}

/// Maximum nesting depth.
const DEPTH: usize = 64;

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// The text is not JSON.
    pub fn parse(text: &str) -> Result<Json, JsonError> {
        let mut reader = Reader { rest: text };
        let value = reader.value(DEPTH)?;
        reader.skip_space();
        if reader.rest.is_empty() { Ok(value) } else { Err(JsonError) }
    }

    /// Takes a field out of an object; `null` if it is missing.
    pub fn take(&mut self, name: &str) -> Json {
        let Json::Object(fields) = self else { return Json::Null };
        let field = fields.iter_mut().find(|(field, _)| field == name);
        field.map_or(Json::Null, |(_, value)| std::mem::replace(value, Json::Null))
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Consumes the character if it comes next.
    fn takes(&mut self, sign: char) -> bool {
        self.skip_space();
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn expect(&mut self, sign: char) -> Result<(), JsonError> {
        if self.takes(sign) { Ok(()) } else { Err(JsonError) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError)?;
        if self.takes('{') {
            return self
                .list('}', |reader| {
                    reader.skip_space();
                    let name = reader.text()?;
                    reader.expect(':')?;
                    Ok((name, reader.value(depth)?))
                })
                .map(Json::Object);
        }
        if self.takes('[') {
            return self.list(']', |reader| reader.value(depth)).map(Json::List);
        }
        if self.rest.starts_with('"') {
            return self.text().map(Json::Text);
        }
        let end = self.rest.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "null" => Ok(Json::Null),
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            _ if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                Ok(Json::Number(word.to_owned()))
            }
            _ => Err(JsonError),
        }
    }

    fn list<T>(
        &mut self,
        end: char,
        mut item: impl FnMut(&mut Self) -> Result<T, JsonError>,
    ) -> Result<Vec<T>, JsonError> {
        let mut items = Vec::new();
        if self.takes(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.takes(end) {
                return Ok(items);
            }
            self.expect(',')?;
        }
    }

    fn text(&mut self) -> Result<String, JsonError> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\']).ok_or(JsonError)?;
            text.push_str(&self.rest[..end]);
            let is_end = self.rest[end..].starts_with('"');
            self.rest = &self.rest[end + 1..];
            if is_end {
                return Ok(text);
            }
            text.push(self.escaped()?);
        }
    }

    /// The character of an escape sequence, after the backslash.
    fn escaped(&mut self) -> Result<char, JsonError> {
        let sign = self.rest.chars().next().ok_or(JsonError)?;
        self.rest = &self.rest[sign.len_utf8()..];
        Ok(match sign {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let first = self.unit()?;
                let units = if (0xD800..0xDC00).contains(&first) {
                    self.rest = self.rest.strip_prefix("\\u").ok_or(JsonError)?;
                    [first, self.unit()?]
                } else {
                    [first, 0]
                };
                char::decode_utf16(units).next().and_then(Result::ok).ok_or(JsonError)?
            }
            sign => sign,
        })
    }

    fn unit(&mut self) -> Result<u16, JsonError> {
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(JsonError)?;
        self.rest = rest;
        u16::from_str_radix(digits, 16).map_err(|_| JsonError)
    }
}

impl FromJson for bool {
    fn from_json(json: Json) -> Result<Self, JsonError> {
        if let Json::Bool(value) = json { Ok(value) } else { Err(JsonError) }
    }
}

impl FromJson for String {
    fn from_json(json: Json) -> Result<Self, JsonError> {
        if let Json::Text(text) = json { Ok(text) } else { Err(JsonError) }
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: Json) -> Result<Self, JsonError> {
        if json == Json::Null { Ok(None) } else { T::from_json(json).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: Json) -> Result<Self, JsonError> {
        let Json::List(items) = json else { return Err(JsonError) };
        items.into_iter().map(T::from_json).collect()
    }
}

impl<T: FromJson> FromJson for Arc<T> {
    fn from_json(json: Json) -> Result<Self, JsonError> {
        T::from_json(json).map(Arc::new)
    }
}

/// Implements [`FromJson`] through `FromStr`.
macro_rules! parsed {
    ($($type:ty),+ $(,)?) => {
        $(impl $crate::view::wire::json::FromJson for $type {
            fn from_json(json: $crate::view::wire::json::Json) -> Result<Self, $crate::view::wire::json::JsonError> {
                use $crate::view::wire::json::{Json, JsonError};
                let (Json::Text(text) | Json::Number(text)) = json else { return Err(JsonError) };
                text.parse().map_err(|_| JsonError)
            }
        })+
    };
}

/// Implements [`FromJson`] for structs, field by field.
macro_rules! fields {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {
        $(impl $crate::view::wire::json::FromJson for $type {
            fn from_json(mut json: $crate::view::wire::json::Json) -> Result<Self, $crate::view::wire::json::JsonError> {
                use $crate::view::wire::json::FromJson;
                Ok($type { $($field: FromJson::from_json(json.take(stringify!($field)))?),+ })
            }
        })+
    };
}
pub(super) use {fields, parsed};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_json() {
        let text =
            r#" {"a": [1, -2.5e3, null], "b": {"c": "x\"\\\n\u00e9\ud83d\ude00"}, "d": true, "e": []} "#;
        let mut json = Json::parse(text).unwrap();
        let number = |text: &str| Json::Number(text.to_owned());
        assert_eq!(json.take("a"), Json::List(vec![number("1"), number("-2.5e3"), Json::Null]));
        assert_eq!(json.take("b").take("c"), Json::Text("x\"\\\né😀".to_owned()));
        assert_eq!(json.take("d"), Json::Bool(true));
        assert_eq!(json.take("e"), Json::List(Vec::new()));
        assert_eq!(json.take("f"), Json::Null);
        for text in
            ["", "{", "[1,]", "\"", "\"\\", "\"\\u12", "\"\\ud800\"", "nul", "1 2", "{\"a\" 1}", "{1:2}"]
        {
            assert_eq!(Json::parse(text), Err(JsonError), "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(1000)), Err(JsonError));
    }

    proptest! {
        #[test]
        fn reads_what_serde_writes(texts in proptest::collection::vec(".*", 0..5), number: i64, flag: bool) {
            let written = serde_json::to_string(&(&texts, number, flag, Option::<i64>::None)).unwrap();
            let Ok(Json::List(parts)) = Json::parse(&written) else { return Err(TestCaseError::fail(written)) };
            let texts = Json::List(texts.into_iter().map(Json::Text).collect());
            prop_assert_eq!(parts, [texts, Json::Number(number.to_string()), Json::Bool(flag), Json::Null]);
        }

        #[test]
        fn never_panics(text in ".*") {
            let _ = Json::parse(&text);
        }
    }
}
