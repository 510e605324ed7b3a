//! Error responses, in the provider's wording where known. Clients can tell the two kinds of 429, and a
//! missing account from an unsupported platform, only by parts of the message.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Seconds until the rate limit resets; in every response.
pub const RATE_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// An error response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    key: &'static str,
    message: String,
    wait: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, key: &'static str, message: impl Into<String>) -> Self {
        Refusal { status, key, message: message.into(), wait: None }
    }

    /// 400: an invalid parameter.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "argument", message)
    }

    /// 400: an unknown platform code, or a platform without such data.
    pub fn unsupported<'a>(supported: impl Iterator<Item = &'a str>) -> Self {
        let supported: Vec<&str> = supported.collect();
        Self::argument(format!("Only \"{}\" are supported platforms.", supported.join(", ")))
    }

    /// 401: missing, wrong or expired credentials.
    pub fn not_logged_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "access", "You are not logged in.")
    }

    /// 403: an endpoint outside the subscription.
    pub fn not_in_plan() -> Self {
        let message = "This endpoint is not included in your current plan, reach out to help@soundcharts.com if you \
                       want access.";
        Self::new(StatusCode::FORBIDDEN, "access", message)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::missing("Not found.")
    }

    /// 404 with a message, by which metric endpoints indicate that a pair has no data.
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "access", message)
    }

    /// 410: an ISRC shared by several recordings.
    pub fn ambiguous_isrc() -> Self {
        Self::new(StatusCode::GONE, "access", "ISRC Blacklisted due to multiple tracks identified from DSP")
    }

    /// 429 for too many requests in this minute; resolved by waiting `wait` seconds.
    pub fn too_fast(limit: u32, wait: u64) -> Self {
        let message = format!("You have reached the maximum request count of {limit} per minute.");
        Refusal { wait: Some(wait), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "access", message) }
    }

    /// 429 for an exhausted quota; not resolved by waiting.
    pub fn no_quota() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "access", "Maximum quota reached.")
    }

    /// 5xx: an internal error of the provider.
    pub fn broken(status: StatusCode) -> Self {
        Self::new(status, "server", status.canonical_reason().unwrap_or("Error"))
    }

    /// The error as an item of `errors`.
    pub fn as_error(&self) -> serde_json::Value {
        json!({"key": self.key, "code": self.status.as_u16(), "message": self.message})
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"errors": [self.as_error()]}))).into_response();
        if let Some(wait) = self.wait {
            response.headers_mut().insert(RATE_RESET, HeaderValue::from(wait));
        }
        response
    }
}
