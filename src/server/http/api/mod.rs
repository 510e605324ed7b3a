//! The JSON API under `/api/v1`: what scripts rely on. Unknown and empty parameters are errors, never
//! ignored; errors are RFC 9457 problem details.

mod artists;
mod body;
mod exports;
mod listings;
mod parameters;
mod reports;
mod syncs;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};

use super::problem::Refused;
use crate::server::context::Context;

/// The routes, to be nested under `/api/v1`.
pub fn routes() -> Router<Context> {
    Router::new()
        .route("/artists", get(listings::artists).post(artists::add))
        .route("/artists/{id}/link", post(artists::link))
        .route("/provider/artists", get(artists::search))
        .route("/platforms", get(listings::platforms))
        .route("/countries", get(listings::countries))
        .route("/availability", get(reports::availability))
        .route("/report", get(reports::report))
        .route("/report.csv", get(exports::csv))
        .route("/report.xlsx", get(exports::workbook))
        .route("/syncs", get(syncs::list).post(syncs::start))
        .route("/syncs/{id}", get(syncs::show).delete(syncs::cancel))
        .route("/syncs/{id}/retry", post(syncs::retry))
        .route("/syncs/{id}/events", get(syncs::events))
        .fallback(no_such_call)
        .method_not_allowed_fallback(wrong_method)
}

async fn no_such_call(uri: Uri) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, format!("There is no {} in this API.", uri.path()))
}

async fn wrong_method(uri: Uri) -> Refused {
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take this method.", uri.path()))
}
