//! Configurable resource limits; fixed ones are in `server/state/limits`.

use super::values::{ConfigError, Values, wrong};

pub(super) const CONNECTIONS: &str = "MUSIC_ANALYTICS_MAX_CONNECTIONS";
pub(super) const ADDRESS_CONNECTIONS: &str = "MUSIC_ANALYTICS_MAX_CONNECTIONS_PER_ADDRESS";
pub(super) const REQUESTS: &str = "MUSIC_ANALYTICS_MAX_REQUESTS";
pub(super) const ACCOUNT_REQUESTS: &str = "MUSIC_ANALYTICS_MAX_REQUESTS_PER_ACCOUNT";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerLimits {
    /// Concurrent connections; further ones wait.
    pub connections: usize,
    /// Connections per address, except of trusted proxies; `None` for unlimited.
    pub address_connections: Option<u32>,
    /// Concurrent authenticated requests; anonymous ones have a quarter as many in addition.
    pub requests: usize,
    /// Concurrent requests per account.
    pub account_requests: u32,
}

impl CallerLimits {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        let at_least_one = |key: &str, default: u32, most: u32| match values.number(key, default, most)? {
            0 => Err(wrong(key, 0, &format!("a whole number from 1 to {most}"))),
            number => Ok(number),
        };
        Ok(CallerLimits {
            connections: at_least_one(CONNECTIONS, 8_192, 1_000_000)? as usize,
            address_connections: Some(values.number(ADDRESS_CONNECTIONS, 256, 1_000_000)?)
                .filter(|most| *most > 0),
            requests: at_least_one(REQUESTS, 128, 10_000)? as usize,
            account_requests: at_least_one(ACCOUNT_REQUESTS, 24, 10_000)?,
        })
    }
}

#[cfg(test)]
impl Default for CallerLimits {
    fn default() -> Self {
        Self::read(&Values(Default::default())).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_no_limit_of_an_address_and_nothing_else() {
        let read =
            |key: &str, value: &str| CallerLimits::read(&Values([(key.to_owned(), value.to_owned())].into()));
        assert_eq!(CallerLimits::default().address_connections, Some(256));
        assert_eq!(read(ADDRESS_CONNECTIONS, "0").unwrap().address_connections, None);
        assert_eq!(read(REQUESTS, "8").unwrap().requests, 8);
        for key in [CONNECTIONS, REQUESTS, ACCOUNT_REQUESTS] {
            assert!(read(key, "0").unwrap_err().to_string().contains("from 1 to"), "{key}");
        }
    }
}
