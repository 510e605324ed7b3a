//! The remaining quota, for clients that check before making counted requests.

use axum::response::Response;
use serde_json::json;

use super::page::object;
use super::request::SimRequest;

/// `GET team/usage`: free of charge, with the usual headers. The body's format is not documented.
pub async fn usage(ask: SimRequest) -> Response {
    let state = ask.simulator.state();
    let left = state.allowance.left(&state.knobs);
    object("usage", json!({"quota": state.knobs.quota, "remaining": left}))
}
