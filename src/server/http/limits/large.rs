//! Sends a large response only while the budget of [`crate::server::state::limits::large`] has room for it.

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse as _;

use super::until_sent::{SMALL, until_taken};
use crate::server::http::auth::is_file;
use crate::server::state::context::Context;
use crate::server::state::limits::Reason;

/// Inside of compression, because the response is kept as it was made.
pub async fn bounded(State(context): State<Context>, request: Request, next: Next) -> Response<Body> {
    // Static files are in memory anyway.
    let is_file = is_file(request.uri().path());
    let response = next.run(request).await;
    let Some(bytes) = response.body().size_hint().exact().filter(|bytes| *bytes > SMALL && !is_file) else {
        return response;
    };
    match context.limits.large.try_take(bytes) {
        Some(room) => until_taken(response, room),
        None => {
            let detail = "Too many large responses are being read right now; try again in a few seconds.";
            Reason::Places.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5).into_response()
        }
    }
}
