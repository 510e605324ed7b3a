//! HTTP: pages, the browser bundle, health. The router reads as a table of contents.

pub mod accounts;
pub mod api;
pub mod artist_forms;
pub mod assets;
pub mod back;
pub mod calls;
pub mod cookies;
pub mod gate;
pub mod guard;
pub mod headers;
pub mod health;
mod held;
pub mod limits;
pub mod listen;
pub mod log;
pub mod origin;
pub mod pages;
mod patient;
pub mod pictures;
pub mod platform_forms;
pub mod problem;
pub mod screens;
pub mod serve;
pub mod sync_forms;
pub mod theme;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;

use crate::server::context::Context;

/// The whole product as one service, ready to be served or to be tested in memory. The layers at
/// the end are the outer ones: a request is logged, then limited, then guarded, then let in.
pub fn router(context: Context) -> Router {
    let config = Arc::clone(&context.config);
    let routes = Router::new()
        .route("/", get(|| async { Redirect::to("/analytics") }))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/theme", post(theme::choose))
        .route("/artists/act", post(artist_forms::act))
        .route("/platforms/set", post(platform_forms::set))
        .route("/syncs/act", post(sync_forms::act))
        .merge(screens::routes())
        .nest("/api/v1", api::routes())
        .route("/downloads/report.csv", get(api::exports::marked_csv))
        .route("/pictures/{of}/{file}", get(pictures::show))
        .merge(pages::routes(&context))
        .fallback(pages::files_or_not_found(&context))
        .with_state(context.clone())
        .layer(RequestBodyLimitLayer::new(limits::BODY))
        .layer(from_fn_with_state(context.clone(), gate::gate))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(guard::same_site_changes(config.public_url.as_ref()));
    let guarded = if config.is_local() { routes.layer(from_fn(guard::loopback_host)) } else { routes };
    let limited = guarded
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(context.clone(), limits::limit))
        .layer(from_fn_with_state(context, screens::readable));
    headers::protect(limited, &config).layer(from_fn(log::log))
}

/// What a workbook is, which is compressed already.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new(WORKBOOK))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, ETAG, HOST, LOCATION, SET_COOKIE,
    };
    use axum::http::request::Builder;
    use axum::http::{Request, Response, StatusCode};
    use tower::ServiceExt;

    use super::assets::{Asset, Assets};
    use super::*;
    use crate::server::accounts::sessions::Origin;
    use crate::server::accounts::visitor;

    /// As the visitor of demo data.
    async fn answer(request: Builder, body: &'static str) -> Response<Body> {
        let context = Context::for_tests().await;
        let token = visitor::enter(&context, &Origin::default()).await.unwrap();
        let cookie = format!("{}={token}", cookies::session_name(&context.config));
        let request = request.header(HOST, "127.0.0.1:3000").header(COOKIE, cookie);
        router(context).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
    }

    async fn get(path: &str) -> Response<Body> {
        answer(Request::get(path), "").await
    }

    async fn text(response: Response<Body>) -> String {
        String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn paths_lead_where_they_should() {
        assert_eq!(get("/analytics").await.status(), StatusCode::OK);
        assert_eq!(get("/healthz").await.status(), StatusCode::OK);
        assert_eq!(get("/readyz").await.status(), StatusCode::OK);
        assert_eq!(get("/").await.headers()[LOCATION], "/analytics");
        assert_eq!(get("/analytics/?month=2026-09").await.headers()[LOCATION], "/analytics?month=2026-09");
        for missing in
            ["/nothing-here", "/pkg", "/pkg/main.css", "/index.html", "//example.com/", "/..%2fCargo.toml"]
        {
            let response = get(missing).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{missing}");
            assert!(text(response).await.contains("Page not found"), "{missing}");
        }
    }

    #[tokio::test]
    async fn files_of_the_bundle_are_asked_for_each_time() {
        let assets = Assets(|path| {
            (path == "pkg/main.css").then(|| Asset { bytes: b"a {}".as_slice().into(), digest: [7; 32] })
        });
        let context = Context { assets, ..Context::for_tests().await };
        let request =
            Request::get("/pkg/main.css").header(HOST, "127.0.0.1:3000").body(Body::empty()).unwrap();
        let response = router(context).oneshot(request).await.unwrap();
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
        assert!(response.headers().contains_key(ETAG));
        assert_eq!(text(response).await, "a {}");
    }

    #[tokio::test]
    async fn who_reads_a_file_slowly_takes_no_place_from_others() {
        let assets = Assets(|path| {
            (path == "pkg/main.css").then(|| Asset { bytes: vec![b' '; 1 << 20].into(), digest: [7; 32] })
        });
        let context = Context { assets, ..Context::for_tests().await };
        let invented = format!("{}=invented", cookies::session_name(&context.config));
        for (path, holds) in [("/pkg/main.css", 0), ("/sign-in", 1)] {
            let request = Request::get(path).header(HOST, "127.0.0.1:3000").header(COOKIE, &invented);
            let request = request.body(Body::empty()).unwrap();
            let unread = router(context.clone()).oneshot(request).await.unwrap();
            assert_eq!(unread.status(), StatusCode::OK, "{path}");
            assert_eq!(context.requests.available_permits(), limits::AT_ONCE - holds, "{path}");
        }
    }

    #[tokio::test]
    async fn every_page_has_a_policy_with_its_own_nonce() {
        let response = get("/analytics").await;
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let page = text(response).await;
        let script = page.split("<script").nth(1).unwrap().split('>').next().unwrap();
        assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        assert_ne!(get("/analytics").await.headers()[CONTENT_SECURITY_POLICY], policy);
    }

    #[tokio::test]
    async fn the_theme_comes_from_the_cookie_and_the_form_sets_it() {
        let response = answer(Request::get("/analytics").header(COOKIE, "theme=dark"), "").await;
        assert!(text(response).await.contains("<html lang=\"en\" data-theme=\"dark\""));
        let form = || Request::post("/theme").header("content-type", "application/x-www-form-urlencoded");
        let response = answer(form(), "theme=light").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert!(response.headers()[SET_COOKIE].to_str().unwrap().starts_with("theme=light;"));
        assert_eq!(answer(form(), "theme=purple").await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(answer(form(), "").await.status(), StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn other_sites_are_kept_out() {
        let rebound = Request::get("/analytics").header(HOST, "example.com").body(Body::empty()).unwrap();
        let response = router(Context::for_tests().await).oneshot(rebound).await.unwrap();
        assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
        assert!(text(response).await.contains("\"detail\""));
        for (name, value) in
            [("sec-fetch-site", "cross-site"), ("origin", "http://example.com"), ("origin", "null")]
        {
            let response = answer(Request::post("/theme").header(name, value), "theme=dark").await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
        }
    }
}
