//! Audit of a figure: every step of a series with its contribution (S7 to S9 of docs/semantics.md). Both reports
//! and audits use [`contributions`], so the entries add up to the figure (S23).

use serde::{Deserialize, Serialize};

use crate::domain::amounts::{Contribution, contributions, is_absent, series_amount};
use crate::domain::series::track_platform::TrackPlatform;
use crate::domain::series::{Flag, PriorBound, Series};
use crate::domain::text::string_enum::string_enum;
use crate::domain::{Day, Figure, Range};

string_enum!(
    /// The kind of an audit entry.
    EntryKind, "entry", {
        /// Days before the first observation.
        Before = "before",
        /// A step entirely inside the range.
        Whole = "whole",
        /// A step partly inside the range.
        Edge = "edge",
        /// A step inside the range that is not counted.
        Uncovered = "uncovered",
        /// Days after the last observation.
        After = "after",
    }
);

/// Consecutive days of a series and their contribution to the figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Whether and how it is counted.
    pub kind: EntryKind,
    /// Its first day, in the range or before it.
    pub first: Day,
    /// Its last day, in the range or after it.
    pub last: Day,
    /// How many of its days lie in the range.
    pub days_inside: u32,
    /// The size of the whole step; before the first observation, the upper bound.
    pub size: Option<i128>,
    /// Its contribution; `None` if unknown.
    pub adds: Option<Figure>,
    /// What is unusual about it.
    pub flags: Vec<Flag>,
}

/// A series of a track on a platform over a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesAudit {
    /// Its figure; `None` if no day is covered.
    pub total: Option<Figure>,
    /// In order of days.
    pub entries: Vec<AuditEntry>,
    /// Days in the range whose observation was excluded (S3).
    pub left_out: Vec<Day>,
}

/// Audits all series of a track on a platform, in report order. `release` as in [`Series::with_release`].
pub fn audit(pair: TrackPlatform, release: Option<Day>, range: Range) -> Vec<SeriesAudit> {
    pair.series.into_iter().map(|series| audit_series(&series.with_release(release), range)).collect()
}

fn audit_series(series: &Series, range: Range) -> SeriesAudit {
    let mut entries = Vec::new();
    if !is_absent(series.prior, series.start, range) {
        entries.extend(before_first(series, range));
        entries.extend(contributions(series, range).map(|share| {
            let step = share.step;
            let is_whole = share.days_inside == step.days as usize;
            let (kind, adds) = match share.contribution {
                Contribution::Figure(figure) => {
                    (if is_whole { EntryKind::Whole } else { EntryKind::Edge }, Some(figure))
                }
                Contribution::AtMost(size) => (EntryKind::Uncovered, Some(at_most(size))),
                Contribution::Unbounded => (EntryKind::Uncovered, None),
            };
            let mut flags = step.kind.flags().to_vec();
            if step.doubled {
                flags.push(Flag::Halved);
            }
            AuditEntry {
                kind,
                first: step.first(),
                last: step.last,
                days_inside: share.days_inside as u32,
                size: Some(step.size.into()),
                adds,
                flags,
            }
        }));
        entries.extend(after_last(series, range));
    }
    SeriesAudit {
        total: series_amount(series, range).figure(),
        entries,
        left_out: series.left_out.iter().copied().filter(|day| range.contains(*day)).collect(),
    }
}

/// A figure of which only the upper bound is known.
fn at_most(size: i128) -> Figure {
    Figure { estimate: 0, low: 0, high: Some(size), exact: false }
}

/// Days of the range up to the first observation (S9).
fn before_first(series: &Series, range: Range) -> Option<AuditEntry> {
    let last = series.start.min(range.to());
    let (size, adds) = match series.prior {
        PriorBound::Zero => return None,
        PriorBound::AtMost(value) => (Some(value.into()), Some(at_most(value.into()))),
        PriorBound::Unbounded => (None, None),
    };
    (range.from() <= last).then(|| entry(EntryKind::Before, range.from(), last, size, adds))
}

/// Days of the range after the last observation (S9).
fn after_last(series: &Series, range: Range) -> Option<AuditEntry> {
    let first = (series.last() + 1).max(range.from());
    (first <= range.to()).then(|| entry(EntryKind::After, first, range.to(), None, None))
}

fn entry(kind: EntryKind, first: Day, last: Day, size: Option<i128>, adds: Option<Figure>) -> AuditEntry {
    let days_inside = u32::try_from(last - first + 1).unwrap_or(0);
    AuditEntry { kind, first, last, days_inside, size, adds, flags: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::series::Observation;
    use proptest::prelude::*;

    fn day(number: i64) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_listed_adds_up_to_what_is_shown(
            values in proptest::collection::btree_map(0i64..60, -5i64..5_000, 1..40),
            from in 0i64..50, days in 0i64..20, release in proptest::option::of(0i64..40),
        ) {
            let observations: Vec<Observation> =
                values.into_iter().map(|(number, value)| Observation { day: day(number), value }).collect();
            let Some(series) = Series::counter(&observations) else { return Ok(()) };
            let range = Range::new(day(from), day(from + days)).unwrap();
            let series = series.with_release(release.map(day));
            let SeriesAudit { total, entries, .. } = audit_series(&series, range);
            let sum = |of: fn(Figure) -> i128| entries.iter().filter_map(|e| e.adds).map(of).sum::<i128>();
            if let Some(total) = total {
                prop_assert_eq!(total.estimate, sum(|figure| figure.estimate));
                prop_assert_eq!(total.low, sum(|figure| figure.low));
                let high: Option<i128> = entries.iter().map(|e| e.adds.and_then(|figure| figure.high)).sum();
                prop_assert_eq!(total.high, high);
            }
            // Every day of the range is in exactly one entry, except if the series is not released yet.
            let inside: u32 = entries.iter().map(|e| e.days_inside).sum();
            let before_release = if series.prior == PriorBound::Zero { (series.start - range.from() + 1).clamp(0, days as i32 + 1) } else { 0 };
            prop_assert_eq!(inside as i64, days + 1 - i64::from(before_release));
        }
    }
}
