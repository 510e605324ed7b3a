//! Timing and command line options of benchmarks.

#![allow(dead_code, reason = "every benchmark uses its own part")]

use std::time::{Duration, Instant};

/// Durations of one kind of operation.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Table head for [`Times::line`].
    pub const HEAD: &str = "question                              p50 ms    p95 ms    p99 ms";

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn add(&mut self, other: Times) {
        self.0.extend(other.0);
    }

    /// Runs the work and records its duration.
    pub async fn time<T>(&mut self, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = work.await;
        self.0.push(started.elapsed());
        result
    }

    /// A percentile in milliseconds.
    pub fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }

    /// A table row.
    pub fn line(&self, name: &str) -> String {
        format!("{name:<34} {:>9.2} {:>9.2} {:>9.2}", self.at(50), self.at(95), self.at(99))
    }
}

/// Repeated measurements.
#[derive(Debug)]
pub struct Runs(Vec<Times>);

impl Runs {
    /// The last cells of a table's head and separator row.
    pub const HEAD: [&str; 2] = ["p50 ms | p95 ms | p99 ms | p95 of each run |", "---|---|---|---|"];

    /// Measures three times.
    pub async fn measure(mut run: impl AsyncFnMut() -> Times) -> Self {
        Runs(vec![run().await, run().await, run().await])
    }

    /// The average number of operations per run.
    pub fn count(&self) -> f64 {
        self.0.iter().map(Times::count).sum::<usize>() as f64 / self.0.len() as f64
    }

    /// The last cells of a table row.
    pub fn cells(&self) -> String {
        let mut all = Times::default();
        self.0.iter().for_each(|run| all.0.extend(&run.0));
        let each = self.0.iter().map(|run| format!("{:.2}", run.at(95))).collect::<Vec<_>>().join(", ");
        format!("{:.2} | {:.2} | {:.2} | {each} |", all.at(50), all.at(95), all.at(99))
    }
}

/// The value after a command line option.
pub fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}
