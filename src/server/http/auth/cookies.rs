//! Cookies of sessions, of sign-ins waiting for a code, and of single sign-on flows.

pub use crate::server::web::cookies::{expired_host_cookie, host_cookie, host_cookie_name, value};

use crate::server::accounts::oidc;
use crate::server::accounts::sessions::MAX_AGE_MS;
use crate::server::accounts::sign_in::PENDING_TTL_MS;
use crate::server::config::Config;

const SESSION: &str = "session";

const HALF_SIGN_IN: &str = "half";

const FLOW: &str = "sign-in";

pub fn session_name(config: &Config) -> String {
    host_cookie_name(config, SESSION)
}

pub fn pending_sign_in_name(config: &Config) -> String {
    host_cookie_name(config, HALF_SIGN_IN)
}

pub fn session(config: &Config, token: &str) -> String {
    host_cookie(config, SESSION, token, MAX_AGE_MS / 1000)
}

/// Removes the session cookie.
pub fn no_session(config: &Config) -> String {
    expired_host_cookie(config, SESSION)
}

pub fn pending_sign_in(config: &Config, token: &str) -> String {
    host_cookie(config, HALF_SIGN_IN, token, PENDING_TTL_MS / 1000)
}

/// Removes the cookie of a pending sign-in.
pub fn expired_pending_sign_in(config: &Config) -> String {
    expired_host_cookie(config, HALF_SIGN_IN)
}

pub fn flow_name(config: &Config) -> String {
    host_cookie_name(config, FLOW)
}

/// Binds a single sign-on to this browser. The provider redirects from another site, so `SameSite=Strict` would
/// withhold the cookie.
pub fn flow(config: &Config, token: &str) -> String {
    host_cookie(config, FLOW, token, oidc::FLOW_TTL_MS / 1000)
}

/// Removes the flow cookie.
pub fn no_flow(config: &Config) -> String {
    expired_host_cookie(config, FLOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_of_its_port_and_lasts_half_a_day() {
        let cookie = session(&Config::default(), "t");
        assert!(
            cookie.starts_with("session-3000=t; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
    }
}
