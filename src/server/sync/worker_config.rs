//! Intervals, timeouts and batch sizes: "Sync jobs" in docs/soundcharts.md. Tests use shorter ones.

use std::time::Duration;

/// No unit waits longer, whatever it waits for.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Timing of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Maximum units claimed at once.
    pub held: usize,
    /// Lease duration.
    pub lease: Duration,
    /// Heartbeat interval.
    pub beat: Duration,
    /// Interval of looking for dead workers.
    pub sweep: Duration,
    /// Interval of polling for work and for cancelled units.
    pub tick: Duration,
    /// Maximum delay before results are written, if fewer than [`Pace::batch`] arrive.
    pub gather: Duration,
    /// Results per transaction.
    pub batch: usize,
    /// Maximum attempts of a unit, including the first.
    pub attempts: u32,
    /// Delay before the second attempt; doubles with each further one.
    pub first_wait: Duration,
    /// Maximum delay between attempts.
    pub longest_wait: Duration,
    /// Time without a response after which syncs show a warning.
    pub silence: Duration,
    /// Lock timeout for writes, for example during an import.
    pub patience: Duration,
    /// Grace period for requests in flight at shutdown.
    pub drain: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            held: 32,
            lease: Duration::from_secs(30),
            beat: Duration::from_secs(5),
            sweep: Duration::from_secs(10),
            tick: Duration::from_secs(1),
            gather: Duration::from_millis(50),
            batch: 64,
            attempts: 8,
            first_wait: Duration::from_secs(10),
            longest_wait: Duration::from_secs(15 * 60),
            silence: Duration::from_secs(4),
            patience: Duration::from_secs(5 * 60),
            drain: Duration::from_secs(25),
        }
    }
}

impl Pace {
    /// Delay after this many failed attempts; at least what the provider asked for.
    pub fn wait(&self, failed: u32, told: Option<Duration>) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << failed.saturating_sub(1).min(16));
        doubled.min(self.longest_wait).max(told.unwrap_or_default().min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let pace = Pace::default();
        let waits: Vec<u64> = (1..=8).map(|failed| pace.wait(failed, None).as_secs()).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 900]);
        assert_eq!(pace.wait(1, Some(Duration::from_secs(61))).as_secs(), 61);
        assert_eq!(pace.wait(1, Some(Duration::from_secs(86_400))), LONGEST);
    }
}
