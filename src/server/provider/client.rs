//! The client: passes requests through quota, authentication, rate limit and retries. All resources held by a
//! request are released when its future is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::attempt::{pause, quota_request};
use super::authenticator::Authenticator;
use super::error::Error;
use super::exchange::ResponseBody;
use super::limiter::Limiter;
use super::quota::QuotaLedger;
use super::request::ApiRequest;
use super::response_watch::SilenceTracker;
use super::retry::{AttemptError, RetryBudget, RetryPolicy};
use super::settings::Settings;
use super::{tls, wire};
use crate::domain::sync::quota::QuotaLeft;

/// Bodies larger than this are parsed on a blocking thread.
const LONG: usize = 256 << 10;

/// Maximum series remembered as large.
const SERIES_KNOWN: usize = 1000;

/// The provider's API. Cheap to clone; clones share connections, limits and the token.
#[derive(Debug, Clone)]
pub struct Client(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub http: reqwest::Client,
    pub host: String,
    pub door: Authenticator,
    pub limiter: Arc<dyn Limiter>,
    pub quota: QuotaLedger,
    /// Limits concurrent requests.
    pub places: Semaphore,
    /// Held while the quota is probed.
    pub probe: Mutex<()>,
    /// Whether the provider has ever responded in its own form: later deviations may be temporary.
    pub was_heard: AtomicBool,
    /// Set when the provider refused a batch request for songs.
    pub lacks_song_batches: AtomicBool,
    /// By path: days per request for series whose response is too large with the usual 90.
    pub days_at_once: Cache<String, i32>,
    /// Large responses are read one at a time.
    pub large: Arc<Semaphore>,
    pub silence: SilenceTracker,
    pub settings: Settings,
}

impl Client {
    /// Creates a client; `limiter` is shared by all clients of the same provider.
    ///
    /// # Errors
    /// [`Error::Setup`] if HTTPS cannot be set up.
    pub fn new(settings: Settings, limiter: Arc<dyn Limiter>) -> Result<Self, Error> {
        let reserve = settings.quota_reserve.map(i64::from);
        Ok(Client(Arc::new(Inner {
            http: tls::client(&settings.address, &settings.limits)?,
            host: settings.address.host(),
            door: Authenticator::new(settings.credentials.clone(), settings.limits)?,
            limiter,
            quota: QuotaLedger::new(reserve, settings.quota_first_seen, settings.elsewhere),
            places: Semaphore::new(settings.concurrency.max(1) as usize),
            probe: Mutex::default(),
            was_heard: AtomicBool::new(false),
            lacks_song_batches: AtomicBool::new(false),
            days_at_once: Cache::new(SERIES_KNOWN),
            large: Arc::new(Semaphore::new(1)),
            silence: SilenceTracker::default(),
            settings,
        })))
    }

    /// Updates the number of calls that other instances may have in flight ([`Settings::elsewhere`]).
    pub fn set_other_in_flight(&self, calls: u32) {
        self.0.quota.expect_elsewhere(calls);
    }

    /// Time without a response.
    pub fn silent_for(&self) -> Duration {
        self.0.silence.duration(Instant::now())
    }

    /// Remaining calls of the billing term, as far as known.
    pub fn quota(&self) -> Option<QuotaLeft> {
        self.0.quota.left()
    }

    /// Whether songs are fetched individually, because the provider refused batch requests.
    pub(super) fn lacks_song_batches(&self) -> bool {
        self.0.lacks_song_batches.load(Ordering::Relaxed)
    }

    /// Records that the provider refused a batch request for songs.
    pub(super) fn note_no_song_batches(&self) {
        self.0.lacks_song_batches.store(true, Ordering::Relaxed);
    }

    /// Forces a quota probe before the next request: a user retries, perhaps after extending the plan.
    pub fn look_again(&self) {
        self.0.quota.look_again();
    }

    /// Probes the remaining calls at no cost. `None` if the provider does not report them.
    ///
    /// # Errors
    /// Those of every request, except for the reserve.
    pub async fn check_quota(&self) -> Result<Option<QuotaLeft>, Error> {
        let usage = quota_request()?;
        let mut tries = RetryBudget::new(self.0.settings.limits);
        while let Err(trouble) = self.probe(&usage).await {
            match trouble.error {
                // The error response may still have had the header.
                Error::NotInPlan { .. } | Error::NotFound { .. } => break,
                error => pause(tries.failed(AttemptError::new(error, trouble.retry))?).await,
            }
        }
        Ok(self.quota())
    }

    /// Sends a request with retries and parses the response.
    pub(super) async fn get<T>(&self, ask: &ApiRequest) -> Result<T, Error>
    where
        T: DeserializeOwned + wire::Envelope + Send + 'static,
    {
        let mut tries = RetryBudget::new(self.0.settings.limits);
        loop {
            let answer = match self.attempt(ask).await {
                Ok(body) => self.read(body, ask).await,
                Err(trouble) => Err(trouble),
            };
            let mut trouble = match answer {
                Ok(value) => {
                    self.0.was_heard.store(true, Ordering::Relaxed);
                    return Ok(value);
                }
                Err(trouble) => trouble,
            };
            if let Error::UnexpectedServer { has_answered_before: was_heard, .. } = &mut trouble.error {
                *was_heard = self.0.was_heard.load(Ordering::Relaxed);
            }
            let reason = trouble.error.to_string();
            let wait = tries.failed(trouble)?;
            tracing::warn!(
                path = ask.path(),
                wait_ms = wait.as_millis(),
                reason,
                "retrying the provider request"
            );
            pause(wait).await;
        }
    }

    async fn read<T>(&self, body: ResponseBody, ask: &ApiRequest) -> Result<T, AttemptError>
    where
        T: DeserializeOwned + wire::Envelope + Send + 'static,
    {
        if body.bytes.len() <= LONG {
            return wire::read(&body.bytes, ask, &self.0.host, &self.0.door.secrets);
        }
        let (inner, asked) = (Arc::clone(&self.0), ask.clone());
        let reading =
            spawn_blocking(move || wire::read(&body.bytes, &asked, &inner.host, &inner.door.secrets)).await;
        // An error means that the process is shutting down.
        reading.unwrap_or_else(|_| {
            Err(AttemptError::new(Error::ConnectionLost { what: ask.what().to_owned() }, RetryPolicy::Never))
        })
    }
}
