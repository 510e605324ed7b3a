//! OAuth client-credentials tokens: basic authentication, a form, a token with its lifetime in seconds. The
//! provider serves them on a separate host.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Simulator;
use super::credentials::is_known_client;

/// `POST /oauth/token`.
pub async fn give(State(simulator): State<Arc<Simulator>>, headers: HeaderMap, body: String) -> Response {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let asks =
        form_urlencoded::parse(body.as_bytes()).any(|(k, v)| k == "grant_type" && v == "client_credentials");
    if !kind.starts_with("application/x-www-form-urlencoded") || !asks {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if !is_known_client(&simulator.settings.credentials, &headers) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let mut state = simulator.state();
    let seconds = state.knobs.token_seconds;
    let token = state.tokens.give(Duration::from_secs(seconds), Instant::now());
    Json(json!({"access_token": token, "expires_in": seconds, "token_type": "Bearer"})).into_response()
}

/// In the format of RFC 6749; the provider's own format is not known.
fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({"error": error}))).into_response()
}
