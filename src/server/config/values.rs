//! Raw configuration keys and values, and the errors about those that cannot be parsed.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A configuration error; the message says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An invalid value.
    #[error("{key} = {value:?}: expected {expected}")]
    Value {
        /// The key as the operator wrote it.
        key: String,
        /// The value as the operator wrote it.
        value: String,
        /// The expected value.
        expected: String,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Read {
        /// The file named by `--config`.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The file is not valid TOML. The line is not quoted, because it may contain a secret.
    #[error("the configuration file {}, line {line}, is not valid TOML: expected KEY = \"text\"", path.display())]
    Toml {
        /// The file named by `--config`.
        path: PathBuf,
        /// 1-based.
        line: usize,
    },
}

/// Unparsed keys and values.
pub(super) struct Values(pub HashMap<String, String>);

impl Values {
    /// The value, if set and not empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// An integer from 0 to `most`.
    pub fn number(&self, key: &str, default: u32, most: u32) -> Result<u32, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let number = value.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| wrong(key, value, &format!("a whole number from 0 to {most}")))
    }

    /// An optional value.
    pub fn optional<T: FromStr>(&self, key: &str, expected: &str) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| wrong(key, value, expected))
    }

    /// A value with a default.
    pub fn parse<T: FromStr>(&self, key: &str, default: &str, expected: &str) -> Result<T, ConfigError> {
        let value = self.0.get(key).map_or(default, |value| value.trim());
        value.parse().map_err(|_| wrong(key, value, expected))
    }
}

pub(super) fn wrong(key: &str, value: impl Display, expected: &str) -> ConfigError {
    ConfigError::Value { key: key.to_owned(), value: value.to_string(), expected: expected.to_owned() }
}

/// Reads a TOML file of `KEY = "text"`, `KEY = 5` or `KEY = true` lines. An unknown key is an error: a misspelled
/// key would silently leave the default in effect.
pub(super) fn read_file(path: &Path, keys: &[String]) -> Result<HashMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        ConfigError::Toml { path: path.to_owned(), line }
    })?;
    table.into_iter().map(|pair| setting(pair, keys)).collect()
}

fn setting((key, value): (String, toml::Value), keys: &[String]) -> Result<(String, String), ConfigError> {
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        other => return Err(wrong(&key, other.type_str(), "text, a whole number, true or false")),
    };
    if keys.contains(&key) {
        Ok((key, text))
    } else {
        // The value may be a secret with a misspelled key.
        Err(wrong(&key, "(hidden)", "a key that the documentation names"))
    }
}
