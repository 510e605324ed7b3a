//! HTTP requests to the identity provider, with limits on time and size and without redirects.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::failure::Failure;
use crate::server::base::https_url::{endpoint, is_local};
use crate::server::base::tls;

/// Request timeout.
const TIME: Duration = Duration::from_secs(5);
/// Maximum response size in bytes.
const LARGEST: usize = 1 << 20;

/// The HTTP client.
#[derive(Debug)]
pub(super) struct OidcClient {
    /// `None` if the system has no certificates.
    client: Option<Client>,
}

impl OidcClient {
    /// A client for a provider. One on this machine needs neither certificates nor a proxy.
    pub fn new(issuer: &str) -> Self {
        let is_here = endpoint(issuer, true).is_some_and(|url| is_local(&url));
        let client = tls::builder(is_here)
            .timeout(TIME)
            .build()
            .inspect_err(|error| tracing::error!(%error, "cannot create the HTTP client for single sign-on"));
        OidcClient { client: client.ok() }
    }

    /// A GET request.
    pub fn get(&self, url: Url) -> Result<RequestBuilder, Failure> {
        Ok(self.client()?.get(url).header("accept", "application/json"))
    }

    /// A POST request with form fields.
    pub fn post(&self, url: Url, fields: &[(&str, &str)]) -> Result<RequestBuilder, Failure> {
        Ok(self.client()?.post(url).header("accept", "application/json").form(fields))
    }

    fn client(&self) -> Result<&Client, Failure> {
        self.client.as_ref().ok_or_else(|| Failure::Misconfigured("there are no certificates".to_owned()))
    }
}

/// A response.
pub(super) struct OidcResponse {
    /// Success or error.
    pub status: StatusCode,
    what: &'static str,
    bytes: Vec<u8>,
}

impl OidcResponse {
    /// Sends a request and reads the whole response; `what` is for messages.
    pub async fn fetch(request: RequestBuilder, what: &'static str) -> Result<Self, Failure> {
        let lost = |error: reqwest::Error| Failure::Unavailable(format!("{what}: {}", reason(&error)));
        let mut answer = request.send().await.map_err(lost)?;
        let status = answer.status();
        if status.is_redirection() || status.is_server_error() {
            return Err(Failure::Unavailable(format!("{what}: status {}", status.as_u16())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(lost)? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(Failure::Unavailable(format!("{what}: the answer is larger than 1 MB")));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(OidcResponse { status, what, bytes })
    }

    /// Parses the body of a successful response.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        if self.status != StatusCode::OK {
            return Err(Failure::Unavailable(format!("{}: status {}", self.what, self.status.as_u16())));
        }
        self.read().ok_or_else(|| Failure::Unavailable(format!("{}: the answer cannot be read", self.what)))
    }

    /// Parses the body whatever the status.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.bytes).ok()
    }
}

/// Describes a request error, without the URL.
fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in 5 s"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the answer broke off"
    }
}
