//! Sends a large response only while the budget of [`crate::server::state::limits::large`] has room for it.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse as _;

use super::until_sent::{SMALL, until_taken};
use crate::server::accounts::Person;
use crate::server::http::auth::is_file;
use crate::server::state::context::Context;
use crate::server::state::limits::Reason;
use crate::server::web::problem::HttpError;

/// Runs inside compression, so that the uncompressed response is counted.
pub async fn bounded(State(context): State<Context>, request: Request, next: Next) -> Response<Body> {
    // Static files are in memory anyway, so they cost nothing.
    let is_file = is_file(request.uri().path());
    let account =
        request.extensions().get::<Person>().map_or_else(String::new, |person| person.user_id.clone());
    let response = next.run(request).await;
    if is_file {
        return response;
    }
    let response = with_size(response).await;
    let Some(bytes) = response.body().size_hint().exact().filter(|bytes| *bytes > SMALL) else {
        return response;
    };
    match context.limits.large.try_take(&account, bytes) {
        Some(share) => until_taken(response, share),
        None => {
            let detail = "Too many large responses are being read right now; try again in a few seconds.";
            Reason::Places.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5).into_response()
        }
    }
}

/// Pages are rendered as a whole but come as a stream: collected, they have a size.
async fn with_size(response: Response<Body>) -> Response<Body> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if response.body().size_hint().exact().is_some() || !kind.starts_with("text/html") {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(_) => HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, "The page could not be rendered.")
            .into_response(),
    }
}
