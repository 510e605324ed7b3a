//! Rate limiting of requests. The limit covers all instances together, so the state is behind a trait: this
//! process only, or the store.

use std::fmt;
use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Upper bound on the provider's requested waits.
const PAUSE: Duration = Duration::from_secs(5 * 60);
/// Upper bound on turns waiting at once, over all instances.
const MANY: u32 = 1024;

/// Future returned by a [`Limiter`].
pub type LimiterFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The limiter's state could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LimiterError(pub String);

/// Allocates turns. A turn whose caller is cancelled is lost.
pub trait Limiter: Send + Sync + fmt::Debug {
    /// Takes the next turn; returns the wait until it.
    fn turn(&self) -> LimiterFuture<'_, Result<Duration, LimiterError>>;

    /// Backs off: no turn before the given time.
    fn hold(&self, pause: Duration) -> LimiterFuture<'_, Result<(), LimiterError>>;
}

/// A token bucket in the memory of this process.
#[derive(Debug)]
pub struct InMemoryLimiter {
    bucket: Bucket,
    start: Instant,
    full_at: Mutex<Duration>,
}

impl InMemoryLimiter {
    /// Maximum turns in any 60 seconds; about one second's worth may come as a burst.
    pub fn new(turns: NonZeroU32) -> Self {
        InMemoryLimiter { bucket: Bucket::new(turns), start: Instant::now(), full_at: Mutex::default() }
    }

    fn change<T>(&self, change: impl FnOnce(&Bucket, &mut Duration, Duration) -> T) -> T {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        change(&self.bucket, &mut full_at, self.start.elapsed())
    }
}

impl Limiter for InMemoryLimiter {
    fn turn(&self) -> LimiterFuture<'_, Result<Duration, LimiterError>> {
        Box::pin(async { Ok(self.change(Bucket::turn)) })
    }

    fn hold(&self, pause: Duration) -> LimiterFuture<'_, Result<(), LimiterError>> {
        Box::pin(async move {
            self.change(|bucket, full_at, now| bucket.hold(full_at, now, pause));
            Ok(())
        })
    }
}

/// A token bucket. Its only state is `full_at`, the time at which the bucket will be full, so that a store can keep
/// it in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Time to refill one turn.
    interval: Duration,
    /// A full bucket's refill time, less one turn.
    slack: Duration,
}

impl Bucket {
    /// Maximum turns in any 60 seconds: a burst, and the rest evenly spaced.
    pub fn new(turns: NonZeroU32) -> Self {
        let burst = (turns.get() / 60).max(1);
        let interval = Duration::from_secs(60) / (turns.get() - burst + 1);
        Bucket { interval, slack: interval * (burst - 1) }
    }

    /// Upper bound on the wait: the longest pause plus the queue. A longer one means that the clock was set back.
    pub fn longest(&self) -> Duration {
        PAUSE + self.slack + self.interval * MANY
    }

    /// Takes a turn at `now`; returns the wait until it.
    pub fn turn(&self, full_at: &mut Duration, now: Duration) -> Duration {
        let turn = if *full_at > now + self.longest() { now } else { now.max(*full_at) };
        *full_at = turn + self.interval;
        turn.saturating_sub(self.slack).saturating_sub(now)
    }

    /// Delays the next turn until `pause` after `now`; later turns follow at the usual interval.
    pub fn hold(&self, full_at: &mut Duration, now: Duration, pause: Duration) {
        let held = now + pause + self.slack;
        *full_at = if *full_at > now + self.longest() { held } else { held.max(*full_at) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times of consecutive turns of a caller that never waits.
    fn times(bucket: Bucket, full_at: &mut Duration, start: Duration, turns: usize) -> Vec<Duration> {
        let mut now = start;
        let mut turn = || {
            now += bucket.turn(full_at, now);
            now
        };
        (0..turns).map(|_| turn()).collect()
    }

    #[test]
    fn no_minute_has_more_turns_than_allowed() {
        let minute = Duration::from_secs(60);
        for allowed in [1, 2, 59, 60, 61, 120, 3000, 10_000] {
            let bucket = Bucket::new(NonZeroU32::new(allowed).unwrap());
            let allowed = allowed as usize;
            let mut full_at = Duration::ZERO;
            let times = times(bucket, &mut full_at, Duration::from_secs(1000), allowed * 3);
            // One millisecond of tolerance: the interval is rounded down to whole nanoseconds.
            let least = minute - Duration::from_millis(1);
            assert!(times.windows(allowed + 1).all(|turns| turns[allowed] - turns[0] >= least), "{allowed}");
            assert!(times[allowed * 2] - times[0] <= minute * 2 + bucket.slack, "{allowed}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up() {
        let bucket = Bucket::new(NonZeroU32::new(600).unwrap());
        let (ahead, now) = (Duration::from_secs(100_000), Duration::from_secs(50_000));
        let mut full_at = Duration::ZERO;
        bucket.hold(&mut full_at, ahead, Duration::from_secs(90));
        let held = full_at;
        assert_eq!(bucket.turn(&mut full_at, ahead), Duration::from_secs(90));
        full_at = held;
        assert_eq!(bucket.turn(&mut full_at, now), Duration::ZERO);
        assert!(bucket.turn(&mut full_at, now) < Duration::from_secs(1));
        full_at = held;
        bucket.hold(&mut full_at, now, Duration::from_secs(7));
        assert_eq!(bucket.turn(&mut full_at, now), Duration::from_secs(7));
    }

    #[test]
    fn a_hold_ends_bursts() {
        let bucket = Bucket::new(NonZeroU32::new(600).unwrap());
        let (mut full_at, now) = (Duration::ZERO, Duration::from_secs(50));
        bucket.hold(&mut full_at, now, Duration::from_secs(7));
        let times = times(bucket, &mut full_at, now, 3);
        assert_eq!(times[0], Duration::from_secs(57));
        assert!(times[1] > times[0] && times[2] > times[1]);
    }
}
