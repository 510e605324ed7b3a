//! Liveness and readiness, for whatever supervises the process.

use axum::Json;
use serde_json::{Value, json};

/// `GET /healthz`: the process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: the process can do its work.
pub async fn readyz() -> Json<Value> {
    Json(json!({"status": "ready"}))
}
