//! The only source of the current time. Days are UTC dates, as the provider labels them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::DateTime;

use crate::domain::Day;

/// Time since 1970-01-01 UTC; zero if the clock is set before it.
pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Seconds since 1970-01-01, UTC.
pub fn now() -> i64 {
    i64::try_from(since_1970().as_secs()).expect("seconds fit")
}

/// A day in seconds.
pub const SECONDS_A_DAY: i64 = 86_400;

/// Milliseconds since 1970-01-01, UTC.
pub fn now_ms() -> i64 {
    i64::try_from(since_1970().as_millis()).expect("milliseconds fit")
}

/// The current time plus a wait, in milliseconds since 1970-01-01.
pub fn ms_from_now(wait: Duration) -> i64 {
    now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
}

/// The current date in UTC; the last supported day if the clock is set after it.
pub fn today() -> Day {
    Day::from_number(now() / SECONDS_A_DAY).unwrap_or(Day::MAX)
}

/// A time as RFC 3339 in UTC: "2026-11-22T10:00:00Z".
pub fn rfc3339(seconds: i64) -> String {
    let time = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(rfc3339(1_790_000_000), "2026-09-21T14:13:20Z");
    }
}
