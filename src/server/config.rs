//! What an operator can set: environment variables, or the same keys in a TOML file. The
//! environment wins over the file. A wrong value stops the start.

use std::collections::HashMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Keys that are accepted already although nothing reads them yet: provider, sync and accounts.
const LATER: &[&str] = &[
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

impl Config {
    /// Reads the environment of this process and, if one is named, the file.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut values = file.map(read_file).transpose()?.unwrap_or_default();
        // An empty variable is an unset one: that is what `KEY= command` and compose files mean.
        values.extend(std::env::vars().filter(|(_, value)| !value.is_empty()));
        Self::from_values(&Values(values))
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let addr: SocketAddr =
            values.parse("MUSIC_ANALYTICS_ADDR", "127.0.0.1:3000", "an address and port such as 127.0.0.1:3000")?;
        if !addr.ip().is_loopback() {
            let expected = "a loopback address such as 127.0.0.1:3000, because there are no accounts yet and anyone \
                            who reaches the address could read and change everything";
            return Err(wrong("MUSIC_ANALYTICS_ADDR", addr, expected));
        }
        let database_url: String =
            values.parse("DATABASE_URL", "sqlite://data/music-analytics.db", "sqlite://PATH or postgres://...")?;
        if !["sqlite://", "postgres://"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(wrong("DATABASE_URL", database_url, "sqlite://PATH or postgres://..."));
        }
        Ok(Self { addr, database_url, log: values.parse("RUST_LOG", "info", "a log filter such as info")? })
    }
}

/// Key and value pairs before they are understood.
struct Values(HashMap<String, String>);

impl Values {
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
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let table: toml::Table =
        toml::from_str(&text).map_err(|source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) })?;
    table.into_iter().map(|(key, value)| Ok((known(&key, &value)?, plain(&key, value)?))).collect()
}

fn known(key: &str, value: &toml::Value) -> Result<String, ConfigError> {
    let known = ["MUSIC_ANALYTICS_ADDR", "DATABASE_URL", "RUST_LOG"].contains(&key) || LATER.contains(&key);
    if known { Ok(key.to_owned()) } else { Err(wrong(key, value, "a key that the documentation names")) }
}

fn plain(key: &str, value: toml::Value) -> Result<String, ConfigError> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        other => Err(wrong(key, other, "text, a whole number, true or false")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(&Values(pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()))
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
        assert_eq!(message, r#"MUSIC_ANALYTICS_ADDR = "3000": expected an address and port such as 127.0.0.1:3000"#);
        let message = from(&[("DATABASE_URL", "mysql://x")]).unwrap_err().to_string();
        assert_eq!(message, r#"DATABASE_URL = "mysql://x": expected sqlite://PATH or postgres://..."#);
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
        std::fs::write(&path, "MUSIC_ANALYTICS_ADDR = \"127.0.0.1:4000\"\nSOUNDCHARTS_CONCURRENCY = 4\n").unwrap();
        assert_eq!(read_file(&path).unwrap()["SOUNDCHARTS_CONCURRENCY"], "4");
        std::fs::write(&path, "MUSIC_ANALYTICS_ADR = \"127.0.0.1:4000\"\n").unwrap();
        assert!(read_file(&path).unwrap_err().to_string().contains("MUSIC_ANALYTICS_ADR"));
        assert!(read_file(&dir.path().join("none")).unwrap_err().to_string().contains("cannot read"));
    }
}
