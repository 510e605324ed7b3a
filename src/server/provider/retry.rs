//! Retry policy: network errors, 502 to 504 and rate limiting up to the fourth attempt, 500 once, 401 once
//! with a new token, everything else never.

use std::time::Duration;

use super::error::Error;
use super::settings::Limits;

/// A failed attempt with its retry policy.
#[derive(Debug)]
pub(super) struct AttemptError {
    pub error: Error,
    pub retry: RetryPolicy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// The same error would occur again.
    Never,
    /// Retry once, immediately, with a new token.
    NewToken,
    /// Retry once, after a wait.
    Once,
    /// Retry after a wait, up to the maximum number of attempts.
    Backoff,
    /// Retry after the provider's wait.
    RetryAfter(Duration),
}

impl AttemptError {
    pub fn new(error: Error, again: RetryPolicy) -> Self {
        AttemptError { error, retry: again }
    }
}

/// Errors without a policy of their own are not retried.
impl From<Error> for AttemptError {
    fn from(error: Error) -> Self {
        AttemptError::new(error, RetryPolicy::Never)
    }
}

/// The attempts of one request.
#[derive(Debug)]
pub(super) struct RetryBudget {
    limits: Limits,
    made: u32,
    /// Which of the two retry-once policies have been used.
    had: [bool; 2],
}

impl RetryBudget {
    pub fn new(limits: Limits) -> Self {
        RetryBudget { limits, made: 0, had: [false; 2] }
    }

    /// The wait before the next attempt.
    ///
    /// # Errors
    /// The attempt's own error, if there is to be no further one.
    pub fn failed(&mut self, trouble: AttemptError) -> Result<Duration, Error> {
        self.made += 1;
        let AttemptError { error, retry: again } = trouble;
        let wait = match again {
            _ if self.made >= self.limits.tries => None,
            RetryPolicy::Never => None,
            RetryPolicy::NewToken => self.first_time(0).then_some(Duration::ZERO),
            RetryPolicy::Once => self.first_time(1).then(|| self.drawn()),
            RetryPolicy::Backoff => Some(self.drawn()),
            RetryPolicy::RetryAfter(wait) => (wait <= self.limits.longest_told).then(|| wait + self.drawn()),
        };
        wait.ok_or(error)
    }

    fn first_time(&mut self, which: usize) -> bool {
        !std::mem::replace(&mut self.had[which], true)
    }

    /// Full jitter: uniform between zero and the maximum.
    fn drawn(&self) -> Duration {
        longest(&self.limits, self.made).mul_f64(fastrand::f64())
    }
}

/// Maximum wait after this many attempts.
fn longest(limits: &Limits, made: u32) -> Duration {
    let doubled = limits.first_wait.saturating_mul(1 << (made - 1).min(16));
    doubled.min(limits.longest_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(again: RetryPolicy) -> Vec<Duration> {
        let mut tries = RetryBudget::new(Limits { tries: 8, ..Limits::default() });
        let trouble = || AttemptError::new(Error::QuotaExhausted, again);
        std::iter::from_fn(|| tries.failed(trouble()).ok()).collect()
    }

    #[test]
    fn waits_double_up_to_eight_seconds() {
        let limits = Limits::default();
        let longest: Vec<u128> = (1..=7).map(|made| longest(&limits, made).as_millis()).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert!(tries(RetryPolicy::Backoff).iter().zip(longest).all(|(wait, most)| wait.as_millis() <= most));
        assert!(
            (0..100).map(|_| tries(RetryPolicy::Backoff)[0].as_millis()).any(|wait| wait > 250),
            "jitter is full"
        );
    }

    #[test]
    fn each_kind_of_trouble_has_its_number_of_tries() {
        let counted = [RetryPolicy::Never, RetryPolicy::NewToken, RetryPolicy::Once, RetryPolicy::Backoff]
            .map(|again| tries(again).len());
        assert_eq!(counted, [0, 1, 1, 7]);
        let mut tries = RetryBudget::new(Limits::default());
        let failed = (0..9).take_while(|_| {
            tries.failed(AttemptError::new(Error::QuotaExhausted, RetryPolicy::Backoff)).is_ok()
        });
        assert_eq!(failed.count(), 3, "four tries in all");
    }

    #[test]
    fn a_told_wait_is_kept_unless_it_is_too_long() {
        assert!(
            tries(RetryPolicy::RetryAfter(Duration::from_secs(61))).iter().all(|wait| wait.as_secs() >= 61)
        );
        assert!(tries(RetryPolicy::RetryAfter(Duration::from_secs(3600))).is_empty());
    }
}
