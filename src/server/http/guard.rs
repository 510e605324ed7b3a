//! Keeps other sites out. A browser can be made to call the server: by a page that posts a form across sites, or,
//! where it listens for this machine only, by a name that its owner points at 127.0.0.1 (DNS rebinding).

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::server::config::{PublicUrl, is_loopback};
use crate::server::http::problem::Refused;

/// Refuses a request whose `Host` is not this machine's own name for itself. For servers that nobody
/// else is meant to reach.
pub async fn loopback_host(request: Request, next: Next) -> Response<Body> {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    // HTTP/2 and absolute-form requests name the host in the target.
    let host = host.or(request.uri().authority().map(Authority::as_str));
    if host.is_some_and(is_loopback) {
        next.run(request).await
    } else {
        let detail = "Open the product as http://127.0.0.1 or http://localhost; MUSIC_ANALYTICS_PUBLIC_URL allows another name.";
        Refused::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
    }
}

/// What answers a refused change.
type Refusal = fn(ProtectionError) -> Response<Body>;

/// Refuses requests that change something and come from another site, judged by `Sec-Fetch-Site`
/// and `Origin`. Programs send neither and pass. Behind a proxy that changes the host, the public address is ours, too.
pub fn same_site_changes(public: Option<&PublicUrl>) -> CsrfLayer<Refusal> {
    let layer = CsrfLayer::new();
    let layer = match public {
        Some(url) => layer.add_trusted_origin(url.to_string()).expect("a public address is an origin"),
        None => layer,
    };
    layer.with_rejection_response(refuse as Refusal)
}

fn refuse(error: ProtectionError) -> Response<Body> {
    tracing::warn!(%error, "refused a change from another site");
    Refused::new(StatusCode::FORBIDDEN, "This change was asked for by another site and is refused.")
        .into_response()
}
