//! One series: the observations of one identifier (or one group of aliases) of a track on a platform,
//! converted into steps. S1 to S6 and S11 of docs/semantics.md.

mod alias;
mod classify;
mod glitch;
pub mod packed;
pub mod track_platform;
mod typical;
pub mod varint;

use std::borrow::Cow;

use super::Day;
use crate::domain::registry::platform::Additive;
use crate::domain::text::string_enum::string_enum;

pub use packed::{
    CleanDays, DayBlock, DayRuns, PackedError, PackedSeries, PackedSteps, PackedTrackPlatform, Packer,
    SeriesStart, pack, parse_packed,
};

/// One day's value as the provider delivered it. Negative values are stored, but ignored when steps of a
/// counter are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Observation {
    /// The provider's date label.
    pub day: Day,
    /// A lifetime total (counter) or the amount of the day (flow).
    pub value: i64,
}

string_enum!(
    /// What is unusual about a step or an excluded observation; shown in reports.
    Flag, "flag", {
        /// Observations excluded because the value jumped away and came back (S3).
        Glitch = "glitch",
        /// The provider repeated an old value: several days arrived as one amount, or have not arrived yet
        /// (S5).
        Stale = "stale",
        /// The provider lowered its counter, or delivered a negative amount (S4, S11).
        Correction = "correction",
        /// The counter fell to about half: earlier steps may have been counted twice (S4).
        Halved = "halved",
        /// The counter rose implausibly fast (S4).
        Jump = "jump",
        /// The newest step is so large that only later evidence can confirm it (S4).
        Unconfirmed = "unconfirmed",
        /// The first value of a new release, counted from 0 on the day before it (S9b).
        Release = "release",
    }
);

/// The kind of a step, which decides how its days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Nothing unusual.
    Plain,
    /// Several days delivered as one amount (S5).
    Stale,
    /// Repeated old values with no later rise to attribute to them: uncovered (S5).
    StaleOpen,
    /// The counter was lowered, or a flow's amount is negative: uncovered (S4, S11).
    Correction,
    /// A correction to about half: uncovered, and every earlier step is doubled (S4).
    Halved,
    /// Uncovered; its size only raises the upper bound (S4).
    Jump,
    /// Covered, adds nothing to the lower bound (S4, S7).
    Unconfirmed,
    /// From 0 on the day before the release to the first value (S9b).
    Release,
    /// Days of a flow that have no value: uncovered (S11).
    Missing,
}

impl StepKind {
    /// Whether the days of the step are covered: their total is known.
    pub const fn covers(self) -> bool {
        matches!(self, StepKind::Plain | StepKind::Stale | StepKind::Unconfirmed | StepKind::Release)
    }

    /// The flags that a report shows for it.
    pub const fn flags(self) -> &'static [Flag] {
        match self {
            StepKind::Plain | StepKind::Missing => &[],
            StepKind::Stale | StepKind::StaleOpen => &[Flag::Stale],
            StepKind::Correction => &[Flag::Correction],
            StepKind::Halved => &[Flag::Correction, Flag::Halved],
            StepKind::Jump => &[Flag::Jump],
            StepKind::Unconfirmed => &[Flag::Unconfirmed],
            StepKind::Release => &[Flag::Release],
        }
    }
}

/// The change between two consecutive observations (S1). It spans the `days` days up to and including
/// `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The last day it covers.
    pub last: Day,
    /// How many days it covers, at least 1.
    pub days: i32,
    /// The amount; negative for a correction.
    pub size: i64,
    /// Decides how its days count.
    pub kind: StepKind,
    /// Whether every play was probably counted twice (S4).
    pub doubled: bool,
}

impl Step {
    /// The first day it covers.
    pub fn first(&self) -> Day {
        self.last - (self.days - 1)
    }

    /// Whether the step gives the exact amount of a single day: one day, no flag, not doubled (end of
    /// section 2).
    pub const fn is_clean(&self) -> bool {
        self.days == 1 && matches!(self.kind, StepKind::Plain) && !self.doubled
    }
}

/// What may have happened before the first step (S9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriorBound {
    /// A counter started at 0: at most its first value.
    AtMost(i64),
    /// A flow: unknown.
    Unbounded,
    /// The track was not released yet: zero (S9b).
    Zero,
}

/// A complete series. Its steps are contiguous from the day after `start`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The day before the first step: a counter's first observation.
    pub start: Day,
    /// What may have happened up to and including `start`.
    pub prior: PriorBound,
    /// Contiguous, by day.
    pub steps: Vec<Step>,
    /// Days whose observation was excluded as a glitch (S3), in order.
    pub left_out: Vec<Day>,
}

impl Series {
    /// The last day of the last step; `start` if there are no steps.
    pub fn last(&self) -> Day {
        self.steps.last().map_or(self.start, |step| step.last)
    }

