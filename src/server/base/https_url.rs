//! URLs of the identity provider: https only, or http on loopback (tests).

use reqwest::Url;

use crate::server::base::network::is_loopback;

/// Whether a provider URL is acceptable: nothing may be sent unencrypted over a network.
pub fn is_safe(text: &str) -> bool {
    endpoint(text, true).is_some_and(|url| url.query().is_none())
}

/// Validates a URL named by the provider; http only if the provider itself is on loopback.
pub(crate) fn endpoint(text: &str, may_be_local: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_safe = match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        "http" => may_be_local && is_local(&url),
        _ => false,
    };
    (is_plain && is_safe).then_some(url)
}

/// Whether the host is loopback.
pub(crate) fn is_local(url: &Url) -> bool {
    url.host_str().is_some_and(is_loopback)
}

/// The origin as written in a content security policy.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_travels_in_the_clear() {
        for good in [
            "https://id.example.com",
            "https://id.example.com:8443/realms/a",
            "http://127.0.0.1:1",
            "http://[::1]:1/x",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "http://id.example.com",
            "https://a@id.example.com",
            "https://id.example.com/?a=b",
            "ftp://127.0.0.1",
            "id",
            "",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
        assert!(endpoint("https://id.example.com/authorize?policy=a", false).is_some());
        assert!(
            endpoint("http://127.0.0.1:1/token", false).is_none(),
            "a provider elsewhere names nothing here"
        );
        assert!(endpoint("https://id.example.com/#x", true).is_none());
    }
}
