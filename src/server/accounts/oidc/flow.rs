//! State of a sign-in from the button to the callback. The browser holds a random token in a cookie, the
//! database its hash; state, nonce and PKCE verifier are derived from the token. A reader of the database or
//! of the URLs therefore cannot complete another browser's sign-in, and each flow completes once.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

use super::failure::Failure;
use crate::server::accounts::throttle::network;
use crate::server::base::clock::now_ms;
use crate::server::base::secret;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::tables::sign_in_flows as flows;
use crate::server::store::tables::sign_in_flows::SignInFlow;

/// How long a sign-in may take, in milliseconds.
pub const FLOW_TTL_MS: i64 = 10 * 60_000;
/// Maximum open flows per client network; a whole office may share one address.
const MAX_OPEN_FLOWS: i64 = 60;
/// Maximum length of the target page's path.
const LONGEST_NEXT: usize = 2_000;

/// The browser's token.
pub(super) struct FlowToken<'a>(pub &'a str);

impl FlowToken<'_> {
    /// The `state` parameter, returned by the provider.
    pub fn state(&self) -> String {
        self.derived("state")
    }

    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }

    pub fn verifier(&self) -> String {
        self.derived("verifier")
    }

    pub fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier().as_bytes()))
    }

    /// Whether a state belongs to this browser. Compares hashes to avoid a timing side channel.
    pub fn has_state(&self, state: &str) -> bool {
        secret::hash(state) == secret::hash(&self.state())
    }

    /// A different value for each purpose; none reveals the token or another value.
    fn derived(&self, purpose: &str) -> String {
        secret::hash(&format!("single sign-on {purpose} {}", self.0))
    }
}

/// Starts a flow; returns the browser's token.
///
/// # Errors
/// Too many open flows from that network; the database failed.
pub(super) async fn begin(db: &Db, next: &str, address: &str) -> Result<String, Failure> {
    let (token, now) = (secret::token(), now_ms());
    let next = if next.len() > LONGEST_NEXT { "" } else { next };
    let flow = SignInFlow { next: next.to_owned(), network: network(address), created_at: now };
    let mut tx = db.write().await?;
    flows::forget_old(&mut tx, now - FLOW_TTL_MS).await?;
    if flows::open(&mut tx, &flow.network, now - FLOW_TTL_MS).await? >= MAX_OPEN_FLOWS {
        return Err(Failure::TooMany);
    }
    flows::add(&mut tx, &secret::hash(&token), &flow).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

/// Consumes the flow of a browser's token, whatever the outcome; returns the target page.
///
/// # Errors
/// The flow does not exist or has expired; the database failed.
pub(super) async fn take(db: &Db, token: &str) -> Result<String, Failure> {
    let mut tx = db.write().await?;
    let flow = flows::take(&mut tx, &secret::hash(token), now_ms() - FLOW_TTL_MS).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(flow.ok_or(Failure::Stale)?.next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_differs_and_fits_the_standard() {
        let ticket = FlowToken("a");
        let sent = [ticket.state(), ticket.nonce(), ticket.verifier(), ticket.challenge()];
        assert_eq!(sent.iter().collect::<std::collections::HashSet<_>>().len(), 4);
        assert!((43..=128).contains(&ticket.verifier().len()) && ticket.challenge().len() == 43);
        assert!(ticket.has_state(&ticket.state()) && !FlowToken("b").has_state(&ticket.state()));
    }
}
