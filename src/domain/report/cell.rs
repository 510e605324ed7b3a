//! The amount of one track on one platform over the range: S13 of docs/semantics.md.

use super::evidence::{TrackEvidence, TrackPlatformEvidence};
use super::gaps::{Absence, Coverage, absence, expected_days};
use crate::domain::amounts::{DayAmounts, DaySet, Flags, packed_amount};
use crate::domain::{Amount, Day, Range};

/// Everything a report needs about a track on a platform.
pub(super) struct CellAmounts {
    pub amount: Amount,
    pub flags: Flags,
    /// Days covered by any of its series.
    pub covered: DaySet,
    /// Days that should be covered (S17); empty if absent.
    pub expected: DaySet,
    pub absence: Absence,
}

impl CellAmounts {
    /// Computes the amounts; `days` is overwritten with the daily amounts.
    pub fn compute(
        track: &TrackEvidence,
        pair: &TrackPlatformEvidence,
        range: Range,
        today: Day,
        days: &mut DayAmounts,
    ) -> Self {
        days.clear();
        let mut line = CellAmounts {
            amount: Amount::Unknown,
            flags: Flags::default(),
            covered: DaySet::default(),
            expected: DaySet::default(),
            absence: absence(track, pair, range, today),
        };
        if line.absence != Absence::No {
            line.amount = Amount::Absent;
            return line;
        }
        line.expected = expected_days(track, range, today);
        let series = pair.series();
        if !series.is_empty() {
            let amounts = series
                .iter()
                .map(|series| packed_amount(series, track.release, range, days, &mut line.flags));
            line.amount = amounts.sum();
        }
        line.covered = *days.covered();
        line
    }

    /// Covered of expected days.
    pub fn coverage(&self) -> Coverage {
        Coverage { expected: self.expected.len(), covered: self.expected.intersection(&self.covered).len() }
    }
}
