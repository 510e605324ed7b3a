//! What one request may take: a place among those that are answered at once, time, and room for its body. Whoever
//! finds no place is told so at once, because a queue helps nobody.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::cookies;
use super::gate::is_file;
use super::held::until_sent;
use super::problem::Refused;
use crate::server::config::Config;
use crate::server::context::Context;

/// Requests that are answered at once.
pub const AT_ONCE: usize = 128;
/// Those of them that come without session or token: others find a place whatever strangers do.
pub const STRANGERS: usize = 32;
/// The most bytes of a body.
pub const BODY: usize = 64 * 1024;
/// How long a body may take to come.
const COMING: Duration = Duration::from_secs(5);
/// How long an answer may take to begin. An import that publishes keeps a writer waiting for ten seconds.
const TIME: Duration = Duration::from_secs(30);

/// Answers within the limits, or says which one was met. Health is told whatever the load.
pub async fn limit(State(context): State<Context>, request: Request, next: Next) -> Response<Body> {
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    // The body comes before a place is taken: whoever sends it slowly keeps nobody else waiting.
    let request = match with_body(request).await {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let places =
        if is_stranger(&context.config, request.headers()) { &context.strangers } else { &context.requests };
    let Ok(place) = Arc::clone(places).try_acquire_owned() else {
        let detail = "Too many requests are being answered right now; try again in a second.";
        return Refused::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1).into_response();
    };
    let is_file = is_file(request.uri().path());
    match tokio::time::timeout(TIME, next.run(request)).await {
        // Anybody may read files, whatever session they invent, and read them slowly: their bytes cost nothing to keep.
        Ok(response) if is_file => response,
        Ok(response) => until_sent(response, place),
        Err(_) => {
            let detail = "This took too long and was given up; try again, or ask for less at once.";
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5).into_response()
        }
    }
}

/// Whether a request names neither a session nor a token.
fn is_stranger(config: &Config, headers: &HeaderMap) -> bool {
    !headers.contains_key(AUTHORIZATION) && cookies::value(headers, &cookies::session_name(config)).is_none()
}

/// The request with its whole body.
async fn with_body(request: Request) -> Result<Request, Refused> {
    let too_large = || Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB.");
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
            let detail = "The body took more than 5 s to come; send it again.";
            return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, detail));
        }
    };
    Ok(Request::from_parts(parts, Body::from(body)))
}
