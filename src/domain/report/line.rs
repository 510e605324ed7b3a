//! The amount of one track on one platform over the range: S13 of docs/semantics.md.

use super::evidence::{PairEvidence, TrackEvidence};
use super::gaps::{Absence, Coverage, absence, expected};
use crate::domain::window::{DayAmounts, DaySet, Flags, read};
use crate::domain::{Amount, Day, Range};

/// Everything a report needs about a track on a platform.
pub(super) struct Line {
    pub amount: Amount,
    pub flags: Flags,
    /// Days covered by any of its series.
    pub covered: DaySet,
    /// Days that should be covered (S17); empty if absent.
    pub expected: DaySet,
    pub absence: Absence,
}

impl Line {
    /// Computes the amounts; `days` is overwritten with the daily amounts.
    pub fn read(
        track: &TrackEvidence,
        pair: &PairEvidence,
        range: Range,
        today: Day,
        days: &mut DayAmounts,
    ) -> Self {
        days.clear();
        let mut line = Line {
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
        line.expected = expected(track, range, today);
        let series = pair.series();
        if !series.is_empty() {
            let amounts =
                series.iter().map(|series| read(series, track.release, range, days, &mut line.flags));
            line.amount = amounts.sum();
        }
        line.covered = *days.covered();
        line
    }

    /// Covered of expected days.
    pub fn coverage(&self) -> Coverage {
        Coverage { expected: self.expected.len(), covered: self.expected.both(&self.covered).len() }
    }
}
