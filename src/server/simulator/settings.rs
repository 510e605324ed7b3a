//! Settings of the simulator: fixed ones, and those that can be changed at run time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;
use super::fault::Rule;
use crate::domain::Day;

/// The provider's public trial credentials, as id and key.
pub const TRIAL: &str = "soundcharts";

/// Fixed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Accepted ids and keys, for headers and tokens.
    pub credentials: Vec<(String, String)>,
    /// Whether to serve `/control`, which is unauthenticated: for tests and on request only.
    pub control: bool,
    /// Seed of the random faults.
    pub seed: u64,
    /// Whether to add data beyond the catalogue: namesakes of artists without songs, and global and city charts.
    pub extras: bool,
    /// Maximum logged requests; older ones are only counted.
    pub remembered: usize,
    /// Settings that can be changed at run time.
    pub knobs: Knobs,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            credentials: vec![(TRIAL.to_owned(), TRIAL.to_owned())],
            control: false,
            seed: 0,
            extras: true,
            remembered: 20_000,
            knobs: Knobs::default(),
        }
    }
}

/// Settings that can change at run time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Latency of every response.
    pub latency_ms: u64,
    /// Requests per minute; `None` for unlimited. The provider's header said 10,000.
    pub per_minute: Option<u32>,
    /// Length of a minute for `per_minute`: shorter in tests.
    pub minute_ms: u64,
    /// Initial quota; `None` for unlimited and no header. Ten percent more are answered.
    pub quota: Option<u64>,
    /// The current date; `None` for the clock's. Later data are hidden.
    pub today: Option<Day>,
    /// Lifetime of a token.
    pub token_seconds: u64,
    /// If set, an artist looked up by platform identifier for the first time is missing for this long.
    pub admission_ms: Option<u64>,
    /// Longer windows are answered with 15 rows, a larger total and no next page.
    pub truncate_over_days: Option<u32>,
    /// Duration of a stalled response.
    pub stall_ms: u64,
    /// `Retry-After` of the fault `rate_limit`.
    pub wait_seconds: u64,
    /// Endpoints outside the plan.
    pub forbidden: BTreeSet<Endpoint>,
    /// ISRCs shared by several recordings.
    pub ambiguous_isrcs: BTreeSet<String>,
    pub faults: Vec<Rule>,
}

impl Default for Knobs {
    fn default() -> Self {
        Knobs {
            latency_ms: 0,
            per_minute: Some(10_000),
            minute_ms: 60_000,
            quota: Some(1_000_000),
            today: None,
            token_seconds: 3_600,
            admission_ms: None,
            truncate_over_days: None,
            stall_ms: 30_000,
            wait_seconds: 1,
            forbidden: BTreeSet::new(),
            ambiguous_isrcs: BTreeSet::new(),
            faults: Vec::new(),
        }
    }
}
