//! The rate limit of API tokens, per minute. Each instance counts in memory; where several may serve one
//! database, they exchange counts once a second. A call costs no write, and all instances together exceed the
//! limit by at most what arrives within a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};

use super::Limits;
use crate::server::base::clock::now_ms;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::tables::api_calls::{self, MINUTE, MinuteCalls};

/// Exchange interval of instances.
const EXCHANGE_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum tokens in memory; older minutes are dropped beyond it.
const PRUNE_ABOVE: usize = 1_000;
/// Tokens per statement.
const TOKENS_PER_STATEMENT: usize = 500;

/// The calls of each token in its current minute.
#[derive(Debug, Default)]
pub struct CallCounter(Mutex<HashMap<String, MinuteWindow>>);

#[derive(Debug, Clone, Copy)]
struct MinuteWindow {
    since: i64,
    /// Of all instances, as of the last exchange.
    calls: u32,
    /// Calls of this instance not exchanged yet.
    unshared: u32,
}

impl MinuteWindow {
    /// Whether the minute is current. The clocks of instances may differ slightly.
    fn is_now(&self, now: i64) -> bool {
        (now - self.since).abs() < MINUTE
    }
}

/// Remaining calls of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitStatus {
    /// Calls in a minute.
    pub limit: u32,
    /// Calls left in this minute.
    pub calls: u32,
    /// Seconds until the next minute.
    pub reset: u32,
    /// Whether the call was within the limit.
    pub is_within: bool,
}

/// Exchanges counts between all instances of a database, for as long as the process runs.
pub fn share(limits: Arc<Limits>, db: Db) {
    tokio::spawn(async move {
        let mut failed = false;
        loop {
            tokio::time::sleep(EXCHANGE_INTERVAL).await;
            match limits.calls.exchange(&db).await {
                Ok(true) => failed = false,
                // No other instance serves the database.
                Ok(false) => return,
                Err(error) if !failed => {
                    tracing::warn!(%error, "cannot share API call counts with other instances; counting locally");
                    failed = true;
                }
                Err(_) => {}
            }
        }
    });
}

impl CallCounter {
    pub fn count(&self, token: &str, limit: u32) -> RateLimitStatus {
        self.count_at(token, limit, now_ms())
    }

    fn count_at(&self, token: &str, limit: u32, now: i64) -> RateLimitStatus {
        let mut calls = self.counted();
        if calls.len() > PRUNE_ABOVE {
            calls.retain(|_, counted| counted.is_now(now));
        }
        let anew = MinuteWindow { since: now, calls: 0, unshared: 0 };
        let counted = calls.entry(token.to_owned()).or_insert(anew);
        if !counted.is_now(now) {
            *counted = anew;
        }
        counted.calls = counted.calls.saturating_add(1);
        counted.unshared = counted.unshared.saturating_add(1);
        let rest = (counted.since + MINUTE - now).clamp(0, MINUTE);
        RateLimitStatus {
            limit,
            calls: limit.saturating_sub(counted.calls),
            reset: u32::try_from(rest.cast_unsigned().div_ceil(1000)).unwrap_or(60),
            is_within: counted.calls <= limit,
        }
    }

    /// Exchanges counts with other instances; `false` if there are none.
    async fn exchange(&self, db: &Db) -> Result<bool, Error> {
        for sent in self.untold(now_ms()).chunks(TOKENS_PER_STATEMENT) {
            let Some(mut tx) = db.write_concurrently().await? else { return Ok(false) };
            let heard = api_calls::add(&mut tx, sent).await?;
            tx.commit().await?;
            self.apply_totals(sent, heard);
        }
        Ok(true)
    }

    /// Sorted by token, so that concurrent exchanges do not deadlock.
    fn untold(&self, now: i64) -> Vec<MinuteCalls> {
        let calls = self.counted();
        let untold = calls.iter().filter(|(_, counted)| counted.unshared > 0 && counted.is_now(now));
        let minute = |(token, counted): (&String, &MinuteWindow)| MinuteCalls {
            token_id: token.clone(),
            since: counted.since,
            calls: counted.unshared,
        };
        let mut minutes: Vec<MinuteCalls> = untold.map(minute).collect();
        minutes.sort_unstable_by(|a, b| a.token_id.cmp(&b.token_id));
        minutes
    }

    fn apply_totals(&self, sent: &[MinuteCalls], heard: Vec<MinuteCalls>) {
        let mut calls = self.counted();
        for sum in heard {
            let Some(sent) = sent.iter().find(|sent| sent.token_id == sum.token_id) else { continue };
            // The token's next minute may have begun in the meantime.
            if let Some(counted) = calls.get_mut(&sum.token_id).filter(|counted| counted.since == sent.since)
            {
                counted.unshared = counted.unshared.saturating_sub(sent.calls);
                counted.calls = sum.calls.saturating_add(counted.unshared);
                counted.since = sum.since;
            }
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<String, MinuteWindow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimitStatus {
    /// Adds the rate-limit headers.
    pub fn write(self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("ratelimit-limit", self.limit),
            ("ratelimit-remaining", self.calls),
            ("ratelimit-reset", self.reset),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    #[test]
    fn every_minute_begins_anew() {
        let calls = CallCounter::default();
        assert_eq!(
            calls.count_at("a", 2, NOW),
            RateLimitStatus { limit: 2, calls: 1, reset: 60, is_within: true }
        );
        assert_eq!(calls.count_at("a", 2, NOW + MINUTE / 2).reset, 30);
        assert!(!calls.count_at("a", 2, NOW + MINUTE / 2).is_within);
        assert!(calls.count_at("b", 2, NOW).is_within);
        assert!(calls.count_at("a", 2, NOW + MINUTE).is_within);
    }

    #[tokio::test]
    async fn instances_hear_of_each_others_calls() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", directory.path().display())).await.unwrap();
        let (one, other) = (CallCounter::default(), CallCounter::default());
        let tell = async |calls: &CallCounter, now: i64| {
            let mut tx = db.write().await.unwrap();
            let untold = calls.untold(now);
            let heard =
                if untold.is_empty() { vec![] } else { api_calls::add(&mut tx, &untold).await.unwrap() };
            tx.commit().await.unwrap();
            calls.apply_totals(&untold, heard);
        };
        assert_eq!(one.count_at("a", 5, NOW).calls, 4);
        assert_eq!(one.count_at("a", 5, NOW + 1).calls, 3);
        tell(&one, NOW + 1).await;
        assert_eq!(other.count_at("a", 5, NOW + 20_000).calls, 4, "it has not heard yet");
        other.count_at("b", 5, NOW + 20_000);
        tell(&other, NOW + 20_000).await;
        assert_eq!(
            other.count_at("a", 5, NOW + 20_000),
            RateLimitStatus { limit: 5, calls: 1, reset: 40, is_within: true }
        );
        tell(&other, NOW + 20_001).await;
        tell(&one, NOW + 20_001).await;
        assert_eq!(one.count_at("a", 5, NOW + 30_000).calls, 2, "it tells of calls, and hears only then");
        tell(&one, NOW + 30_000).await;
        assert!(!one.count_at("a", 5, NOW + 30_001).is_within);
        assert_eq!(one.count_at("a", 5, NOW + MINUTE).calls, 4);
        tell(&one, NOW + MINUTE).await;
        assert_eq!(other.count_at("a", 5, NOW + MINUTE + 1).calls, 4);
        tell(&other, NOW + MINUTE + 1).await;
        assert_eq!(other.count_at("a", 5, NOW + MINUTE + 2).calls, 2, "of both");
    }
}
