//! The JSON API under `/api/v1`. Unknown and empty parameters are errors; errors are RFC 9457 problem
//! details.

mod artists;
mod body;
mod etag;
pub(crate) mod exports;
mod listings;
pub mod openapi;
mod parameters;
mod reports;
mod syncs;

use axum::Router;
use axum::http::{StatusCode, Uri};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::http::auth::routes::Routes;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;

/// The API's routes, with the rights from the OpenAPI document.
pub fn routes() -> Routes {
    let (calls, _) = calls().split_for_parts();
    let calls = calls.fallback(no_such_call).method_not_allowed_fallback(wrong_method);
    Routes::default().with(Router::new().nest(openapi::BASE, calls), openapi::routes())
}

/// All calls. Their annotations define path and method, for the router and for the document.
fn calls() -> OpenApiRouter<Context> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(reports::report))
        .routes(routes!(reports::availability))
        .routes(routes!(exports::csv))
        .routes(routes!(exports::workbook))
        .routes(routes!(syncs::list, syncs::start))
        .routes(routes!(syncs::show, syncs::cancel))
        .routes(routes!(syncs::events))
        .routes(routes!(syncs::retry))
        .routes(routes!(listings::artists, artists::add))
        .routes(routes!(artists::search))
        .routes(routes!(artists::link))
        .routes(routes!(listings::platforms))
        .routes(routes!(listings::countries))
        .routes(routes!(openapi::json))
}

async fn no_such_call(uri: Uri) -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, format!("There is no {} in this API.", uri.path()))
}

async fn wrong_method(uri: Uri) -> HttpError {
    HttpError::new(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take this method.", uri.path()))
}
