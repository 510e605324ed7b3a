//! Settings of a client.

use std::time::Duration;

use super::address::Address;
use super::credentials::Credentials;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Base URL.
    pub address: Address,
    pub credentials: Credentials,
    /// Maximum concurrent requests, at least 1.
    pub concurrency: u32,
    /// Calls never to be used; by default a tenth of the quota first seen, at most 1000.
    pub quota_reserve: Option<u32>,
    /// [`crate::domain::sync::quota::QuotaLeft::first_seen`] of an earlier run, so that the default reserve does
    /// not shrink with every start.
    pub quota_first_seen: Option<i64>,
    /// Requests that other instances may have in flight: added to the reserve.
    pub elsewhere: u32,
    /// Timeouts, retries and sizes.
    pub limits: Limits,
}

impl Settings {
    /// Default settings for a URL and its credentials.
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

/// Timeouts, retries and sizes of requests ("Provider level" in docs/soundcharts.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connection timeout.
    pub connect: Duration,
    /// Maximum time between two chunks of a response.
    pub read: Duration,
    /// Maximum time of a response, excluding the wait for a turn.
    pub total: Duration,
    /// Maximum attempts, including the first.
    pub tries: u32,
    /// Maximum wait before the second attempt; doubles with each further one. The actual wait is random, between
    /// zero and this.
    pub first_wait: Duration,
    /// Maximum backoff.
    pub longest_wait: Duration,
    /// Longest accepted wait requested by the provider; beyond it the request fails immediately with the wait.
    pub longest_told: Duration,
    /// Added to a wait from `x-ratelimit-reset`.
    pub told_margin: Duration,
    /// Maximum bytes of a response.
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
