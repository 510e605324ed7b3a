//! Settings of a client.

use std::time::Duration;

use super::address::Address;
use super::credentials::Credentials;

/// The provider as one client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the provider is.
    pub address: Address,
    /// How it knows us.
    pub credentials: Credentials,
    /// Requests at once, at least 1.
    pub concurrency: u32,
    /// Calls never to be used up; without it a tenth of the quota first seen, at most 1000.
    pub quota_reserve: Option<u32>,
    /// [`crate::domain::sync::quota::QuotaLeft::first_seen`] of an earlier run, so that the default reserve does not shrink
    /// with every start.
    pub quota_first_seen: Option<i64>,
    /// Requests that other instances may have under way: they are added to the reserve.
    pub elsewhere: u32,
    /// How long, how often, how much.
    pub limits: Limits,
}

impl Settings {
    /// The settings for an address and its credentials; everything else as it is by default.
    pub fn new(address: Address, credentials: Credentials) -> Self {
        Settings {
            address,
            credentials,
            concurrency: 8,
            quota_reserve: None,
            quota_first_seen: None,
            elsewhere: 0,
            limits: Limits::default(),
        }
    }
}

/// Time, repetition and size of requests ("Provider level" in docs/soundcharts.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection to be made.
    pub connect: Duration,
    /// Between two parts of an answer.
    pub read: Duration,
    /// For a whole answer, once it is its turn.
    pub total: Duration,
    /// Tries, the first included.
    pub tries: u32,
    /// The longest wait before the second try; doubles with each further one. A wait is drawn evenly
    /// from nothing to this.
    pub first_wait: Duration,
    /// Maximum backoff.
    pub longest_wait: Duration,
    /// The longest wait that the provider may ask for; where it asks for more, the question fails now
    /// and says how long to wait.
    pub longest_told: Duration,
    /// Added to a wait that `x-ratelimit-reset` tells.
    pub told_margin: Duration,
    /// The most bytes of an answer that are read.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            total: Duration::from_secs(60),
            tries: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_told: Duration::from_secs(90),
            told_margin: Duration::from_secs(1),
            body: 16 << 20,
        }
    }
}
