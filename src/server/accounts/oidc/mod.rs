//! Single sign-on with OpenID Connect, authorization code flow with PKCE. [`SingleSignOn::begin`] redirects
//! to the provider; [`SingleSignOn::end`] handles its callback: it redeems the code and verifies the ID token
//! before a session is opened.

mod claims;
mod discovery;
mod failure;
mod fetch;
mod flow;
mod keys;
mod redeem;
mod session;
mod token;

use std::sync::{Arc, PoisonError, RwLock};

use reqwest::Url;

use self::claims::{Expected, Identity};
use self::discovery::{Discovery, ProviderMetadata};
pub use self::failure::Failure;
use self::fetch::OidcClient;
pub use self::flow::FLOW_TTL_MS;
use self::flow::FlowToken;
use self::keys::Keys;
use self::token::{Claims, IdToken};
use super::{Person, audit, users as accounts};
use crate::domain::accounts::Action;
use crate::server::accounts::{Accounts, Origin};
use crate::server::base::clock::now;
use crate::server::base::https_url;
use crate::server::config;

/// Single sign-on with its cached metadata and keys; cheap to clone.
#[derive(Debug, Clone)]
pub struct SingleSignOn(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: config::SingleSignOn,
    ask: OidcClient,
    discovery: Discovery,
    keys: Keys,
    /// The provider's origin as a CSP source.
    entrance: RwLock<Option<String>>,
}

/// Query parameters of the provider's callback.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// An authenticated user.
#[derive(Debug)]
pub struct NewSession {
    /// The session token.
    pub token: String,
    /// Target page.
    pub next: String,
}

impl SingleSignOn {
    /// Uses the configured provider.
    pub fn new(settings: config::SingleSignOn) -> Self {
        SingleSignOn(Arc::new(Shared {
            ask: OidcClient::new(&settings.issuer),
            settings,
            discovery: Discovery::default(),
            keys: Keys::default(),
            entrance: RwLock::default(),
        }))
    }

    /// Display name of the provider.
    pub fn name(&self) -> &str {
        &self.0.settings.name
    }

    /// The CSP `form-action` sources that the sign-in button needs: browsers apply it to redirects as well.
    pub fn form_targets(&self) -> String {
        let known = self.0.entrance.read().unwrap_or_else(PoisonError::into_inner).clone();
        let issuer =
            || Url::parse(&self.0.settings.issuer).map(|url| https_url::origin(&url)).unwrap_or_default();
        let hosts = self.0.settings.hosts.iter().map(|host| format!(" https://{host}"));
        known.unwrap_or_else(issuer) + &hosts.collect::<String>()
    }

    /// Fetches the provider's metadata at startup, so that errors show early.
    pub fn probe(&self) {
        let this = self.clone();
        tokio::spawn(async move {
            match this.provider().await {
                Ok(_) => tracing::info!(issuer = this.0.settings.issuer, "single sign-on enabled"),
                Err(failure) => tracing::error!(%failure, "single sign-on is unavailable"),
            }
        });
    }

    async fn provider(&self) -> Result<ProviderMetadata, Failure> {
        let provider = self.0.discovery.provider(&self.0.ask, &self.0.settings.issuer).await?;
        let entrance = https_url::origin(&provider.authorization);
        *self.0.entrance.write().unwrap_or_else(PoisonError::into_inner) = Some(entrance);
        Ok(provider)
    }

    /// Starts a sign-in; returns the redirect URL and the cookie value.
    ///
    /// # Errors
    /// The provider does not respond; too many open flows.
    pub async fn begin(
        &self,
        context: Accounts<'_>,
        next: &str,
        origin: &Origin,
    ) -> Result<(String, String), Failure> {
        let settings = &self.0.settings;
        let mut provider = self.provider().await?;
        let kept = flow::begin(context.db, next, &origin.address).await?;
        let ticket = FlowToken(&kept);
        let with_groups = settings.groups.decide() && provider.has_groups_scope;
        let scope = if with_groups { "openid email groups" } else { "openid email" };
        provider.authorization.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", &settings.redirect),
            ("scope", scope),
            ("state", &ticket.state()),
            ("nonce", &ticket.nonce()),
            ("code_challenge", &ticket.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        Ok((provider.authorization.into(), kept))
    }

    /// Completes a sign-in. `kept` is the browser's cookie value.
    ///
    /// # Errors
    /// The reason, also logged; recorded in the audit log if this browser had begun a sign-in.
    pub async fn end(
        &self,
        context: Accounts<'_>,
        callback: Callback,
        kept: Option<&str>,
        origin: &Origin,
    ) -> Result<NewSession, Failure> {
        let mut email = String::new();
        let mut is_begun = false;
        let ended = async {
            let kept = kept.ok_or(Failure::Stale)?;
            let ticket = FlowToken(kept);
            if !callback.state.as_deref().is_some_and(|state| ticket.has_state(state)) {
                return Err(Failure::Stale);
            }
            let next = flow::take(context.db, kept).await?;
            is_begun = true;
            let identity = self.identity(callback, &ticket).await?;
            email = identity
                .email
                .as_deref()
                .map(accounts::validate_email)
                .and_then(Result::ok)
                .unwrap_or_default();
            let groups = &self.0.settings.groups;
            let role = groups.decide().then(|| groups.role_of(&identity.groups).ok_or(Failure::NoGroup));
            let token = session::enter(context, &identity, role.transpose()?, origin).await?;
            Ok(NewSession { token, next })
        };
        let ended = ended.await;
        if let Err(failure) = &ended {
            let address = &origin.address;
            tracing::warn!(target: "security", %failure, email, address, "a single sign-on failed");
            // Callbacks can be forged by anyone: they must not fill the audit log.
            if is_begun && !matches!(failure, Failure::Server(_)) {
                let person = Person::unauthenticated(email, origin);
                audit::record_in_background(
                    context.db,
                    &person,
                    Action::SignInFailed,
                    format!("single sign-on: {failure}"),
                );
            }
        }
        ended
    }

    /// Redeems the code and verifies the user's identity.
    async fn identity(&self, callback: Callback, ticket: &FlowToken<'_>) -> Result<Identity, Failure> {
        let Shared { settings, ask, .. } = &*self.0;
        let provider = self.provider().await?;
        match &callback.iss {
            Some(issuer) if *issuer != settings.issuer => {
                return Err(Failure::Untrusted("the callback is of another issuer"));
            }
            None if provider.says_issuer => {
                return Err(Failure::Untrusted("the callback does not name its issuer"));
            }
            _ => {}
        }
        if let Some(error) = callback.error {
            return Err(Failure::Refused(redeem::code_of(&error)));
        }
        let code = callback.code.ok_or(Failure::Untrusted("the callback has no code"))?;
        let tokens = redeem::redeem(ask, settings, &provider, &code, &ticket.verifier()).await?;
        let token = IdToken::parse(&tokens.id_token)?;
        let key = self.0.keys.key(ask, &provider, token.key_id.as_deref(), token.algorithm).await?;
        let mut claims: Claims = token.claims(&key)?;
        let nonce = ticket.nonce();
        let expected =
            Expected { issuer: &settings.issuer, client_id: &settings.client_id, nonce: &nonce, now: now() };
        let subject = claims::check(&claims, expected)?;
        let lacks_groups = settings.groups.decide() && !claims.contains_key(&settings.groups_claim);
        if !claims.contains_key("email") || lacks_groups {
            redeem::add_userinfo(ask, &provider, tokens.access_token.as_deref(), &subject, &mut claims)
                .await?;
        }
        Ok(Identity::from_claims(&claims, &settings.issuer, subject, &settings.groups_claim))
    }
}
