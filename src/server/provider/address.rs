//! Base URLs of the provider, taken from the configuration only; https wherever credentials are sent.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use super::request::ApiRequest;

/// An https URL, or an http URL of this machine, without user, query and fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// An invalid provider URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected https://HOST, or http:// and a loopback host, without user, query and fragment")]
pub struct AddressError;

impl Address {
    /// Whether the URL is on this machine, as that of the simulator.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let number = host.trim_start_matches('[').trim_end_matches(']').parse();
        host == "localhost" || number.is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }

    /// The host and port, for messages.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    /// The full URL of a request.
    pub(super) fn join(&self, ask: &ApiRequest) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{}", self.0.path().trim_end_matches('/'), ask.path()));
        if !ask.query().is_empty() {
            url.query_pairs_mut().extend_pairs(ask.query());
        }
        url
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError)?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        let address = Address(url);
        let is_safe = match address.0.scheme() {
            "https" => true,
            "http" => address.is_loopback(),
            _ => false,
        };
        (is_plain && is_safe && address.0.fragment().is_none()).then_some(address).ok_or(AddressError)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_travel_in_the_clear() {
        for good in [
            "https://customer.api.soundcharts.com",
            "http://127.0.0.1:4000",
            "http://[::1]:1/x",
            "http://localhost",
        ] {
            assert!(good.parse::<Address>().is_ok(), "{good}");
        }
        for bad in [
            "http://provider.test",
            "ftp://127.0.0.1",
            "https://u:p@host",
            "https://host/?a=b",
            "https://host/#x",
            "host",
            "",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }

    #[test]
    fn questions_are_put_below_the_path() {
        let ask = ApiRequest::new("a test", ["api", "v2", "artist", "search", "AC/DC + ?é"])
            .unwrap()
            .with("limit", 20);
        let address: Address = "http://127.0.0.1:4000/stand-in/".parse().unwrap();
        assert_eq!(
            address.join(&ask).as_str(),
            "http://127.0.0.1:4000/stand-in/api/v2/artist/search/AC%2FDC%20%2B%20%3F%C3%A9?limit=20"
        );
    }
}
