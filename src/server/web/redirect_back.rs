//! Redirects back to the page that a form was on.

use axum::http::header::REFERER;
use axum::http::{HeaderMap, Uri};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Path and query of the page that sent the request, if it is one of ours.
pub fn referer(headers: &HeaderMap) -> Option<String> {
    headers.get(REFERER).and_then(|referer| referer.to_str().ok()).and_then(path_of)
}

/// Path and query of one of our pages. Browsers treat `//host` and `/\host` as other sites.
pub fn path_of(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    (path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")).then(|| path.to_owned())
}

/// Adds the redirect target `next` to a page's URL.
pub fn with_next(page: &str, next: &str) -> String {
    match next {
        "" | "/" => page.to_owned(),
        next => format!("{page}?next={}", utf8_percent_encode(next, NON_ALPHANUMERIC)),
    }
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn leads_back_to_our_own_pages_only() {
        assert_eq!(
            path_of("http://127.0.0.1:3000/analytics?month=2026-09").as_deref(),
            Some("/analytics?month=2026-09")
        );
        assert_eq!(path_of("/analytics").as_deref(), Some("/analytics"));
        assert_eq!(path_of("http://127.0.0.1:3000//example.com"), None);
        assert_ne!(path_of("//example.com/a").as_deref(), Some("//example.com/a"));
        assert_eq!(path_of("http://127.0.0.1:3000/\\example.com"), None);
        assert_eq!(path_of("no uri at all"), None);
        assert_eq!(path_of("javascript:alert(1)"), None);
    }
}
