//! Limits on the size and duration of request bodies.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Method, StatusCode};

use crate::server::state::limits::Reason;
use crate::server::web::problem::HttpError;

/// Maximum body size.
pub const BODY: usize = 64 * 1024;
/// Body timeout.
const COMING: Duration = Duration::from_secs(5);

/// Reads the whole body of a request.
///
/// # Errors
/// It is too large or arrives too slowly.
pub async fn with_body(request: Request) -> Result<Request, HttpError> {
    let too_large =
        || Reason::BodySize.refuse(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB.");
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > BODY) {
        return Err(too_large());
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) && length.is_none_or(|length| length == 0) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = match tokio::time::timeout(COMING, to_bytes(body, BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(too_large()),
        Err(_) => {
            let detail = "The request body took longer than 5 s; send it again.";
            return Err(Reason::BodyTime.refuse(StatusCode::REQUEST_TIMEOUT, detail));
        }
    };
    Ok(Request::from_parts(parts, Body::from(body)))
}
