//! Error pages: renders error responses as HTML for browsers.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, RETRY_AFTER};
use axum::http::{HeaderMap, Response};
use axum::middleware::Next;
use leptos::prelude::*;

use super::frame::Frame;
use crate::domain::Problem;
use crate::server::state::context::Context;

/// Middleware that turns a [`Problem`] into a page if the client accepts HTML; other clients get JSON.
pub async fn render_for_people(
    State(_): State<Context>,
    frame: Frame,
    request: Request,
    next: Next,
) -> Response<Body> {
    let is_for_people = accepts_html(request.headers()) && !request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| is_for_people).cloned() else {
        return response;
    };
    let mut page = frame.without_notice().card(response.status(), "This did not work", move || {
        view! {
            <p>{problem.detail}</p>
            <a class="button" href="/analytics">"Go to Music Analytics"</a>
        }
        .into_any()
    });
    if let Some(wait) = response.headers().get(RETRY_AFTER) {
        page.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    page
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