    /// Builds a counter's series from observations sorted by day, one per day; `None` if none of them is
    /// valid.
    pub fn counter(observations: &[Observation]) -> Option<Self> {
        let valid: Vec<Observation> = observations.iter().copied().filter(|o| o.value >= 0).collect();
        let first = *valid.first()?;
        let (kept, left_out) = glitch::remove_glitches(&valid);
        let steps = classify::steps(&kept);
        Some(Series { start: first.day, prior: PriorBound::AtMost(first.value), steps, left_out })
    }

    /// Builds a flow's series from observations sorted by day, one per day: every value is a clean step
    /// (S11). `None` if none of them is valid.
    pub fn flow(observations: &[Observation]) -> Option<Self> {
        let first = observations.first()?;
        observations.iter().find(|o| o.value >= 0)?;
        let mut steps: Vec<Step> = Vec::with_capacity(observations.len());
        let mut before = first.day - 1;
        for observation in observations {
            let gap = observation.day - before - 1;
            if gap > 0 {
                let last = observation.day - 1;
                steps.push(Step { last, days: gap, size: 0, kind: StepKind::Missing, doubled: false });
            }
            let kind = if observation.value >= 0 { StepKind::Plain } else { StepKind::Correction };
            steps.push(Step {
                last: observation.day,
                days: 1,
                size: observation.value,
                kind,
                doubled: false,
            });
            before = observation.day;
        }
        Some(Series { start: first.day - 1, prior: PriorBound::Unbounded, steps, left_out: Vec::new() })
    }

    /// Counts the first value as a step from the day before the release where S9b of docs/semantics.md
    /// applies. Applied when reading and never stored, because a release date may arrive later.
    #[must_use]
    pub fn with_release(mut self, release: Option<Day>) -> Self {
        if let Some((start, step)) = release_step(self.start, self.prior, release) {
            self.steps.insert(0, step);
            self.start = start;
            self.prior = PriorBound::Zero;
        }
        self
    }
}

/// S9b: the step from the release to the first value and the day before the release, if the release is known
/// and at most 7 days before that value.
fn release_step(start: Day, before: PriorBound, release: Option<Day>) -> Option<(Day, Step)> {
    let (PriorBound::AtMost(first), Some(release)) = (before, release) else { return None };
    let days = start - release + 1;
    let step = Step { last: start, days, size: first, kind: StepKind::Release, doubled: false };
    (1..=8).contains(&days).then_some((release - 1, step))
}

/// One of a track's identifiers on a platform, with its observations.
#[derive(Debug, Clone, Copy)]
pub struct IdentifierObservations<'a> {
    /// The platform's own id of the track; may be empty.
    pub identifier: &'a str,
    /// Sorted by day, one per day.
    pub observations: &'a [Observation],
}

/// A track's identifiers on a platform, sorted by text. A song can have tens of thousands, so observations
/// are loaded one identifier at a time and may be loaded repeatedly.
pub trait ObservationSource {
    /// The number of identifiers.
    fn count(&self) -> usize;

    /// The platform's own id of the track; may be empty.
    fn identifier(&self, index: usize) -> &str;

    /// Sorted by day, one per day.
    fn observations(&self, index: usize) -> Cow<'_, [Observation]>;
}

/// An in-memory [`ObservationSource`].
#[derive(Debug)]
pub struct SortedIdentifiers<'a>(Vec<IdentifierObservations<'a>>);

impl<'a> SortedIdentifiers<'a> {
    /// Sorts the identifiers.
    pub fn new(identifiers: &[IdentifierObservations<'a>]) -> Self {
        let mut sorted = identifiers.to_vec();
        sorted.sort_by_key(|identified| identified.identifier);
        SortedIdentifiers(sorted)
    }
}

impl ObservationSource for SortedIdentifiers<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn identifier(&self, index: usize) -> &str {
        self.0[index].identifier
    }

    fn observations(&self, index: usize) -> Cow<'_, [Observation]> {
        Cow::Borrowed(self.0[index].observations)
    }
}

/// Calls `take` with each series of a track on a platform. Identifiers that repeat one counter are merged
/// into one series (S6); every other identifier is a series of its own, and one without a valid value is
/// skipped.
pub fn for_each_series(
    kind: Additive,
    mirrors: bool,
    source: &dyn ObservationSource,
    mut take: impl FnMut(Series),
) {
    match kind {
        Additive::Counter => alias::groups(mirrors, source)
            .iter()
            .filter_map(|group| Series::counter(&alias::union(group, source)))
            .for_each(take),
        Additive::Flow => (0..source.count())
            .filter_map(|index| Series::flow(&source.observations(index)))
            .for_each(&mut take),
    }
}

/// All series of a track on a platform.
pub fn derive(kind: Additive, mirrors: bool, identifiers: &[IdentifierObservations<'_>]) -> Vec<Series> {
    let mut all = Vec::new();
    for_each_series(kind, mirrors, &SortedIdentifiers::new(identifiers), |series| all.push(series));
    all
}
