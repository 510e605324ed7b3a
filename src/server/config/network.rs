//! Listening address, public address and trusted proxies.

use crate::server::base::network::is_loopback;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use ipnet::IpNet;

/// The public base URL: `https://HOST` or `http://HOST`, without path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    /// Host, and port if given.
    authority: String,
}

/// The text is not a valid public URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUrl;

impl PublicUrl {
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Host, and port if given.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether the host is a loopback name.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.authority)
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidUrl)?;
        let authority =
            uri.authority().map(|authority| authority.as_str().to_lowercase()).unwrap_or_default();
        let is_plain = matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.contains('@');
        match (uri.scheme_str(), is_plain && !authority.is_empty()) {
            (Some(scheme @ ("https" | "http")), true) => {
                Ok(PublicUrl { is_https: scheme == "https", authority })
            }
            _ => Err(InvalidUrl),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_https { "https" } else { "http" }, self.authority)
    }
}

/// Trusted proxies: addresses, or networks such as 10.0.0.0/8.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxies(Vec<IpNet>);

/// Describes the expected value.
pub(super) const PROXIES_EXPECTED: &str =
    "addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas";

impl Proxies {
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for Proxies {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let network = |part: &str| {
            part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| InvalidUrl)
        };
        text.split(',').map(|part| network(part.trim())).collect::<Result<_, _>>().map(Proxies)
    }
}

/// Parses host names separated by commas.
///
/// # Errors
/// Characters that are invalid in a host name.
pub(super) fn hosts(text: Option<&str>) -> Result<Vec<String>, String> {
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    let hosts = text.into_iter().flat_map(|text| text.split(',')).map(|host| host.trim().to_lowercase());
    hosts.map(|host| if is_host(&host) { Ok(host) } else { Err(host) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        let url: PublicUrl = "https://Music.Example.com".parse().unwrap();
        assert_eq!((url.to_string().as_str(), url.is_loopback()), ("https://music.example.com", false));
        assert!("http://localhost:3000/".parse::<PublicUrl>().unwrap().is_loopback());
        for wrong in
            ["", "music.example.com", "ftp://x", "https://", "https://x/path", "https://x?y", "https://a@b"]
        {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies: Proxies = "127.0.0.1, 10.0.0.0/8, ::1".parse().unwrap();
        for (address, is_one) in [
            ("127.0.0.1", true),
            ("::ffff:10.1.2.3", true),
            ("::1", true),
            ("11.0.0.1", false),
            ("127.0.0.2", false),
        ] {
            assert_eq!(proxies.contains(address.parse().unwrap()), is_one, "{address}");
        }
        assert!("proxy.example.com".parse::<Proxies>().is_err());
        assert!(hosts(Some("a.example.com, B.example.com")).unwrap().contains(&"b.example.com".to_owned()));
        assert!(hosts(Some("https://x")).is_err());
    }
}
