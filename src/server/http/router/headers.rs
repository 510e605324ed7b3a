//! Default security headers of all responses.

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response};
use axum::middleware::map_response;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::server::config::Config;

/// Content security policy of responses that are not pages.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Browser features that no page uses.
const UNUSED: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
/// HSTS, one year.
const HTTPS_ONLY: &str = "max-age=31536000; includeSubDomains";

/// Adds the headers to all responses.
pub fn protect<S: Clone + Send + Sync + 'static>(router: Router<S>, config: &Config) -> Router<S> {
    let mut headers = vec![
        // Responses are not cached: the next user of the browser may be another person.
        (CACHE_CONTROL, "no-store"),
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
    let is_https = config.is_https();
    let router = router.layer(map_response(move |response| async move {
        if is_https { with_secure_cookies(response) } else { response }
    }));
    headers.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value)))
    })
}

/// Marks all cookies as `Secure` when served over HTTPS.
fn with_secure_cookies(mut response: Response<Body>) -> Response<Body> {
    for cookie in
        response.headers_mut().iter_mut().filter(|(name, _)| *name == SET_COOKIE).map(|(_, value)| value)
    {
        let secure = match cookie.to_str() {
            Ok(text) if !text.contains("; Secure") => HeaderValue::try_from(format!("{text}; Secure")).ok(),
            _ => None,
        };
        if let Some(secure) = secure {
            *cookie = secure;
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_https_only() {
        let mut response = Response::new(Body::empty());
        for cookie in ["theme=dark; Path=/", "__Host-session=x; Path=/; Secure"] {
            response.headers_mut().append(SET_COOKIE, HeaderValue::from_static(cookie));
        }
        let response = with_secure_cookies(response);
        let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["theme=dark; Path=/; Secure", "__Host-session=x; Path=/; Secure"]);
    }
}
