//! What one request may take: a place among those that are answered at once, time, and room for its body. Whoever
//! finds no place is told so at once, because a queue helps nobody.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use super::problem::Refused;
use crate::server::context::Context;

/// Requests that are answered at once.
pub const AT_ONCE: usize = 128;
/// The most bytes of a body.
pub const BODY: usize = 64 * 1024;
/// How long an answer may take to begin. An import that publishes keeps a writer waiting for ten seconds.
const TIME: Duration = Duration::from_secs(30);

/// Answers within the limits, or says which one was met. Health is told whatever the load.
pub async fn limit(State(context): State<Context>, request: Request, next: Next) -> Response<Body> {
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > BODY) {
        return Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 64 KiB.")
            .into_response();
    }
    let Ok(_place) = context.requests.try_acquire() else {
        let detail = "Too many requests are being answered right now; try again in a second.";
        return Refused::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(1).into_response();
    };
    match tokio::time::timeout(TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "This took too long and was given up; try again, or ask for less at once.";
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5).into_response()
        }
    }
}
