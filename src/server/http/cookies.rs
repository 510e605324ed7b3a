//! Cookies: read from a request, and the one that holds a session.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::server::accounts::sessions::LONGEST;
use crate::server::config::Config;

/// The value of a request's cookie.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = pairs.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The name of the session's cookie. Browsers share cookies between the ports of a machine, so that without https
/// the port is a part of it.
pub fn session_name(config: &Config) -> String {
    if config.is_https() { "__Host-session".to_owned() } else { format!("session-{}", config.addr.port()) }
}

/// The cookie that holds a session's token.
pub fn session(config: &Config, token: &str) -> String {
    with_life(config, token, LONGEST / 1000)
}

/// The cookie that removes it.
pub fn no_session(config: &Config) -> String {
    with_life(config, "", 0)
}

fn with_life(config: &Config, token: &str, seconds: i64) -> String {
    let secure = if config.is_https() { "; Secure" } else { "" };
    format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", session_name(config))
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
        assert!(
            session(&config, "t")
                .starts_with("session-3000=t; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax")
        );
        assert!(!session(&config, "t").contains("Secure"));
    }
}
