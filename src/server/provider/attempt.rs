//! One attempt of a request: acquires a concurrency slot, quota, token and rate-limit turn, and applies what
//! the response changes for later requests.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::authenticator::Pass;
use super::client::{Client, Inner};
use super::error::Error;
use super::exchange::{self, Body};
use super::quota::Call;
use super::request::Ask;
use super::retry::{Again, Trouble};
use super::status::{Asked, Head};

impl Client {
    /// The body of an answer that holds data.
    pub(super) async fn attempt(&self, ask: &Ask) -> Result<Body, Trouble> {
        self.look_up_quota().await?;
        let _place = self.0.places.acquire().await.expect("the places are never closed");
        let call = self.0.quota.admit()?;
        self.exchange(ask, call).await
    }

    /// Where too little is known about the calls that are left, one asks and the others wait for it.
    async fn look_up_quota(&self) -> Result<(), Error> {
        if !self.0.quota.wants_probe(Instant::now()) {
            return Ok(());
        }
        let _one = self.0.probe.lock().await;
        if self.0.quota.wants_probe(Instant::now()) {
            // The question itself will meet the same trouble, if it lasts.
            if let Err(Trouble { error, .. }) = self.probe(&usage()?).await {
                tracing::debug!(%error, "fetching the remaining quota");
            }
        }
        Ok(())
    }

    /// Requests only the headers, which give the remaining calls.
    pub(super) async fn probe(&self, usage: &Ask) -> Result<(), Trouble> {
        let _place = self.0.places.acquire().await.expect("the places are never closed");
        let answer = self.exchange(usage, self.0.quota.begin()).await;
        self.0.quota.probed();
        answer.map(drop)
    }

    /// One request, when its turn has come, and one answer.
    async fn exchange(&self, ask: &Ask, mut call: Call<'_>) -> Result<Body, Trouble> {
        let Inner { http, host, door, limiter, settings, large, .. } = &*self.0;
        let pass = door.pass().await?;
        pause(limiter.turn().await.map_err(Error::from)?).await;
        let request = http.get(settings.address.join(ask)).headers(pass.headers.clone());
        let began = Instant::now();
        call.sending();
        let asked = self.0.silence.asked(Instant::now());
        let response = exchange::open(request, ask.what(), host).await?;
        asked.heard(Instant::now());
        metrics::counter!("provider_requests_total", "status" => response.status().as_u16().to_string())
            .increment(1);
        let head = Head::read(response.status().as_u16(), response.headers(), &settings.limits);
        call.answered(head.remaining);
        let body = exchange::body(response, head, ask.what(), host, &settings.limits, large).await?;
        let ms = began.elapsed().as_millis();
        tracing::debug!(
            path = ask.path(),
            status = head.status,
            ms,
            bytes = body.bytes.len(),
            "the provider answered"
        );
        if head.is_success() {
            return Ok(body);
        }
        let asked = Asked { ask, host, keys: door.keys(), has_token: pass.token.is_some() };
        let trouble = head.trouble(asked, &body.bytes, &door.secrets);
        self.heed(&trouble, &pass).await;
        Err(trouble)
    }

    /// Applies the consequences of a failed request for all others.
    async fn heed(&self, trouble: &Trouble, pass: &Pass) {
        match (&trouble.error, trouble.again) {
            (Error::Credentials { .. }, Again::NewToken) => self.0.door.refused(pass).await,
            (Error::QuotaUsedUp, _) => self.0.quota.used_up(),
            (Error::SlowDown { .. }, Again::Told(wait)) => {
                let wait = wait.min(self.0.settings.limits.longest_told);
                // Other instances then get the same 429 at worst.
                if let Err(error) = self.0.limiter.hold(wait).await {
                    tracing::warn!(%error, "cannot share the provider's Retry-After with other instances");
                }
            }
            _ => {}
        }
    }
}

/// The question about the account: it costs no call. Only the head of its answer counts, because the
/// form of its body is not known.
pub(super) fn usage() -> Result<Ask, Error> {
    Ask::new("the calls that are left", ["api", "v2", "team", "usage"])
}

/// Sleeps unless the duration is zero: even the shortest sleep takes a millisecond.
pub(super) async fn pause(wait: Duration) {
    if !wait.is_zero() {
        sleep(wait).await;
    }
}
