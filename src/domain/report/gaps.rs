//! S17 of docs/semantics.md: which days are expected for each track and platform, which are covered, and
//! which a sync could fill. Computed per track, so that data of one track does not hide gaps of another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::build::selected_tracks;
use super::cell::CellAmounts;
use super::evidence::{Evidence, TrackEvidence, TrackPlatformEvidence};
use crate::domain::amounts::{DayAmounts, DaySet};
use crate::domain::query::Query;
use crate::domain::series::DayRuns;
use crate::domain::sync::SyncPlan;
use crate::domain::text::format::decimal;
use crate::domain::{Day, Range};

/// The days of a range up to yesterday.
fn past(range: Range, today: Day) -> DaySet {
    DaySet::from_days(range, range.from(), today - 1)
}

/// Whether and why a track is absent from a platform in the range (S13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// It exists there, or was never fetched.
    No,
    /// The whole range was fetched and the provider has no data at all.
    NoData,
    /// Released after the range, with no observation up to the end of the range.
    NotReleased,
}

pub(super) fn absence(
    track: &TrackEvidence,
    pair: &TrackPlatformEvidence,
    range: Range,
    today: Day,
) -> Absence {
    let first = pair.observed().and_then(DayRuns::first);
    if track.release.is_some_and(|release| release > range.to())
        && first.is_none_or(|first| first > range.to())
    {
        return Absence::NotReleased;
    }
    if first.is_some() {
        return Absence::No;
    }
    let past = past(range, today);
    let asked_for = || days_in_runs(pair.windows.iter().copied(), range);
    if !past.is_empty() && asked_for().is_superset(&past) { Absence::NoData } else { Absence::No }
}

/// The days that should be covered if the track exists: from the release to yesterday.
pub(super) fn expected_days(track: &TrackEvidence, range: Range, today: Day) -> DaySet {
    let from = track.release.map_or(range.from(), |release| release.max(range.from()));
    DaySet::from_days(range, from, today - 1)
}

/// Whether any expected day was never fetched and has no observation (S17).
pub(super) fn is_never_fetched(pair: &TrackPlatformEvidence, expected: &DaySet, range: Range) -> bool {
    let is_inside = |window: &(Day, Day)| window.0 <= range.from() && window.1 >= range.to();
    if expected.is_empty() || pair.windows.iter().any(is_inside) {
        return false;
    }
    !fetched_days(pair, range).is_superset(expected)
}

/// Days that were fetched or have an observation.
fn fetched_days(pair: &TrackPlatformEvidence, range: Range) -> DaySet {
    let mut fetched = days_in_runs(pair.windows.iter().copied(), range);
    fetched.union_with(&days_in_runs(pair.observed().into_iter().flat_map(DayRuns::iter), range));
    fetched
}

/// The days of these runs (first, last) that lie in the range.
fn days_in_runs(runs: impl Iterator<Item = (Day, Day)>, range: Range) -> DaySet {
    let mut days = DaySet::default();
    runs.for_each(|(from, to)| days.union_with(&DaySet::from_days(range, from, to)));
    days
}

/// Counts of expected and covered series-days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Coverage {
    pub expected: usize,
    pub covered: usize,
}

impl Coverage {
    pub fn add(&mut self, other: Coverage) {
        self.expected += other.expected;
        self.covered += other.covered;
    }

    /// The covered share with four decimals; `None` if nothing is expected.
    pub fn ratio(self) -> Option<String> {
        (self.expected > 0).then(|| decimal(self.covered as i128, self.expected as i128, 4))
    }
}

/// Consecutive days of one track on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Gap {
    /// The track's UUID.
    pub track: Uuid,
    /// The platform's code.
    pub platform: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// Which data is stored for a query and which is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Availability {
    /// Whether everything in the range has been fetched.
    pub complete: bool,
    /// Covered share of expected series-days, four decimals; null if none is expected.
    pub coverage: Option<String>,
    /// Days on which at least one expected series is uncovered.
    pub missing_days: Vec<Day>,
    /// Expected platforms without a single covered day.
    pub missing_platforms: Vec<String>,
    /// Gaps that a sync can fill.
    pub never_fetched: Vec<Gap>,
    /// Gaps that were fetched and for which the provider has no data.
    pub empty: Vec<Gap>,
    /// What a sync would fetch; null if syncing is not possible.
    pub plan: Option<SyncPlan>,
}

/// Computes the availability for a query. `plan` is left for the caller, because planning needs more than
/// evidence.
pub fn availability(evidence: &Evidence, query: &Query, today: Day) -> Availability {
    let range = query.period.range();
    let selection = selected_tracks(evidence, query);
    let mut whole = Coverage::default();
    let mut missing = DaySet::default();
    let mut platforms_expected = vec![Coverage::default(); evidence.platforms.len()];
    let (mut never_fetched, mut empty) = (Vec::new(), Vec::new());
    let mut days = DayAmounts::new(range);
    for track in &selection {
        for (index, platform) in evidence.platforms.iter().enumerate() {
            let pair = track.evidence.on_platform(platform);
            let line = CellAmounts::compute(track.evidence, pair, range, today, &mut days);
            let fetched = fetched_days(pair, range);
            let gap =
                |(from, to)| Gap { track: track.evidence.uuid, platform: platform.code.clone(), from, to };
            let uncovered = line.expected.difference(&line.covered);
            missing.union_with(&uncovered);
            whole.add(line.coverage());
            platforms_expected[index].add(line.coverage());
            never_fetched.extend(line.expected.difference(&fetched).runs(range).into_iter().map(gap));
            let nothing_came = line.absence == Absence::NoData;
            let asked_and_empty = if nothing_came { fetched } else { uncovered.intersection(&fetched) };
            empty.extend(asked_and_empty.runs(range).into_iter().map(gap));
        }
    }
    let missing_platforms = evidence.platforms.iter().zip(&platforms_expected);
    Availability {
        complete: never_fetched.is_empty(),
        coverage: whole.ratio(),
        missing_days: missing.places().map(|place| range.from() + place as i32).collect(),
        missing_platforms: missing_platforms
            .filter(|(_, coverage)| coverage.expected > 0 && coverage.covered == 0)
            .map(|(platform, _)| platform.code.clone())
            .collect(),
        never_fetched,
        empty,
        plan: None,
    }
}
