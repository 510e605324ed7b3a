//! Authentication: the headers of every request, and the token behind them.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::credentials::Credentials;
use super::error::Error;
use super::exchange::{self, RawResponse};
use super::retry::{AttemptError, RetryPolicy};
use super::secret::{Secret, Secrets};
use super::settings::Limits;
use super::tls;

/// Token lifetime if the response does not contain one.
const LIFETIME: Duration = Duration::from_secs(900);
/// A token is renewed this long before it expires, or a tenth of its lifetime if that is less.
const MARGIN: Duration = Duration::from_secs(45);

/// Signs requests.
#[derive(Debug)]
pub(super) struct Authenticator {
    credentials: Credentials,
    http: Option<reqwest::Client>,
    limits: Limits,
    pub secrets: Secrets,
    token: Mutex<Tokens>,
}

/// The current token. The task that holds the lock renews it; if it is cancelled, the next one does.
#[derive(Debug, Default)]
struct Tokens {
    current: Option<(Secret, Instant)>,
    generation: u64,
}

/// Headers of one request.
#[derive(Debug)]
pub(super) struct AuthHeaders {
    pub headers: HeaderMap,
    /// The token's number; `None` for header credentials.
    pub token: Option<u64>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    /// Seconds, as number or text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

impl Authenticator {
    pub fn new(credentials: Credentials, limits: Limits) -> Result<Self, Error> {
        let http = match &credentials {
            Credentials::Headers { .. } => None,
            Credentials::OAuth { token_url, .. } => Some(tls::client(token_url, &limits)?),
        };
        let secrets = Secrets::new(credentials.secrets());
        Ok(Authenticator { credentials, http, limits, secrets, token: Mutex::default() })
    }

    /// The configuration keys of the credentials.
    pub const fn keys(&self) -> &'static str {
        self.credentials.keys()
    }

    /// Headers for the next request; requests a token first if there is none or it is about to expire.
    pub async fn auth_headers(&self) -> Result<AuthHeaders, AttemptError> {
        let mut headers =
            HeaderMap::from_iter([(reqwest::header::ACCEPT, HeaderValue::from_static("application/json"))]);
        let Credentials::Headers { app_id, api_key } = &self.credentials else {
            let (token, number) = self.token().await?;
            headers.insert(AUTHORIZATION, token.header("Bearer "));
            return Ok(AuthHeaders { headers, token: Some(number) });
        };
        headers.insert(HeaderName::from_static("x-app-id"), app_id.header(""));
        headers.insert(HeaderName::from_static("x-api-key"), api_key.header(""));
        Ok(AuthHeaders { headers, token: None })
    }

    /// Invalidates a rejected token, unless it was replaced in the meantime.
    pub async fn invalidate(&self, pass: &AuthHeaders) {
        let mut tokens = self.token.lock().await;
        if pass.token == Some(tokens.generation) {
            tokens.current = None;
        }
    }

    async fn token(&self) -> Result<(Secret, u64), AttemptError> {
        let mut tokens = self.token.lock().await;
        if let Some((token, _)) = tokens.current.as_ref().filter(|(_, until)| Instant::now() < *until) {
            return Ok((token.clone(), tokens.generation));
        }
        let (token, life) = self.make().await?;
        self.secrets.learn(token.clone());
        tokens.current = Some((token.clone(), Instant::now() + life));
        tokens.generation += 1;
        Ok((token, tokens.generation))
    }

    /// Requests a token; returns it and how long to use it.
    async fn make(&self) -> Result<(Secret, Duration), AttemptError> {
        let (Credentials::OAuth { client_id, client_secret, team_id, token_url }, Some(http)) =
            (&self.credentials, &self.http)
        else {
            return Err(Error::Credentials { keys: self.keys() }.into());
        };
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(team_id.as_deref().map(|team| ("team_id", team)));
        let request = http
            .post(token_url.url().clone())
            .header(reqwest::header::ACCEPT, "application/json")
            .basic_auth(client_id.reveal(), Some(client_secret.reveal()))
            .form(&form);
        let host = token_url.host();
        let RawResponse { head, body } = exchange::send(request, "a token", &host, &self.limits).await?;
        match head.status {
            200..=299 => read(&body),
            300..=399 => Err(Error::Redirected { host, status: head.status }.into()),
            400 | 401 | 403 => Err(Error::Credentials { keys: self.keys() }.into()),
            429 => Err(AttemptError::new(Error::RateLimited { wait: head.wait() }, head.retry_policy())),
            status => {
                let again = if status > 500 { head.retry_policy() } else { RetryPolicy::Once };
                Err(AttemptError::new(Error::ServerError { what: "a token".to_owned(), status }, again))
            }
        }
    }
}

/// Parses the response. Errors never quote the body, which contains the token.
fn read(body: &[u8]) -> Result<(Secret, Duration), AttemptError> {
    let malformed = |path: &str, reason: &str| Error::Malformed {
        what: "a token".to_owned(),
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let answer: TokenAnswer =
        serde_json::from_slice(body).map_err(|_| malformed("access_token", "expected an access token"))?;
    let token = answer
        .access_token
        .parse()
        .map_err(|_| malformed("access_token", "expected printable characters"))?;
    let seconds = answer.expires_in;
    let seconds = seconds.as_u64().or_else(|| seconds.as_str()?.parse().ok());
    // One day at most: an `Instant` further ahead may overflow.
    let life = seconds.map_or(LIFETIME, |seconds| Duration::from_secs(seconds.min(86_400)));
    Ok((token, life - MARGIN.min(life / 10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_renewed_before_they_end() {
        let life = |body: &str| read(body.as_bytes()).map(|(_, life)| life.as_secs());
        assert_eq!(life(r#"{"access_token":"t","expires_in":3600,"token_type":"bearer"}"#).unwrap(), 3555);
        assert_eq!(life(r#"{"access_token":"t","expires_in":60}"#).unwrap(), 54);
        assert_eq!(life(r#"{"access_token":"t","expires_in":"60"}"#).unwrap(), 54);
        for unknown in ["", r#","expires_in":null"#, r#","expires_in":-1"#] {
            assert_eq!(life(&format!(r#"{{"access_token":"t"{unknown}}}"#)).unwrap(), 855);
        }
        assert_eq!(life(r#"{"access_token":"t","expires_in":18446744073709551615}"#).unwrap(), 86_355);
    }

    #[test]
    fn errors_repeat_nothing_of_a_token() {
        for body in [r#"{"access_token":7,"expires_in":"s3cret"}"#, r#"{"access_token":"s3crét"}"#, "s3cret"]
        {
            let error = read(body.as_bytes()).unwrap_err().error;
            assert!(!format!("{error} {error:?}").contains("s3cr"), "{error}");
        }
    }
}
