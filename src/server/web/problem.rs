//! Errors as RFC 9457 problem details.

use std::any::Any;

use crate::domain::Problem;
use crate::server::error::Error;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;

/// Default `Retry-After` in seconds.
const RETRY_SECONDS: u32 = 5;

/// An error response with its reason.
#[derive(Debug)]
pub struct HttpError {
    problem: Problem,
    retry_after: Option<u32>,
}

impl HttpError {
    /// An error with status and detail.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem::new(status.as_u16(), status.canonical_reason().unwrap_or("Error"), detail).into()
    }

    /// An error with `Retry-After`.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        HttpError { retry_after: Some(seconds), ..self }
    }
}

impl From<Problem> for HttpError {
    fn from(problem: Problem) -> Self {
        HttpError { problem, retry_after: None }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        let passes =
            matches!(error, Error::Busy | Error::Overloaded | Error::StaleSnapshot | Error::Unreachable(_));
        let retry_after = passes.then_some(RETRY_SECONDS);
        HttpError { problem: Problem::from(error), retry_after }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self.problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // For display.
        response.extensions_mut().insert(self.problem);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Response after a panic. Its message goes to the log, never to the client.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "a handler panicked");
    let detail = "Internal error; see the server's log for details.";
    HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
}
