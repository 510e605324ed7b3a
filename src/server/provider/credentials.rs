//! Credentials for the provider.

use super::address::Address;
use super::secret::{SANDBOX, Secret};

pub const TOKEN_URL: &str = "https://account.soundcharts.com/oauth/token";

/// One of the two authentication methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Two headers in every request.
    Headers {
        /// `SOUNDCHARTS_APP_ID`.
        app_id: Secret,
        /// `SOUNDCHARTS_API_KEY`.
        api_key: Secret,
    },
    /// OAuth 2 client credentials: a token renewed before it expires.
    OAuth {
        /// `SOUNDCHARTS_CLIENT_ID`.
        client_id: Secret,
        /// `SOUNDCHARTS_CLIENT_SECRET`.
        client_secret: Secret,
        /// `SOUNDCHARTS_TEAM_ID`: required if the account has several teams.
        team_id: Option<String>,
        /// `SOUNDCHARTS_TOKEN_URL`.
        token_url: Address,
    },
}

impl Credentials {
    /// Credentials accepted by the sandbox and our simulator.
    pub fn sandbox() -> Self {
        let word: Secret = SANDBOX.parse().expect("the sandbox's word is printable");
        Credentials::Headers { app_id: word.clone(), api_key: word }
    }

    /// The settings to check if the provider rejects the credentials.
    pub const fn keys(&self) -> &'static str {
        match self {
            Credentials::Headers { .. } => "SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY",
            Credentials::OAuth { .. } => "SOUNDCHARTS_CLIENT_ID and SOUNDCHARTS_CLIENT_SECRET",
        }
    }

    /// The secret values.
    pub(crate) fn secrets(&self) -> [Secret; 2] {
        match self {
            Credentials::Headers { app_id, api_key } => [app_id.clone(), api_key.clone()],
            Credentials::OAuth { client_id, client_secret, .. } => [client_id.clone(), client_secret.clone()],
        }
    }
}
