//! Pages rendered by Leptos, and the 404 page.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect};
use axum::routing::MethodRouter;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::{App, DemoData, SignedIn, shell};
use crate::components::theme::{COOKIE, Theme};
use crate::domain::accounts::Right;
use crate::server::accounts::Person;
use crate::server::http::auth::cookies;
use crate::server::http::auth::routes::{Access, Route, Routes};
use crate::server::state::context::Context;
use crate::server::sync::{Provider, ProviderKind};
use crate::server::web::problem::HttpError;

/// Required right by server function; one that is not listed is not served.
const SERVER_FUNCTIONS: [(&str, Right); 9] = [
    ("/api/act-on-sync", Right::Sync),
    ("/api/analytics", Right::Read),
    ("/api/artist", Right::Read),
    ("/api/find-artists", Right::Read),
    ("/api/list-artists", Right::Read),
    ("/api/list-platforms", Right::Read),
    ("/api/list-syncs", Right::Read),
    ("/api/sync-status", Right::Read),
    ("/api/track", Right::Read),
];

/// A route for every page of `App` and every server function.
pub fn routes(context: &Context) -> Routes {
    let bundle = context.assets.bundle();
    let provider = context.provider.clone();
    let page_context = move || page_context(&provider);
    // start.js compares this header with its own version to detect an upgrade.
    let version = HeaderValue::from_str(&bundle.version).ok();
    let version = SetResponseHeaderLayer::overriding(HeaderName::from_static("x-bundle"), version);
    let pages = generate_route_list(App);
    let entry =
        |method, path: &str, right| Route { method, path: path.to_owned(), access: Access::Caller(right) };
    let of_pages = pages.iter().map(|page| entry(Method::GET, page.path(), Right::Read));
    let of_functions = server_fn_paths().filter_map(|(path, method)| {
        let (_, right) = SERVER_FUNCTIONS.iter().find(|(known, _)| *known == path)?;
        Some(entry(method, path, *right))
    });
    let entries: Vec<Route> = of_pages.chain(of_functions).collect();
    let router = Router::new()
        .leptos_routes_with_context(context, pages, page_context, move || shell(bundle.clone()))
        .layer(from_fn(only_json))
        .layer(version);
    Routes::default().with(router, entries)
}

/// Server functions accept JSON only, which no HTML form of another site can send.
async fn only_json(request: Request, next: Next) -> Response<Body> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if *request.method() == Method::POST && !kind.eq_ignore_ascii_case("application/json") {
        let detail = "Send the arguments as JSON, with the content type application/json.";
        return HttpError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into_response();
    }
    next.run(request).await
}

/// Files of the bundle, otherwise the 404 page.
pub fn files_or_not_found(context: &Context) -> MethodRouter<Context> {
    let bundle = context.assets.bundle();
    let assets = context.assets;
    let context = context.clone();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(context.clone());
            page_context(&context.provider);
        },
        move || shell(bundle.clone()),
    );
    axum::routing::any(move |request: Request| {
        let render = render.clone();
        async move {
            if let Some(file) = assets.answer(request.method(), request.uri().path(), request.headers()) {
                return file;
            }
            match without_slash(request.uri()) {
                Some(path) => Redirect::permanent(&path).into_response(),
                None => (StatusCode::NOT_FOUND, render(request).await).into_response(),
            }
        }
    })
}

/// Redirects `/analytics/` to `/analytics` with the same query. Only for paths that start with a word: `//host/`
/// would lead to another site.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?;
    let word = path.strip_prefix('/')?.starts_with(|c: char| c.is_ascii_alphanumeric());
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    word.then(|| format!("{path}{query}"))
}

/// Context of a page's request, and the content security policy with its nonce. Scripts run only with the
/// nonce; styles, pictures and data come from this server only.
fn page_context(provider: &Provider) {
    if provider.kind() == Some(ProviderKind::Simulator) {
        provide_context(DemoData);
    }
    if let Some(parts) = use_context::<Parts>() {
        let theme = cookies::value(&parts.headers, COOKIE).and_then(|value| value.parse().ok());
        provide_context(theme.unwrap_or(Theme::System));
        if let Some(person) = parts.extensions.get::<Person>() {
            provide_context(SignedIn { role: person.role.as_str() });
        }
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
