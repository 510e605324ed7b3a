//! Conditional requests with ETags.
//!
//! The tag is a digest of everything in the response except `generated_at`. It is not the report's `hash`:
//! that covers parameters and figures (S22) but not names, days, growth, followers, freshness and warnings,
//! so that 304 would keep stale ones. It is weak, `W/"..."`, because bodies with the same tag differ in
//! `generated_at` and in compression.

use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::report::Report;
use crate::server::error::Error;
use crate::server::state::report_cache::CachedReport;

/// Serializes a report with its tag.
///
/// # Errors
/// Serialization failed.
pub fn report_json(mut report: Report) -> Result<CachedReport, Error> {
    let generated_at = std::mem::take(&mut report.generated_at);
    let tag = compute_etag(&serde_json::to_vec(&report).map_err(Error::damaged)?);
    report.generated_at = generated_at;
    Ok(CachedReport { tag, json: serde_json::to_vec(&report).map_err(Error::damaged)?.into() })
}

/// Serializes a response without `generated_at`.
///
/// # Errors
/// Serialization failed.
pub fn response_json(said: &impl Serialize) -> Result<CachedReport, Error> {
    let json = serde_json::to_vec(said).map_err(Error::damaged)?;
    Ok(CachedReport { tag: compute_etag(&json), json: json.into() })
}

fn compute_etag(said: &[u8]) -> HeaderValue {
    let digest: String = Sha256::digest(said).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("W/\"{digest}\"")).expect("hexadecimal digits")
}

/// The response, or 304 if the client already has it.
pub fn answer(asked: &HeaderMap, CachedReport { tag, json }: CachedReport) -> Response {
    if matches_etag(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let json_type = HeaderValue::from_static("application/json");
    ([(ETAG, tag), (CONTENT_TYPE, json_type)], json).into_response()
}

/// Weak comparison, as RFC 9110 requires for `If-None-Match`.
fn matches_etag(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = opaque(tag.to_str().unwrap_or_default());
    let known = asked.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || opaque(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tags_are_found_in_a_list() {
        let tag = compute_etag(b"something");
        assert_eq!(tag, compute_etag(b"something"));
        assert_ne!(tag, compute_etag(b"something else"));
        let strong = tag.to_str().unwrap().strip_prefix("W/").unwrap().to_owned();
        let asked = |value: &str| HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().unwrap())]);
        for known in ["*", tag.to_str().unwrap(), &strong, &format!("\"other\", {strong}")] {
            assert!(matches_etag(&asked(known), &tag), "{known}");
        }
        assert!(!matches_etag(&asked("\"other\""), &tag) && !matches_etag(&HeaderMap::new(), &tag));
        let said = response_json(&["something"]).unwrap();
        assert_eq!(answer(&asked("*"), said.clone()).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer(&HeaderMap::new(), said).status(), StatusCode::OK);
    }
}
