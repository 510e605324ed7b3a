//! Remaining requests, of the minute and of the billing term.

use std::time::{Duration, Instant};

use super::refusal::Refusal;
use super::settings::Knobs;

/// Requests used so far.
#[derive(Debug, Default)]
pub struct Allowance {
    minute: Option<Instant>,
    in_minute: u32,
    /// Requests answered with data since the start; only these count.
    spent: u64,
}

impl Allowance {
    /// Uses one request of this minute, and unless it is free, of the term.
    pub fn take(&mut self, knobs: &Knobs, is_free: bool, now: Instant) -> Result<(), Refusal> {
        if self.wait(knobs, now).is_zero() {
            (self.minute, self.in_minute) = (Some(now), 0);
        }
        if let Some(limit) = knobs.per_minute
            && self.in_minute >= limit
        {
            return Err(Refusal::too_fast(limit, self.reset(knobs, now)));
        }
        // The provider allows ten percent more than the quota.
        match knobs.quota {
            Some(quota) if !is_free && self.spent >= quota + quota / 10 => return Err(Refusal::no_quota()),
            _ => self.in_minute += 1,
        }
        Ok(())
    }

    /// Counts a request that was answered with data.
    pub const fn spend(&mut self) {
        self.spent += 1;
    }

    /// Remaining requests of the term.
    pub fn left(&self, knobs: &Knobs) -> Option<u64> {
        knobs.quota.map(|quota| quota.saturating_sub(self.spent))
    }

    /// Remaining requests of this minute.
    pub fn left_in_minute(&self, knobs: &Knobs) -> Option<u32> {
        knobs.per_minute.map(|limit| limit.saturating_sub(self.in_minute))
    }

    /// Whole seconds until the next minute.
    pub fn reset(&self, knobs: &Knobs, now: Instant) -> u64 {
        self.wait(knobs, now).as_millis().div_ceil(1_000) as u64
    }

    fn wait(&self, knobs: &Knobs, now: Instant) -> Duration {
        let minute = Duration::from_millis(knobs.minute_ms);
        self.minute
            .map_or(Duration::ZERO, |start| minute.saturating_sub(now.saturating_duration_since(start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_begin_again_and_terms_do_not() {
        let knobs = Knobs { per_minute: Some(2), quota: Some(10), ..Knobs::default() };
        let mut allowance = Allowance::default();
        let start = Instant::now();
        for _ in 0..2 {
            allowance.take(&knobs, false, start).unwrap();
        }
        assert_eq!(
            allowance.take(&knobs, false, start + Duration::from_millis(1_500)),
            Err(Refusal::too_fast(2, 59))
        );
        assert_eq!(allowance.left_in_minute(&knobs), Some(0));
        allowance.take(&knobs, false, start + Duration::from_secs(60)).unwrap();
        (0..11).for_each(|_| allowance.spend());
        assert_eq!(allowance.left(&knobs), Some(0));
        allowance.take(&knobs, true, start + Duration::from_secs(60)).unwrap();
        let start = start + Duration::from_secs(60);
        assert_eq!(allowance.take(&knobs, false, start + Duration::from_secs(60)), Err(Refusal::no_quota()));
    }
}
