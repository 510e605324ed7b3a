//! One HTTP exchange, with limits on time and size.

use std::sync::Arc;

use reqwest::{RequestBuilder, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::Error;
use super::retry::{AttemptError, RetryPolicy};
use super::settings::Limits;
use super::status::ResponseHead;
use super::tls::{self, root_cause};

/// Maximum bytes read of an error response.
const ERROR_BODY: usize = 64 << 10;

/// A raw response, of any status.
#[derive(Debug)]
pub(super) struct RawResponse {
    pub head: ResponseHead,
    pub body: Vec<u8>,
}

/// The body of a response. While a large one is held, no other large one is read.
#[derive(Debug, Default)]
pub(super) struct ResponseBody {
    pub bytes: Vec<u8>,
    only: Option<OwnedSemaphorePermit>,
}

/// Size in bytes above which a body counts as large.
const LARGE: usize = 1 << 20;

/// Sends a request and reads the response. `what` and `host` are for messages.
///
/// # Errors
/// No connection, no complete response in time, or one that is too large.
pub(super) async fn send(
    request: RequestBuilder,
    what: &str,
    host: &str,
    limits: &Limits,
) -> Result<RawResponse, AttemptError> {
    let response = open(request, what, host).await?;
    let head = ResponseHead::read(response.status().as_u16(), response.headers(), limits);
    let body = body(response, head, what, host, limits, &Arc::new(Semaphore::new(1))).await?.bytes;
    Ok(RawResponse { head, body })
}

/// Sends a request and reads the response headers.
pub(super) async fn open(request: RequestBuilder, what: &str, host: &str) -> Result<Response, AttemptError> {
    request.send().await.map_err(|error| trouble(&error, what, host))
}

/// Reads a body. That of an error may be truncated: its status is enough. Large ones are read one at a time, so
/// that memory is bounded whatever the provider sends.
pub(super) async fn body(
    mut response: Response,
    head: ResponseHead,
    what: &str,
    host: &str,
    limits: &Limits,
    large: &Arc<Semaphore>,
) -> Result<ResponseBody, AttemptError> {
    let limit = if head.is_success() { limits.body } else { ERROR_BODY };
    let mut body = ResponseBody::default();
    if let Some(length) = response.content_length().filter(|_| head.is_success()) {
        let too_large = || Error::TooLarge { what: what.to_owned(), limit };
        let length = usize::try_from(length).ok().filter(|length| *length <= limit).ok_or_else(too_large)?;
        body.bytes.reserve_exact(length.min(LARGE));
    }
    loop {
        let bytes = &mut body.bytes;
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= limit => {
                if bytes.len() > LARGE && body.only.is_none() {
                    body.only = Some(large.clone().acquire_owned().await.expect("it is never closed"));
                }
                if bytes.capacity() - bytes.len() < chunk.len() {
                    // A vector's own doubling would waste too much memory at this size.
                    bytes.reserve_exact(chunk.len().max(bytes.len().min(LARGE)));
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(body),
            _ if !head.is_success() => return Ok(body),
            Ok(Some(_)) => return Err(Error::TooLarge { what: what.to_owned(), limit }.into()),
            Err(error) => return Err(trouble(&error, what, host)),
        }
    }
}

/// Network errors are retryable, except an untrusted certificate.
fn trouble(error: &reqwest::Error, what: &str, host: &str) -> AttemptError {
    let what = what.to_owned();
    let error = if error.is_builder() {
        return Error::Setup(root_cause(error)).into();
    } else if let Some(reason) = tls::distrust(error) {
        return Error::Certificate { host: host.to_owned(), reason }.into();
    } else if error.is_connect() {
        Error::Unreachable { host: host.to_owned(), reason: root_cause(error) }
    } else if error.is_timeout() {
        Error::TimedOut { what }
    } else {
        Error::ConnectionLost { what }
    };
    AttemptError::new(error, RetryPolicy::Backoff)
}
