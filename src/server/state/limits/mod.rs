//! Resource limits of callers: connections, bodies, concurrent requests, time, streams; by address and by
//! account. Requests over a limit are rejected at once instead of queued.

pub mod account;
pub mod calls;
pub mod connections;
mod counts;
pub mod large;
pub mod places;

use axum::http::StatusCode;

use self::account::AccountLimits;
use self::calls::CallCounter;
use self::connections::Connections;
use self::large::LargeResponses;
use self::places::PermitPool;
use crate::server::config::{CallerLimits, Config};
use crate::server::web::problem::HttpError;

/// Concurrent exports.
pub const EXPORTS: usize = 10;
/// Concurrent event streams in total.
const STREAMS: usize = 2_048;
/// Concurrent static files.
const FILES: usize = 64;
/// Ratio of authenticated to anonymous permits: anonymous load cannot exhaust those of users.
const CALLERS_PER_ANONYMOUS: usize = 4;

/// The limit that rejected a request: a closed set, used as metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An address has its maximum number of connections.
    Address,
    /// A body is too large.
    BodySize,
    /// A body arrived too slowly.
    BodyTime,
    /// All permits are in use.
    Places,
    /// A response took too long.
    Time,
    /// An account is at its concurrency limit.
    Account,
    /// A token is over its rate limit.
    Minute,
}

impl Reason {
    pub fn count(self) {
        let reason = match self {
            Reason::Address => "address",
            Reason::BodySize => "body-size",
            Reason::BodyTime => "body-time",
            Reason::Places => "places",
            Reason::Time => "time",
            Reason::Account => "account",
            Reason::Minute => "minute",
        };
        metrics::counter!("http_refusals_total", "reason" => reason).increment(1);
    }

    /// The error response, counted in the metrics.
    pub fn refuse(self, status: StatusCode, detail: impl Into<String>) -> HttpError {
        self.count();
        HttpError::new(status, detail)
    }
}

/// The limits of one process.
#[derive(Debug)]
pub struct Limits {
    /// Permits of authenticated requests.
    pub callers: PermitPool,
    /// Permits of anonymous requests.
    pub anonymous: PermitPool,
    /// Permits of requests under authentication.
    pub checks: PermitPool,
    /// Permits of static files.
    pub files: PermitPool,
    /// Permits of exports.
    pub exports: PermitPool,
    /// Memory for large responses.
    pub large: LargeResponses,
    /// Permits of event streams.
    pub streams: PermitPool,
    /// Concurrent requests of each account.
    pub accounts: AccountLimits,
    pub calls: CallCounter,
    /// Connections, in total and per address.
    pub connections: Connections,
}

impl Limits {
    /// Unused limits from the configuration.
    pub fn new(config: &Config) -> Self {
        let CallerLimits { requests, account_requests, .. } = config.sizes;
        Limits {
            callers: PermitPool::new("callers", requests),
            anonymous: PermitPool::new("strangers", requests.div_ceil(CALLERS_PER_ANONYMOUS)),
            checks: PermitPool::new("checks", requests),
            files: PermitPool::new("files", FILES),
            exports: PermitPool::new("exports", EXPORTS),
            large: LargeResponses::default(),
            streams: PermitPool::new("streams", STREAMS),
            accounts: AccountLimits::new(account_requests),
            calls: CallCounter::default(),
            connections: Connections::new(&config.sizes, config.proxies.clone()),
        }
    }
}
