//! What every answer tells the browser to refuse, unless the answer says more.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::server::config::Config;

/// What is not a page shows nothing and runs nothing.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What no page of ours uses.
const UNUSED: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
/// Where there is https, it stays for a year.
const HTTPS_ONLY: &str = "max-age=31536000; includeSubDomains";

/// Adds them to all answers.
pub fn protect<S: Clone + Send + Sync + 'static>(router: Router<S>, config: &Config) -> Router<S> {
    let mut headers = vec![
        (CACHE_CONTROL, "private, no-cache"),
        (CONTENT_SECURITY_POLICY, NOTHING),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), UNUSED),
    ];
    if config.is_https() {
        headers.push((STRICT_TRANSPORT_SECURITY, HTTPS_ONLY));
    }
    headers.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}
