//! One request and its answer, bounded in time and size.

use reqwest::{RequestBuilder, Response};

use super::answer::Head;
use super::error::Error;
use super::retry::{Again, Trouble};
use super::settings::Limits;
use super::tls::{self, root_cause};

/// The most bytes of an error's body that are read.
const ERROR_BODY: usize = 64 << 10;

/// An answer as it came, whatever its status.
#[derive(Debug)]
pub(super) struct Sent {
    pub head: Head,
    pub body: Vec<u8>,
}

/// Sends a request and reads its answer. `what` and `host` are for messages.
///
/// # Errors
/// No connection, no whole answer in time, or one that is too large.
pub(super) async fn send(
    request: RequestBuilder,
    what: &str,
    host: &str,
    limits: &Limits,
) -> Result<Sent, Trouble> {
    let response = open(request, what, host).await?;
    let head = Head::read(response.status().as_u16(), response.headers(), limits);
    let body = body(response, head, what, host, limits).await?;
    Ok(Sent { head, body })
}

/// Sends a request up to the head of its answer.
pub(super) async fn open(request: RequestBuilder, what: &str, host: &str) -> Result<Response, Trouble> {
    request.send().await.map_err(|error| trouble(&error, what, host))
}

/// Reads a body. That of an error may be cut: its status says enough.
pub(super) async fn body(
    mut response: Response,
    head: Head,
    what: &str,
    host: &str,
    limits: &Limits,
) -> Result<Vec<u8>, Trouble> {
    let limit = if head.is_success() { limits.body } else { ERROR_BODY };
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            _ if !head.is_success() => return Ok(body),
            Ok(Some(_)) => return Err(Error::TooLarge { what: what.to_owned(), limit }.into()),
            Err(error) => return Err(trouble(&error, what, host)),
        }
    }
}

/// Trouble on the way: all of it may pass, but for a certificate that is not to be trusted.
fn trouble(error: &reqwest::Error, what: &str, host: &str) -> Trouble {
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
        Error::BrokenOff { what }
    };
    Trouble::new(error, Again::Wait)
}
