//! One attempt of a request: acquires a concurrency slot, quota, token and rate-limit turn, and applies what
//! the response changes for later requests.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::authenticator::AuthHeaders;
use super::client::{Client, Inner};
use super::error::Error;
use super::exchange::{self, ResponseBody};
use super::quota::QuotaCall;
use super::request::ApiRequest;
use super::retry::{AttemptError, RetryPolicy};
use super::status::{ResponseContext, ResponseHead};

impl Client {
    /// Sends the request once; returns the body of a successful response.
    pub(super) async fn attempt(&self, ask: &ApiRequest) -> Result<ResponseBody, AttemptError> {
        self.ensure_quota_known().await?;
        let _place = self.0.places.acquire().await.expect("the places are never closed");
        let call = self.0.quota.admit()?;
        self.exchange(ask, call).await
    }

    /// If the remaining calls are not known well enough, one task probes and the others wait for it.
    async fn ensure_quota_known(&self) -> Result<(), Error> {
        if !self.0.quota.wants_probe(Instant::now()) {
            return Ok(());
        }
        let _one = self.0.probe.lock().await;
        if self.0.quota.wants_probe(Instant::now()) {
            // If the problem persists, the request itself will report it.
            if let Err(AttemptError { error, .. }) = self.probe(&quota_request()?).await {
                tracing::debug!(%error, "fetching the remaining quota");
            }
        }
        Ok(())
    }

    /// Requests only the headers, which give the remaining calls.
    pub(super) async fn probe(&self, usage: &ApiRequest) -> Result<(), AttemptError> {
        let _place = self.0.places.acquire().await.expect("the places are never closed");
        let answer = self.exchange(usage, self.0.quota.begin()).await;
        self.0.quota.probed();
        answer.map(drop)
    }

    /// Waits for a turn, sends the request and reads the response.
    async fn exchange(
        &self,
        ask: &ApiRequest,
        mut call: QuotaCall<'_>,
    ) -> Result<ResponseBody, AttemptError> {
        let Inner { http, host, door, limiter, settings, large, .. } = &*self.0;
        let pass = door.auth_headers().await?;
        pause(limiter.turn().await.map_err(Error::from)?).await;
        let request = http.get(settings.address.join(ask)).headers(pass.headers.clone());
        let began = Instant::now();
        call.sending();
        let asked = self.0.silence.request_started(Instant::now());
        let response = exchange::open(request, ask.what(), host).await?;
        asked.answered(Instant::now());
        metrics::counter!("provider_requests_total", "status" => response.status().as_u16().to_string())
            .increment(1);
        let head = ResponseHead::read(response.status().as_u16(), response.headers(), &settings.limits);
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
        let asked = ResponseContext { ask, host, keys: door.keys(), has_token: pass.token.is_some() };
        let trouble = head.to_error(asked, &body.bytes, &door.secrets);
        self.observe_headers(&trouble, &pass).await;
        Err(trouble)
    }

    /// Applies the consequences of a failed request for all others.
    async fn observe_headers(&self, trouble: &AttemptError, pass: &AuthHeaders) {
        match (&trouble.error, trouble.retry) {
            (Error::Credentials { .. }, RetryPolicy::NewToken) => self.0.door.invalidate(pass).await,
            (Error::QuotaExhausted, _) => self.0.quota.used_up(),
            (Error::RateLimited { .. }, RetryPolicy::RetryAfter(wait)) => {
                let wait = wait.min(self.0.settings.limits.longest_told);
                // At worst, other instances get the same 429.
                if let Err(error) = self.0.limiter.hold(wait).await {
                    tracing::warn!(%error, "cannot share the provider's Retry-After with other instances");
                }
            }
            _ => {}
        }
    }
}

/// The account request, which costs no call. Only its headers are used, because the format of its body is not
/// documented.
pub(super) fn quota_request() -> Result<ApiRequest, Error> {
    ApiRequest::new("the calls that are left", ["api", "v2", "team", "usage"])
}

/// Sleeps unless the duration is zero: even the shortest sleep takes a millisecond.
pub(super) async fn pause(wait: Duration) {
    if !wait.is_zero() {
        sleep(wait).await;
    }
}
