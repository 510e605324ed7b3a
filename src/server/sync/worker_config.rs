//! Intervals, timeouts and batch sizes: "Sync jobs" in docs/soundcharts.md. Tests use shorter ones.

use std::time::Duration;

/// Maximum wait of a unit, whatever the reason.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Timing of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerConfig {
    /// Maximum units claimed at once.
    pub max_units: usize,
    /// Lease duration.
    pub lease: Duration,
    /// Heartbeat interval.
    pub heartbeat: Duration,
    /// Interval of looking for dead workers.
    pub reap_interval: Duration,
    /// Interval of polling for work and for cancelled units.
    pub poll_interval: Duration,
    /// Maximum delay before results are written, if fewer than [`Self::batch_size`] arrive.
    pub batch_window: Duration,
    /// Results per transaction.
    pub batch_size: usize,
    /// Maximum attempts of a unit, including the first.
    pub attempts: u32,
    /// Delay before the second attempt; doubles with each further one.
    pub initial_backoff: Duration,
    /// Maximum delay between attempts.
    pub max_backoff: Duration,
    /// Time without a response after which syncs show a warning.
    pub silence_threshold: Duration,
    /// Lock timeout for writes, for example during an import.
    pub write_timeout: Duration,
    /// Grace period for requests in flight at shutdown.
    pub drain_timeout: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        WorkerConfig {
            max_units: 32,
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            reap_interval: Duration::from_secs(10),
            poll_interval: Duration::from_secs(1),
            batch_window: Duration::from_millis(50),
            batch_size: 64,
            attempts: 8,
            initial_backoff: Duration::from_secs(10),
            max_backoff: Duration::from_secs(15 * 60),
            silence_threshold: Duration::from_secs(4),
            write_timeout: Duration::from_secs(5 * 60),
            drain_timeout: Duration::from_secs(25),
        }
    }
}

impl WorkerConfig {
    /// Delay after this many failed attempts, and no less than the provider requested.
    pub fn backoff(&self, failed: u32, requested: Option<Duration>) -> Duration {
        let doubled = self.initial_backoff.saturating_mul(1 << failed.saturating_sub(1).min(16));
        doubled.min(self.max_backoff).max(requested.unwrap_or_default().min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let config = WorkerConfig::default();
        let waits: Vec<u64> = (1..=8).map(|failed| config.backoff(failed, None).as_secs()).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 900]);
        assert_eq!(config.backoff(1, Some(Duration::from_secs(61))).as_secs(), 61);
        assert_eq!(config.backoff(1, Some(Duration::from_secs(86_400))), LONGEST);
    }
}
