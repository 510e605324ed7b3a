//! Logs and measures every request under an id that the response carries, too. Paths are logged by route,
//! because URLs may contain secrets.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, Method, Response};
use axum::middleware::Next;
use tracing::Instrument as _;

use crate::server::base::secret;

/// The request-id header.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The method as a label; unknown ones, which clients may invent, share one label.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Assigns a request id, logs and measures.
pub async fn log(request: Request, next: Next) -> Response<Body> {
    let id = secret::id();
    let method = method(request.method());
    let route =
        request.extensions().get::<MatchedPath>().map_or("file or unknown", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, method, route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status().as_u16());
    let _inside = span.enter();
    let is_quiet = matches!(route.as_str(), "file or unknown" | "/healthz" | "/readyz");
    if is_quiet {
        tracing::debug!(status, ms = took.as_millis(), "answered");
    } else {
        tracing::info!(status, ms = took.as_millis(), "answered");
    }
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels[..2]).record(took);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
