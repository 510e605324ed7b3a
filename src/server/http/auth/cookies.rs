//! Cookies that hold a session, or a sign-in that waits for its code or its way back.

pub use crate::server::web::cookies::{expired_host_cookie, host_cookie, host_cookie_name, value};

use crate::server::accounts::oidc;
use crate::server::accounts::sessions::MAX_AGE_MS;
use crate::server::accounts::sign_in::PENDING_TTL_MS;
use crate::server::config::Config;

const SESSION: &str = "session";

const HALF_SIGN_IN: &str = "half";

const FLOW: &str = "sign-in";

/// The name of the session's cookie.
pub fn session_name(config: &Config) -> String {
    host_cookie_name(config, SESSION)
}

/// The name of the cookie of a sign-in that waits for its code.
pub fn pending_sign_in_name(config: &Config) -> String {
    host_cookie_name(config, HALF_SIGN_IN)
}

/// The cookie that holds a session's token.
pub fn session(config: &Config, token: &str) -> String {
    host_cookie(config, SESSION, token, MAX_AGE_MS / 1000)
}

/// The cookie that removes it.
pub fn no_session(config: &Config) -> String {
    expired_host_cookie(config, SESSION)
}

/// The cookie that holds the token of a sign-in that waits for its code.
pub fn pending_sign_in(config: &Config, token: &str) -> String {
    host_cookie(config, HALF_SIGN_IN, token, PENDING_TTL_MS / 1000)
}

/// The cookie that removes it.
pub fn expired_pending_sign_in(config: &Config) -> String {
    expired_host_cookie(config, HALF_SIGN_IN)
}

/// The name of the cookie of a single sign-on that is under way.
pub fn flow_name(config: &Config) -> String {
    host_cookie_name(config, FLOW)
}

/// The cookie that binds a single sign-on to this browser. It comes back with the browser from the provider, which is
/// another site: a stricter `SameSite` would keep it from that.
pub fn flow(config: &Config, token: &str) -> String {
    host_cookie(config, FLOW, token, oidc::FLOW_TTL_MS / 1000)
}

/// The cookie that removes it.
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
