//! What an operator can set: environment variables, or the same keys in a TOML file. The
//! environment wins over the file. A wrong value stops the start.

use std::collections::HashMap;
use std::env::VarError;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::server::soundcharts;

/// Every key there is. Those of accounts are accepted already although nothing reads them yet.
const KEYS: &[&str] = &[
    "MUSIC_ANALYTICS_ADDR",
    "DATABASE_URL",
    "RUST_LOG",
    "SOUNDCHARTS_BASE_URL",
    "SOUNDCHARTS_APP_ID",
    "SOUNDCHARTS_API_KEY",
    "SOUNDCHARTS_CLIENT_ID",
    "SOUNDCHARTS_CLIENT_SECRET",
    "SOUNDCHARTS_TEAM_ID",
    "SOUNDCHARTS_TOKEN_URL",
    "SOUNDCHARTS_MAX_PER_MINUTE",
    "SOUNDCHARTS_CONCURRENCY",
    "SOUNDCHARTS_QUOTA_RESERVE",
    "MUSIC_ANALYTICS_ADMIN_EMAIL",
    "MUSIC_ANALYTICS_ADMIN_PASSWORD",
    "MUSIC_ANALYTICS_API_TOKEN",
    "MUSIC_ANALYTICS_API_PER_MINUTE",
    "MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS",
    "MUSIC_ANALYTICS_TRUSTED_PROXIES",
    "MUSIC_ANALYTICS_METRICS_ADDR",
    "MUSIC_ANALYTICS_SYNC_WORKERS",
    "MUSIC_ANALYTICS_PUBLIC_URL",
];

/// The settings of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `MUSIC_ANALYTICS_ADDR`: where to listen. Loopback only, as there are no accounts.
    pub addr: SocketAddr,
    /// `DATABASE_URL`: `sqlite://PATH` or `postgres://...`.
    pub database_url: String,
    /// `RUST_LOG`: log filter, e.g. `info` or `music_analytics=debug,info`.
    pub log: String,
    /// `SOUNDCHARTS_...`: the provider.
    pub provider: soundcharts::Options,
    /// `MUSIC_ANALYTICS_SYNC_WORKERS`: how much this process works at syncs; with 0 it only serves.
    pub sync_workers: u32,
    /// `MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS`: a sync of at most so many questions to the provider starts when
    /// an analyst asks for a report.
    pub auto_sync_requests: u32,
}

/// Why the configuration cannot be used; says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that does not fit its key.
    #[error("{key} = {value:?}: expected {expected}")]
    Value {
        /// The key as the operator wrote it.
        key: String,
        /// The value as the operator wrote it.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Read {
        /// The file named by `--config`.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration file {} is not valid TOML: {source}", path.display())]
    Toml {
        /// The file named by `--config`.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

impl Default for Config {
    /// What holds where nothing is set.
    fn default() -> Self {
        Self::from_values(&Values(HashMap::new())).expect("the defaults fit their keys")
    }
}

impl Config {
    /// Reads the environment of this process and, if one is named, the file.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut values = file.map(read_file).transpose()?.unwrap_or_default();
        for &key in KEYS {
            match std::env::var(key) {
                // An empty variable is an unset one: that is what `KEY= command` and compose files mean.
                Ok(value) if value.is_empty() => {}
                Ok(value) => drop(values.insert(key.to_owned(), value)),
                Err(VarError::NotPresent) => {}
                Err(VarError::NotUnicode(value)) => return Err(wrong(key, value.display(), "text in UTF-8")),
            }
        }
        Self::from_values(&Values(values))
    }

    /// Where the server is, for links that leave it: "http://127.0.0.1:3000".
    pub fn base(&self) -> String {
        format!("http://{}", self.addr)
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let addr: SocketAddr = values.parse(
            "MUSIC_ANALYTICS_ADDR",
            "127.0.0.1:3000",
            "an address and port such as 127.0.0.1:3000",
        )?;
        if !addr.ip().is_loopback() {
            let expected = "a loopback address such as 127.0.0.1:3000, because there are no accounts yet and anyone \
                            who reaches the address could read and change everything";
            return Err(wrong("MUSIC_ANALYTICS_ADDR", addr, expected));
        }
        let database_url: String = values.parse(
            "DATABASE_URL",
            "sqlite://data/music-analytics.db",
            "sqlite://PATH or postgres://...",
        )?;
        if !["sqlite://", "postgres://"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(wrong("DATABASE_URL", database_url, "sqlite://PATH or postgres://..."));
        }
        Ok(Self {
            addr,
            database_url,
            log: values.parse("RUST_LOG", "info", "a log filter such as info")?,
            provider: soundcharts::Options::read(&|key| values.get(key))?,
            sync_workers: values.number("MUSIC_ANALYTICS_SYNC_WORKERS", 2, 16)?,
            auto_sync_requests: values.number("MUSIC_ANALYTICS_AUTO_SYNC_REQUESTS", 200, 1_000_000)?,
        })
    }
}

/// Key and value pairs before they are understood.
struct Values(HashMap<String, String>);

impl Values {
    /// A value that is set and not empty.
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A whole number from 0 to `most`.
    fn number(&self, key: &str, default: u32, most: u32) -> Result<u32, ConfigError> {
        let Some(value) = self.get(key) else { return Ok(default) };
        let number = value.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| wrong(key, value, &format!("a whole number from 0 to {most}")))
    }

    fn parse<T: FromStr>(&self, key: &str, default: &str, expected: &str) -> Result<T, ConfigError> {
        let value = self.0.get(key).map_or(default, |value| value.trim());
        value.parse().map_err(|_| wrong(key, value, expected))
    }
}

