//! Keeps other sites out. The server listens on loopback only, but a browser on the same machine
//! can be made to call it: by a page that posts a form across sites, or by a name that its owner
//! points at 127.0.0.1 (DNS rebinding).

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::server::http::problem::Refused;

/// Refuses a request whose `Host` is not this machine's own name for itself.
pub async fn loopback_host(request: Request, next: Next) -> Response<Body> {
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    // HTTP/2 and absolute-form requests name the host in the target.
    if host.or(request.uri().authority().map(Authority::as_str)).is_some_and(is_loopback) {
        next.run(request).await
    } else {
        let detail =
            "Open the product as http://127.0.0.1 or http://localhost; other host names are refused.";
        Refused::new(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
    }
}

/// Whether `host`, with or without a port, names the loopback interface.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// What answers a refused change.
type Refusal = fn(ProtectionError) -> Response<Body>;

/// Refuses requests that change something and come from another site, judged by `Sec-Fetch-Site`
/// and `Origin`. Programs send neither and pass.
pub fn same_site_changes() -> CsrfLayer<Refusal> {
    CsrfLayer::new().with_rejection_response(refuse as Refusal)
}

fn refuse(error: ProtectionError) -> Response<Body> {
    tracing::warn!(%error, "refused a change from another site");
    Refused::new(StatusCode::FORBIDDEN, "This change was asked for by another site and is refused.")
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn hosts() {
        for host in
            ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.0.0.1:3000", "127.8.8.8", "[::1]", "[::1]:3000"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::]", "::1:x"]
        {
            assert!(!is_loopback(host), "{host}");
        }
        assert!(!is_loopback("localhost@example.com"));
        assert!(!is_loopback("example.com@localhost"));
    }
}
