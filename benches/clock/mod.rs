//! How long things take, and what the command line asks for.

#![allow(dead_code, reason = "every benchmark uses its own part")]

use std::time::{Duration, Instant};

/// How long one kind of question took, each time.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// The head of a table of [`Times::line`].
    pub const HEAD: &str = "question                              p50 ms    p95 ms    p99 ms";

    /// The head of a table of [`Times::row`].
    pub const TABLE: &str = "| question | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|\n";

    /// How often it was.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds what others took.
    pub fn add(&mut self, other: Times) {
        self.0.extend(other.0);
    }

    /// A row of a table.
    pub fn row(&self, name: &str) -> String {
        format!("| {name} | {:.2} | {:.2} | {:.2} |\n", self.at(50), self.at(95), self.at(99))
    }

    /// Waits for the work and notes how long it took.
    pub async fn of<T>(&mut self, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = work.await;
        self.0.push(started.elapsed());
        result
    }

    /// The time that so many percent did not exceed, in milliseconds.
    pub fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }

    /// A line of a table.
    pub fn line(&self, name: &str) -> String {
        format!("{name:<34} {:>9.2} {:>9.2} {:>9.2}", self.at(50), self.at(95), self.at(99))
    }
}

/// The value that follows an option on the command line.
pub fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}
