//! Liveness and readiness endpoints.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::error::Error;
use crate::server::state::context::Context;
use crate::server::store::tables::meta;
use crate::server::web::problem::HttpError;

/// `GET /healthz`: the process responds.
pub async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database responds and the process is not shutting down.
///
/// # Errors
/// The database does not respond, or the process is shutting down.
pub async fn readyz(State(context): State<Context>) -> Result<Json<Value>, HttpError> {
    if *context.stopping.borrow() {
        return Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping."));
    }
    if !context.db.is_file_in_place() {
        return Err(Error::Displaced.into());
    }
    meta::data_kind(&mut *context.db.reader().await?).await?;
    Ok(Json(json!({"status": "ready"})))
}