fn wrong(key: &str, value: impl Display, expected: &str) -> ConfigError {
    ConfigError::Value { key: key.to_owned(), value: value.to_string(), expected: expected.to_owned() }
}

/// Reads a TOML file of `KEY = "text"`, `KEY = 5` or `KEY = true` lines. An unknown key is an error:
/// it is a typing mistake that would silently leave the default in force.
fn read_file(path: &Path) -> Result<HashMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let table: toml::Table = toml::from_str(&text)
        .map_err(|source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) })?;
    table.into_iter().map(setting).collect()
}

fn setting((key, value): (String, toml::Value)) -> Result<(String, String), ConfigError> {
    let text = match value {
        toml::Value::String(text) => text,
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        other => return Err(wrong(&key, other.type_str(), "text, a whole number, true or false")),
    };
    if KEYS.contains(&key.as_str()) {
        Ok((key, text))
    } else {
        // Its value may be a secret behind a mistyped key.
        Err(wrong(&key, "(hidden)", "a key that the documentation names"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(&Values(
            pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        ))
    }

    #[test]
    fn defaults() {
        let config = from(&[]).unwrap();
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database_url, "sqlite://data/music-analytics.db");
    }

    #[test]
    fn a_wrong_value_names_key_value_and_expectation() {
        let message = from(&[("MUSIC_ANALYTICS_ADDR", "3000")]).unwrap_err().to_string();
        assert_eq!(
            message,
            r#"MUSIC_ANALYTICS_ADDR = "3000": expected an address and port such as 127.0.0.1:3000"#
        );
        let message = from(&[("DATABASE_URL", "mysql://x")]).unwrap_err().to_string();
        assert_eq!(message, r#"DATABASE_URL = "mysql://x": expected sqlite://PATH or postgres://..."#);
    }

    #[test]
    fn the_provider_has_its_own_keys() {
        let config = from(&[("SOUNDCHARTS_CONCURRENCY", " 3 "), ("SOUNDCHARTS_APP_ID", " ")]).unwrap();
        assert_eq!((config.provider.concurrency, config.provider.credentials), (3, None));
        let message = from(&[("SOUNDCHARTS_MAX_PER_MINUTE", "many")]).unwrap_err().to_string();
        assert_eq!(
            message,
            r#"SOUNDCHARTS_MAX_PER_MINUTE = "many": expected a whole number from 1 to 1000000"#
        );
    }

    #[test]
    fn numbers_have_limits() {
        let config = from(&[("MUSIC_ANALYTICS_SYNC_WORKERS", "0")]).unwrap();
        assert_eq!((config.sync_workers, config.auto_sync_requests), (0, 200));
        for value in ["17", "-1", "two"] {
            let message = from(&[("MUSIC_ANALYTICS_SYNC_WORKERS", value)]).unwrap_err().to_string();
            assert!(
                message.contains("MUSIC_ANALYTICS_SYNC_WORKERS") && message.contains("0 to 16"),
                "{message}"
            );
        }
    }

    #[test]
    fn only_loopback_addresses_are_served() {
        for addr in ["0.0.0.0:3000", "192.168.1.5:80", "[::]:3000"] {
            assert!(from(&[("MUSIC_ANALYTICS_ADDR", addr)]).unwrap_err().to_string().contains("loopback"));
        }
        assert!(from(&[("MUSIC_ANALYTICS_ADDR", "[::1]:0")]).is_ok());
    }

    #[test]
    fn files_hold_the_same_keys_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "MUSIC_ANALYTICS_ADDR = \"127.0.0.1:4000\"\nSOUNDCHARTS_CONCURRENCY = 4\n")
            .unwrap();
        assert_eq!(read_file(&path).unwrap()["SOUNDCHARTS_CONCURRENCY"], "4");
        std::fs::write(&path, "SOUNDCHARTS_API_KY = \"s3cret\"\n").unwrap();
        assert!(!read_file(&path).unwrap_err().to_string().contains("s3cret"));
        std::fs::write(&path, "MUSIC_ANALYTICS_ADR = \"127.0.0.1:4000\"\n").unwrap();
        assert!(read_file(&path).unwrap_err().to_string().contains("MUSIC_ANALYTICS_ADR"));
        assert!(read_file(&dir.path().join("none")).unwrap_err().to_string().contains("cannot read"));
    }
}
