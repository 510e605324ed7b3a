//! Configuration of the provider.

use std::fmt::Display;
use std::str::FromStr;

use crate::server::config::ConfigError;
use crate::server::provider::address::Address;
use crate::server::provider::credentials::{Credentials, TOKEN_URL};
use crate::server::provider::secret::Secret;
use crate::server::provider::settings::Settings;

/// The provider's public base URL.
pub const BASE_URL: &str = "https://customer.api.soundcharts.com";

/// Provider settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub base_url: Option<Address>,
    /// `SOUNDCHARTS_APP_ID` and `SOUNDCHARTS_API_KEY`, or the OAuth keys. Without credentials, a demo database uses
    /// the built-in simulator, and a real one has no sync.
    pub credentials: Option<Credentials>,
    /// `SOUNDCHARTS_MAX_PER_MINUTE`: requests per minute, over all instances.
    pub max_per_minute: u32,
    /// `SOUNDCHARTS_CONCURRENCY`: concurrent requests.
    pub concurrency: u32,
    /// `SOUNDCHARTS_QUOTA_RESERVE`: calls never to be used.
    pub quota_reserve: Option<u32>,
}

impl Options {
    /// Reads the keys through `get`, which never returns empty values.
    ///
    /// # Errors
    /// An invalid value, an incomplete pair of credentials, or both kinds of credentials. Messages never quote
    /// secrets.
    pub fn read<'a>(get: &dyn Fn(&str) -> Option<&'a str>) -> Result<Self, ConfigError> {
        Ok(Options {
            base_url: parse(get, "SOUNDCHARTS_BASE_URL")?,
            credentials: credentials(get)?,
            max_per_minute: number(get, "SOUNDCHARTS_MAX_PER_MINUTE", 1, 1_000_000)?.unwrap_or(3000),
            concurrency: number(get, "SOUNDCHARTS_CONCURRENCY", 1, 100)?.unwrap_or(8),
            quota_reserve: number(get, "SOUNDCHARTS_QUOTA_RESERVE", 0, 1_000_000_000)?,
        })
    }

    /// Client settings for the configured credentials and URL; `None` without credentials.
    pub fn settings(&self) -> Option<Settings> {
        let address =
            self.base_url.clone().unwrap_or_else(|| BASE_URL.parse().expect("the public address is one"));
        Some(self.with(Settings::new(address, self.credentials.clone()?)))
    }

    /// Client settings for the simulator.
    pub fn simulator(&self, address: Address) -> Settings {
        self.with(Settings::new(address, Credentials::sandbox()))
    }

    fn with(&self, settings: Settings) -> Settings {
        Settings { concurrency: self.concurrency, quota_reserve: self.quota_reserve, ..settings }
    }
}

fn credentials<'a>(get: &dyn Fn(&str) -> Option<&'a str>) -> Result<Option<Credentials>, ConfigError> {
    let headers = pair(get, "SOUNDCHARTS_APP_ID", "SOUNDCHARTS_API_KEY")?;
    let oauth = pair(get, "SOUNDCHARTS_CLIENT_ID", "SOUNDCHARTS_CLIENT_SECRET")?;
    let token_url = parse(get, "SOUNDCHARTS_TOKEN_URL")?;
    match (headers, oauth) {
        (Some(_), Some(_)) => {
            let expected = "nothing, because SOUNDCHARTS_APP_ID is set too: keep one kind of credentials";
            Err(wrong("SOUNDCHARTS_CLIENT_ID", "(hidden)", expected))
        }
        (Some((app_id, api_key)), None) => Ok(Some(Credentials::Headers { app_id, api_key })),
        (None, Some((client_id, client_secret))) => Ok(Some(Credentials::OAuth {
            client_id,
            client_secret,
            team_id: get("SOUNDCHARTS_TEAM_ID").map(str::to_owned),
            token_url: token_url.unwrap_or_else(|| TOKEN_URL.parse().expect("the public address is one")),
        })),
        (None, None) => Ok(None),
    }
}

/// Two secrets that are only valid together.
fn pair<'a>(
    get: &dyn Fn(&str) -> Option<&'a str>,
    first: &str,
    second: &str,
) -> Result<Option<(Secret, Secret)>, ConfigError> {
    let secret =
        |key: &str| get(key).map(str::parse).transpose().map_err(|error| wrong(key, "(hidden)", error));
    match (secret(first)?, secret(second)?) {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(wrong(second, "", format!("the secret that belongs to {first}"))),
        (None, Some(_)) => Err(wrong(first, "", format!("the name that belongs to {second}"))),
    }
}

