//! How long, how often, how many: "Sync jobs" in docs/soundcharts.md. Tests are more impatient.

use std::time::Duration;

/// No unit waits longer, whatever it waits for.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The pace of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Units that are claimed at once.
    pub held: usize,
    /// A claim is good for so long without a sign of life.
    pub lease: Duration,
    /// Signs of life.
    pub beat: Duration,
    /// Looking for workers that have gone.
    pub sweep: Duration,
    /// Looking for work, and for units that were cancelled.
    pub tick: Duration,
    /// Answers are gathered for so long, or until there are [`Pace::batch`], before they are written.
    pub gather: Duration,
    /// Answers written in one transaction.
    pub batch: usize,
    /// Tries of a unit, the first included.
    pub attempts: u32,
    /// Before the second try; doubles with each further one.
    pub first_wait: Duration,
    /// What doubling ends at.
    pub longest_wait: Duration,
    /// Where the provider has not answered for so long, the syncs say so.
    pub silence: Duration,
    /// How long writing waits for others, such as an import.
    pub patience: Duration,
    /// How long requests may take to end once the worker is to stop.
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
    /// How long a unit waits after so many failed tries; at least as long as the provider asked for, if that is no longer than
    /// anything waits.
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
