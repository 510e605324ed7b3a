//! HTTP: pages, the browser bundle, health. The router reads as a table of contents.

pub mod guard;
pub mod health;
pub mod pages;
pub mod problem;
pub mod serve;
pub mod theme;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::server::context::Context;

/// The whole product as one service, ready to be served or to be tested in memory. The layers at
/// the end are the outer ones: a request is traced, then guarded, then routed.
pub fn router(context: Context) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/theme", post(theme::choose))
        .merge(pages::routes(&context))
        .fallback_service(pages::files_or_not_found(&context))
        .with_state(context)
        .layer(CompressionLayer::new())
        .layer(default_header(CACHE_CONTROL, "no-cache"))
        .layer(default_header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(default_header(X_FRAME_OPTIONS, "DENY"))
        .layer(default_header(REFERRER_POLICY, "same-origin"))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(guard::same_site_changes())
        .layer(axum::middleware::from_fn(guard::loopback_host))
        .layer(TraceLayer::new_for_http())
}

fn default_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
