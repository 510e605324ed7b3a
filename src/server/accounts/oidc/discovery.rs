//! OpenID Connect discovery: the provider's authorization, token and JWKS endpoints. Cached for some hours.

use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::failure::Failure;
use super::fetch::{OidcClient, OidcResponse};
use crate::server::base::https_url::{endpoint, is_local};

/// Cache lifetime.
const CACHE_TTL: Duration = Duration::from_secs(4 * 60 * 60);
/// Delay after a failed request, so that waiting users do not each time out.
const FAILURE_TTL: Duration = Duration::from_secs(3);

/// The parts of the metadata that are used.
#[derive(Debug, Clone)]
pub(super) struct ProviderMetadata {
    pub authorization: Url,
    pub token: Url,
    pub keys: Url,
    pub userinfo: Option<Url>,
    /// Whether the client secret goes into the form instead of a header.
    pub wants_secret_in_form: bool,
    /// Whether callbacks always contain the issuer (RFC 9207).
    pub says_issuer: bool,
    /// Whether groups require a scope.
    pub has_groups_scope: bool,
}

/// The document as received.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

/// The cached metadata and its age.
#[derive(Debug, Default)]
pub(super) struct Discovery(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Unknown,
    Known(Box<ProviderMetadata>, Instant),
    Failed(String, Instant),
}

impl Discovery {
    /// Returns the metadata; fetches it if missing or expired.
    ///
    /// # Errors
    /// The provider does not respond, or reports another issuer.
    pub async fn provider(&self, ask: &OidcClient, issuer: &str) -> Result<ProviderMetadata, Failure> {
        let mut state = self.0.lock().await;
        match &*state {
            State::Known(provider, since) if since.elapsed() < CACHE_TTL => {
                return Ok(ProviderMetadata::clone(provider));
            }
            State::Failed(reason, since) if since.elapsed() < FAILURE_TTL => {
                return Err(Failure::Unavailable(reason.clone()));
            }
            _ => {}
        }
        let found = fetch(ask, issuer).await;
        match &found {
            Ok(provider) => *state = State::Known(Box::new(provider.clone()), Instant::now()),
            Err(Failure::Unavailable(reason)) => *state = State::Failed(reason.clone(), Instant::now()),
            Err(_) => {}
        }
        found
    }
}

async fn fetch(ask: &OidcClient, issuer: &str) -> Result<ProviderMetadata, Failure> {
    let wrong = |what: &str| Failure::Misconfigured(what.to_owned());
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let address = endpoint(&address, true).ok_or_else(|| wrong("the issuer is no address"))?;
    let may_be_local = is_local(&address);
    let document: Document = OidcResponse::fetch(ask.get(address)?, "discovery").await?.json()?;
    if document.issuer != issuer {
        return Err(wrong("the provider calls itself by another name than MUSIC_ANALYTICS_OIDC_ISSUER"));
    }
    let place = |text: &str| {
        endpoint(text, may_be_local).ok_or_else(|| wrong("the provider names an address that is not https"))
    };
    let ways = &document.token_endpoint_auth_methods_supported;
    let has = |list: &[String], word: &str| list.iter().any(|known| known == word);
    Ok(ProviderMetadata {
        authorization: place(&document.authorization_endpoint)?,
        token: place(&document.token_endpoint)?,
        keys: place(&document.jwks_uri)?,
        userinfo: document.userinfo_endpoint.as_deref().map(place).transpose()?,
        wants_secret_in_form: has(ways, "client_secret_post") && !has(ways, "client_secret_basic"),
        says_issuer: document.authorization_response_iss_parameter_supported,
        has_groups_scope: has(&document.scopes_supported, "groups"),
    })
}
