//! Settings of the simulator: fixed ones, and those that can change while it runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;
use super::fault::Rule;
use crate::domain::Day;

/// The provider's own trial credentials, as id and as key.
pub const TRIAL: &str = "soundcharts";

/// Fixed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Ids and keys that are accepted: as the two headers, and for tokens.
    pub credentials: Vec<(String, String)>,
    /// Whether `/control` is there. It asks for no credentials: for tests and by request only.
    pub control: bool,
    /// Seed of the random faults.
    pub seed: u64,
    /// Whether there is more than the catalogue: namesakes of artists, without songs, and charts of the
    /// world and of a city.
    pub extras: bool,
    /// Maximum logged requests; older ones are only counted.
    pub remembered: usize,
    /// The rest.
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
    /// Requests a minute; `None` for no limit. The provider's header said 10,000.
    pub per_minute: Option<u32>,
    /// How long a minute of `per_minute` is: shorter for tests.
    pub minute_ms: u64,
    /// Requests left when the simulator starts; `None` for no limit and no header. A tenth more is answered.
    pub quota: Option<u64>,
    /// The current date; `None` for the clock's. Nothing later is known.
    pub today: Option<Day>,
    /// How long a token is good for.
    pub token_seconds: u64,
    /// Where not `None`, an artist who is asked for by a platform's identifier for the first time is
    /// missing, and there so much later.
    pub admission_ms: Option<u64>,
    /// Windows of more days than this are answered with 15 rows, a larger total and no next page.
    pub truncate_over_days: Option<u32>,
    /// Duration of a stalled response.
    pub stall_ms: u64,
    /// `Retry-After` of the fault `rate_limit`.
    pub wait_seconds: u64,
    /// Endpoints that are not in the plan.
    pub forbidden: BTreeSet<Endpoint>,
    /// ISRCs that stand for several recordings.
    pub ambiguous_isrcs: BTreeSet<String>,
    /// When which fault happens.
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
