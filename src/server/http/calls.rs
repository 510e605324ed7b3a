//! How many calls a token may make in a minute, and how many are left. Counted in this process: with several
//! instances, each allows as many.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};

const MINUTE: Duration = Duration::from_secs(60);
/// Beyond so many tokens, those of before are forgotten.
const MANY: usize = 1_000;

/// The calls of each token in its current minute.
#[derive(Debug, Default)]
pub struct Calls(Mutex<HashMap<String, (Instant, u32)>>);

/// What is left to a token after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Calls in a minute.
    pub limit: u32,
    /// Calls left in this minute.
    pub calls: u32,
    /// Seconds until the next minute.
    pub reset: u32,
    /// Whether the call was within the limit.
    pub is_within: bool,
}

impl Calls {
    /// Counts a call.
    pub fn count(&self, token: &str, limit: u32) -> Left {
        self.count_at(token, limit, Instant::now())
    }

    fn count_at(&self, token: &str, limit: u32, now: Instant) -> Left {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() > MANY {
            calls.retain(|_, (since, _)| now.duration_since(*since) < MINUTE);
        }
        let (since, count) = calls.entry(token.to_owned()).or_insert((now, 0));
        if now.duration_since(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        let rest = MINUTE.saturating_sub(now.duration_since(*since));
        Left {
            limit,
            calls: limit.saturating_sub(*count),
            reset: u32::try_from(rest.as_millis().div_ceil(1000)).unwrap_or(60),
            is_within: *count <= limit,
        }
    }
}

impl Left {
    /// Tells the caller.
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

    #[test]
    fn every_minute_begins_anew() {
        let (calls, now) = (Calls::default(), Instant::now());
        assert_eq!(calls.count_at("a", 2, now), Left { limit: 2, calls: 1, reset: 60, is_within: true });
        assert_eq!(calls.count_at("a", 2, now + MINUTE / 2).reset, 30);
        assert!(!calls.count_at("a", 2, now + MINUTE / 2).is_within);
        assert!(calls.count_at("b", 2, now).is_within);
        assert!(calls.count_at("a", 2, now + MINUTE).is_within);
    }
}