fn parse<'a, T>(get: &dyn Fn(&str) -> Option<&'a str>, key: &str) -> Result<Option<T>, ConfigError>
where
    T: FromStr<Err: Display>,
{
    get(key).map(|value| value.parse().map_err(|error: T::Err| wrong(key, value, error))).transpose()
}

fn number<'a>(
    get: &dyn Fn(&str) -> Option<&'a str>,
    key: &str,
    least: u32,
    most: u32,
) -> Result<Option<u32>, ConfigError> {
    let fits = |value: &u32| (least..=most).contains(value);
    let read = |value: &'a str| {
        let number = value.parse().ok().filter(fits);
        number.ok_or_else(|| wrong(key, value, format!("a whole number from {least} to {most}")))
    };
    get(key).map(read).transpose()
}

/// `expected` completes the message; the parsers' errors start with "expected" themselves.
fn wrong(key: &str, value: &str, expected: impl Display) -> ConfigError {
    let expected = expected.to_string().trim_start_matches("expected ").to_owned();
    ConfigError::Value { key: key.to_owned(), value: value.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &'static str)]) -> Result<Options, String> {
        let get = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        Options::read(&get).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults() {
        let options = read(&[]).unwrap();
        assert_eq!((options.max_per_minute, options.concurrency, options.quota_reserve), (3000, 8, None));
        assert!(options.settings().is_none(), "no credentials");
        let simulator = options.simulator("http://127.0.0.1:4000".parse().unwrap());
        assert_eq!(simulator.credentials, Credentials::sandbox());
    }

    #[test]
    fn header_credentials() {
        let options = read(&[
            ("SOUNDCHARTS_APP_ID", "app"),
            ("SOUNDCHARTS_API_KEY", "s3cret-key"),
            ("SOUNDCHARTS_QUOTA_RESERVE", "0"),
            ("SOUNDCHARTS_CONCURRENCY", "2"),
        ]);
        let settings = options.unwrap().settings().unwrap();
        assert_eq!(settings.address.to_string(), "https://customer.api.soundcharts.com/");
        assert_eq!((settings.concurrency, settings.quota_reserve), (2, Some(0)));
        assert!(!format!("{settings:?}").contains("s3cret"));
    }

    #[test]
    fn oauth_credentials() {
        let options = read(&[
            ("SOUNDCHARTS_CLIENT_ID", "c"),
            ("SOUNDCHARTS_CLIENT_SECRET", "s"),
            ("SOUNDCHARTS_TEAM_ID", "7"),
        ]);
        let Some(Credentials::OAuth { team_id, token_url, .. }) = options.unwrap().credentials else {
            panic!("OAuth")
        };
        assert_eq!((team_id.as_deref(), token_url.to_string().as_str()), (Some("7"), TOKEN_URL));
    }

    #[test]
    fn wrong_values_are_named_and_secrets_are_not() {
        for (pairs, parts) in [
            (vec![("SOUNDCHARTS_APP_ID", "app")], ["SOUNDCHARTS_API_KEY", "belongs to SOUNDCHARTS_APP_ID"]),
            (vec![("SOUNDCHARTS_CLIENT_SECRET", "s3cret")], ["SOUNDCHARTS_CLIENT_ID", "belongs to"]),
            (
                vec![("SOUNDCHARTS_APP_ID", "a"), ("SOUNDCHARTS_API_KEY", "s3crét")],
                ["(hidden)", "expected printable"],
            ),
            (
                vec![("SOUNDCHARTS_BASE_URL", "http://provider.test")],
                ["http://provider.test", "expected https://"],
            ),
            (vec![("SOUNDCHARTS_CONCURRENCY", "0")], ["\"0\"", "from 1 to 100"]),
            (
                vec![
                    ("SOUNDCHARTS_APP_ID", "a"),
                    ("SOUNDCHARTS_API_KEY", "s3cret"),
                    ("SOUNDCHARTS_CLIENT_ID", "s3cret"),
                    ("SOUNDCHARTS_CLIENT_SECRET", "s3cret"),
                ],
                ["SOUNDCHARTS_CLIENT_ID", "one kind"],
            ),
        ] {
            let error = read(&pairs).unwrap_err();
            assert!(parts.iter().all(|part| error.contains(part)) && !error.contains("s3cr"), "{error}");
        }
    }
}
