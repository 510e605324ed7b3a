//! Responses with deliberately broken bodies.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;

use super::fault::Fault;
use super::refusal::Refusal;

/// Whether a fault makes the body unusable.
pub const fn breaks_body(fault: Fault) -> bool {
    matches!(fault, Fault::Cut | Fault::NotJson | Fault::WrongShape | Fault::ErrorsInOk)
}

/// Applies the first fault that breaks bodies.
pub async fn broken(faults: &[Fault], response: Response) -> Response {
    let Some(fault) = faults.iter().copied().find(|fault| breaks_body(*fault)) else { return response };
    let (mut parts, body) = response.into_parts();
    match fault {
        Fault::Cut => {
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let half = whole.slice(..whole.len() / 2);
            let pieces = [Ok(half), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            Response::from_parts(parts, Body::from_stream(stream::iter::<[Result<Bytes, _>; 2]>(pieces)))
        }
        Fault::NotJson => {
            let mut response =
                Body::from("<html><body><h1>Service under maintenance</h1></body></html>").into_response();
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            response
        }
        Fault::WrongShape => {
            let shape =
                json!({"type": "song", "object": "none", "items": {"date": 7}, "page": {}, "errors": []});
            axum::Json(shape).into_response()
        }
        _ => {
            let error = Refusal::broken(StatusCode::INTERNAL_SERVER_ERROR).as_error();
            let page = json!({"offset": 0, "limit": 100, "next": null, "previous": null, "total": 0});
            axum::Json(json!({"items": [], "page": page, "errors": [error]})).into_response()
        }
    }
}
