//! Reads and writes cookies, including `__Host-` cookies such as the session's and the pending sign-in's.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::server::config::Config;

pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = pairs.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The name of a `__Host-` cookie. Browsers share cookies between the ports of a machine, so without https the name
/// contains the port.
pub fn host_cookie_name(config: &Config, name: &str) -> String {
    if config.is_https() { format!("__Host-{name}") } else { format!("{name}-{}", config.addr.port()) }
}

/// A host-only cookie without script access, with a lifetime in seconds.
pub fn host_cookie(config: &Config, name: &str, value: &str, seconds: i64) -> String {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let name = host_cookie_name(config, name);
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The cookie that removes it.
pub fn expired_host_cookie(config: &Config, name: &str) -> String {
    host_cookie(config, name, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = HeaderMap::from_iter([(COOKIE, "a=b; xsession=1; session=2".parse().unwrap())]);
        assert_eq!(value(&headers, "session"), Some("2"));
        assert_eq!(value(&headers, "ession"), None);
        let config = Config::default();
        assert!(!host_cookie(&config, "kept", "x", 60).contains("Secure"));
        let config =
            Config { public_url: Some("https://music.example.com".parse().unwrap()), ..Config::default() };
        let cookie = host_cookie(&config, "kept", "x", 60);
        assert_eq!(cookie, "__Host-kept=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    }
}
