//! Liveness and readiness, for whatever supervises the process.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::server::context::Context;
use crate::server::db::meta;
use crate::server::http::problem::Refused;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: the process can do its work, because the database answers.
///
/// # Errors
/// The database does not.
pub async fn readyz(State(context): State<Context>) -> Result<Json<Value>, Refused> {
    meta::holding(&mut *context.db.read().await?).await?;
    Ok(Json(json!({"status": "ready"})))
}
