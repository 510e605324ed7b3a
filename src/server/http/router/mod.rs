//! HTTP: router, authentication, limits, API, pages and forms. The router lists every route with the right
//! that it requires.

pub mod app;
pub mod authorize;
pub mod headers;
pub mod health;
pub mod log;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;

use crate::domain::accounts::Right;
use crate::server::http::api::exports::WORKBOOK;
use crate::server::http::auth::routes::{Access, RouteTable, Routes};
use crate::server::http::{api, forms, limits, pictures, screens};
use crate::server::state::context::Context;
use crate::server::web::{guard, problem};

/// All routes with the right that each requires.
fn routes(context: &Context) -> Routes {
    Routes::default()
        .get("/", Access::Caller(Right::Read), || async { Redirect::to("/analytics") })
        .get("/healthz", Access::Open, health::healthz)
        .get("/readyz", Access::Open, health::readyz)
        .post("/theme", Access::Open, forms::theme::choose)
        .post("/artists/act", Access::Session(Right::Sync), forms::artists::act)
        .post("/platforms/set", Access::Session(Right::Admin), forms::platforms::set)
        .post("/syncs/act", Access::Session(Right::Sync), forms::syncs::act)
        .get("/downloads/report.csv", Access::Caller(Right::Read), api::exports::marked_csv)
        .get("/pictures/{of}/{file}", Access::Caller(Right::Read), pictures::show)
        .merge(screens::routes())
        .merge(api::routes())
        .merge(app::routes(context))
}

/// The route table.
pub fn table(context: &Context) -> RouteTable {
    routes(context).into_parts().1
}

/// The whole product as one service, for serving or in-memory tests. The last layers are the outermost: a
/// request is logged, limited, guarded, then authorized.
pub fn router(context: Context) -> Router {
    let config = Arc::clone(&context.config);
    let (routes, table) = routes(&context).into_parts();
    let routes = routes
        .fallback(app::files_or_not_found(&context))
        .with_state(context.clone())
        .layer(RequestBodyLimitLayer::new(limits::BODY))
        .layer(from_fn_with_state((context.clone(), Arc::new(table)), authorize::authorize))
        .layer(from_fn_with_state(context.clone(), limits::large::bounded))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(guard::same_site_changes(config.public_url.as_ref()));
    let guarded = if config.is_local() { routes.layer(from_fn(guard::loopback_host)) } else { routes };
    let limited = guarded
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(context.clone(), limits::limit))
        .layer(from_fn_with_state(context, screens::render_for_people));
    headers::protect(limited, &config).layer(from_fn(log::log))
}

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

    use super::*;
    use crate::server::accounts::Origin;
    use crate::server::accounts::Person;
    use crate::server::accounts::demo_visitor;
    use crate::server::http::auth::routes::Route;
    use crate::server::web::assets::{Asset, Assets};

    /// Sends a request as the demo visitor.
    async fn answer(request: Builder, body: &'static str) -> Response<Body> {
        let context = Context::for_tests().await;
        let token = demo_visitor::enter(context.accounts(), &Origin::default()).await.unwrap();
        let cookie = format!("{}={token}", crate::server::http::auth::cookies::session_name(&context.config));
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

    /// The permits occupied while a response to this cookie is read slowly, or not at all.
    async fn holding(context: &Context, path: &str, session: &str) -> (usize, usize) {
        let before = (context.limits.callers.free(), context.limits.anonymous.free());
        let cookie =
            format!("{}={session}", crate::server::http::auth::cookies::session_name(&context.config));
        let request = Request::get(path).header(HOST, "127.0.0.1:3000").header(COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let _unread = router(context.clone()).oneshot(request).await.unwrap();
        (before.0 - context.limits.callers.free(), before.1 - context.limits.anonymous.free())
    }

    #[tokio::test]
    async fn whose_place_is_taken_depends_on_who_it_is() {
        let assets = Assets(|path| {
            (path == "pkg/main.css").then(|| Asset { bytes: vec![b' '; 1 << 20].into(), digest: [7; 32] })
        });
        let context = Context { assets, ..Context::for_tests().await };
        let token = demo_visitor::enter(context.accounts(), &Origin::default()).await.unwrap();
        assert_eq!(holding(&context, "/account", &token).await, (1, 0));
        assert_eq!(
            holding(&context, "/sign-in", "invented").await,
            (0, 1),
            "an invented session is a stranger's"
        );
        for session in ["invented", token.as_str()] {
            assert_eq!(
                holding(&context, "/pkg/main.css", session).await,
                (0, 0),
                "files cost nothing to keep"
            );
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

    /// Calls the handlers without the authorization layer: their own checks match the table.
    #[tokio::test]
    async fn handlers_ask_for_the_right_of_the_table() {
        let context = Context::for_tests().await;
        let (routes, table) = routes(&context).into_parts();
        let app = routes.with_state(context.clone());
        for Route { method, path, access } in table.routes() {
            let parts = path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part });
            let uri = parts.collect::<Vec<_>>().join("/");
            for right in [None, Some(Right::Read), Some(Right::Sync), Some(Right::Admin)] {
                let is_call = path.starts_with("/api/");
                let (kind, body) = if is_call {
                    (
                        "application/json",
                        r#"{"search": "", "id": "x", "uuid": "x", "q": "x", "is_list": false, "act": "x", "on": "x"}"#,
                    )
                } else {
                    ("application/x-www-form-urlencoded", "x=y")
                };
                let request =
                    Request::builder().method(method.clone()).uri(&uri).header("content-type", kind);
                let mut request = request.body(Body::from(body)).unwrap();
                if let Some(right) = right {
                    request.extensions_mut().insert(Person { right, ..Person::operator() });
                }
                let status = app.clone().oneshot(request).await.unwrap().status();
                let is_page = method == "GET" && !is_call && access == Access::Caller(Right::Read);
                let may = right >= access.right();
                // Pages without data do not check the caller; their data requests do.
                if is_page && !may {
                    continue;
                }
                let is_refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
                let is_door = path.starts_with("/sign-in") || path.starts_with("/set-up/");
                assert!(is_door || is_refused != may, "{method} {path} with {right:?}: {status}");
            }
        }
    }
}
