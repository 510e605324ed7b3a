//! One line of evidence: the observations of one identifier (or of one group of aliases) of a track
//! on a platform, worked out into steps. S1 to S6 and S11 of docs/semantics.md.

mod alias;
mod glitch;
pub mod packed;
mod restate;
mod typical;

use std::borrow::Cow;

use super::Day;
use super::platform::Additive;
use super::words::words;

pub use packed::{
    Beginning, Block, CleanDays, PackedError, PackedPair, PackedSeries, Packer, Runs, Steps, pack, read,
};

/// One value of one day, as the provider delivered it. A negative value is kept as evidence and
/// counts as no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Observation {
    /// The provider's date label.
    pub day: Day,
    /// A lifetime total (counter) or the amount of the day (flow).
    pub value: i64,
}

words!(
    /// What is unusual about a step or a left-out observation, for the reader of a report.
    Flag, "flag", {
        /// Observations left out because the provider's value left its path and came back (S3).
        Glitch = "glitch",
        /// The provider repeated an old value: the amount of several days came at once, or not yet (S5).
        Stale = "stale",
        /// The provider lowered its counter, or delivered a negative amount (S4, S11).
        Correction = "correction",
        /// The counter fell to about half: earlier steps may have been counted twice (S4).
        Halved = "halved",
        /// The counter rose by so much at once that it is no audience (S4).
        Jump = "jump",
        /// The newest step is so large that only later evidence can confirm it (S4).
        Unconfirmed = "unconfirmed",
        /// The first value of a new release, counted from 0 on the day before it (S9b).
        Release = "release",
    }
);

/// What a step is, and so how its days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Nothing unusual.
    Plain,
    /// Several days that the provider delivered as one (S5).
    Stale,
    /// Days on which the provider repeated an old value, with no later rise that would tell what
    /// happened: uncovered (S5).
    StaleOpen,
    /// The counter was lowered, or a flow's amount is negative: uncovered (S4, S11).
    Correction,
    /// A correction to about half: uncovered, and every earlier step is doubled (S4).
    Halved,
    /// Uncovered; the size bounds what may have happened (S4).
    Jump,
    /// Covered, adds nothing to the lower bound (S4, S7).
    Unconfirmed,
    /// From 0 on the day before the release to the first value (S9b).
    Release,
    /// Days of a flow without a value: uncovered (S11).
    Missing,
}

impl StepKind {
    /// Whether the days of the step are covered: their total is known.
    pub const fn covers(self) -> bool {
        matches!(self, StepKind::Plain | StepKind::Stale | StepKind::Unconfirmed | StepKind::Release)
    }

    /// The flags it shows.
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

/// What happened between two observations that follow each other (S1). It covers the `days` days
/// that end with `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The last day it covers.
    pub last: Day,
    /// How many days it covers, at least 1.
    pub days: i32,
    /// The amount; negative for a correction.
    pub size: i64,
    /// How the days count.
    pub kind: StepKind,
    /// Whether the provider had probably counted every play twice (S4).
    pub doubled: bool,
}

impl Step {
    /// The first day it covers.
    pub fn first(&self) -> Day {
        self.last - (self.days - 1)
    }

    /// Whether the amount of its day is known by itself: one day, no flag, not doubled (end of
    /// section 2).
    pub const fn is_clean(&self) -> bool {
        self.days == 1 && matches!(self.kind, StepKind::Plain) && !self.doubled
    }
}

/// What may have happened before the first step (S9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// A counter started at 0, so at most its first value.
    AtMost(i64),
    /// A flow: nothing is known.
    Unbounded,
    /// The track was not released yet: nothing happened (S9b).
    Nothing,
}

/// A whole series, worked out. Its steps follow each other without a hole from the day after `start`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The day before the first step: a counter's first observation.
    pub start: Day,
    /// What may have happened up to and including `start`.
    pub before: Before,
    /// In order of days, without holes between them.
    pub steps: Vec<Step>,
    /// Days whose observation was left out (S3), in order.
    pub left_out: Vec<Day>,
}

impl Series {
    /// The last day of the last step; `start` where there is no step.
    pub fn last(&self) -> Day {
        self.steps.last().map_or(self.start, |step| step.last)
    }

    /// The series of a counter from its observations in order of days, one a day; `None` where no
    /// value is left.
    pub fn counter(observations: &[Observation]) -> Option<Self> {
        let valid: Vec<Observation> = observations.iter().copied().filter(|o| o.value >= 0).collect();
        let first = *valid.first()?;
        let (kept, left_out) = glitch::leave_out(&valid);
        let steps = restate::steps(&kept);
        Some(Series { start: first.day, before: Before::AtMost(first.value), steps, left_out })
    }

    /// The series of a flow from its observations in order of days, one a day: every value is a clean
    /// step of its day (S11). `None` where no value is left.
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
        Some(Series { start: first.day - 1, before: Before::Unbounded, steps, left_out: Vec::new() })
    }

    /// The series with its first value counted as a step since the day before the release, where S9b
    /// of docs/semantics.md says so. Read, not stored: a release date can become known later.
    #[must_use]
    pub fn with_release(mut self, release: Option<Day>) -> Self {
        if let Some((start, step)) = release_step(self.start, self.before, release) {
            self.steps.insert(0, step);
            self.start = start;
            self.before = Before::Nothing;
        }
        self
    }
}

/// S9b: the step from the release to the first value, and the day before it, where the release is known and at
/// most 7 days before that value.
fn release_step(start: Day, before: Before, release: Option<Day>) -> Option<(Day, Step)> {
    let (Before::AtMost(first), Some(release)) = (before, release) else { return None };
    let days = start - release + 1;
    let step = Step { last: start, days, size: first, kind: StepKind::Release, doubled: false };
    (1..=8).contains(&days).then_some((release - 1, step))
}

/// One identifier of a track on a platform with its observations in order of days, one a day.
#[derive(Debug, Clone, Copy)]
pub struct Identified<'a> {
    /// The platform's own id of the track; may be empty.
    pub identifier: &'a str,
    /// In order of days, one a day.
    pub observations: &'a [Observation],
}

/// The identifiers of a track on a platform, in the order of their text. A song can have tens of thousands, so that
/// observations are read one identifier after the other, as often as they are needed.
pub trait Source {
    /// How many there are.
    fn count(&self) -> usize;

    /// The platform's own id of the track; may be empty.
    fn identifier(&self, index: usize) -> &str;

    /// In order of days, one a day.
    fn observations(&self, index: usize) -> Cow<'_, [Observation]>;
}

/// Identifiers in memory, in order.
#[derive(Debug)]
pub struct Sorted<'a>(Vec<Identified<'a>>);

impl<'a> Sorted<'a> {
    /// These, whatever their order.
    pub fn new(identifiers: &[Identified<'a>]) -> Self {
        let mut sorted = identifiers.to_vec();
        sorted.sort_by_key(|identified| identified.identifier);
        Sorted(sorted)
    }
}

impl Source for Sorted<'_> {
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

/// All series of a track on a platform, one after the other: identifiers that repeat one counter are joined (S6), every
/// other is a series of its own. An identifier without a valid value is no series.
pub fn each(kind: Additive, mirrors: bool, source: &dyn Source, mut take: impl FnMut(Series)) {
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
pub fn work_out(kind: Additive, mirrors: bool, identifiers: &[Identified<'_>]) -> Vec<Series> {
    let mut all = Vec::new();
    each(kind, mirrors, &Sorted::new(identifiers), |series| all.push(series));
    all
}
