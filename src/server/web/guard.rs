//! Rejects cross-site requests: forms posted from other sites, and DNS rebinding where the server listens on
//! loopback only.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::server::base::network::is_loopback;
use crate::server::config::PublicUrl;
use crate::server::web::problem::HttpError;

/// Rejects requests whose `Host` is not a loopback name, for servers used from this machine only.
pub async fn loopback_host(request: Request, next: Next) -> Response<Body> {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    // HTTP/2 and absolute-form requests name the host in the target.
    let host = host.or(request.uri().authority().map(Authority::as_str));
    if host.is_some_and(is_loopback) {
        next.run(request).await
    } else {
        let detail = "Open the product as http://127.0.0.1 or http://localhost; MUSIC_ANALYTICS_PUBLIC_URL allows another name.";
        HttpError::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
    }
}

/// The response to a rejected change.
type Refusal = fn(ProtectionError) -> Response<Body>;

/// Rejects cross-site requests that change something, judged by `Sec-Fetch-Site` and `Origin`. Programs send
/// neither and pass. Behind a proxy that changes the host, the public URL is accepted, too.
pub fn same_site_changes(public: Option<&PublicUrl>) -> CsrfLayer<Refusal> {
    let layer = CsrfLayer::new();
    let layer = match public {
        Some(url) => layer.add_trusted_origin(url.to_string()).expect("a public address is an origin"),
        None => layer,
    };
    layer.with_rejection_response(refuse as Refusal)
}

fn refuse(error: ProtectionError) -> Response<Body> {
    tracing::warn!(%error, "rejected a cross-site request");
    HttpError::new(StatusCode::FORBIDDEN, "Cross-site request rejected.").into_response()
}
