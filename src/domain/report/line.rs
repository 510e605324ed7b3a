//! One track on one platform over the range: S13 of docs/semantics.md.

use super::evidence::TrackEvidence;
use super::gaps::{Absence, Coverage, absence, expected};
use crate::domain::pair::PairDigest;
use crate::domain::series::{self, PackedError, Runs};
use crate::domain::window::{DayAmounts, DaySet, Flags, read};
use crate::domain::{Amount, Day, Range};

/// Everything the report needs to know about a track on a platform.
pub(super) struct Line<'a> {
    pub amount: Amount,
    pub flags: Flags,
    /// Days covered by any of its series.
    pub covered: DaySet,
    /// Days to be covered (S17); none where it is absent.
    pub expected: DaySet,
    /// Days with an observation, whether in the range or not.
    pub observed: Runs<'a>,
    pub absence: Absence,
    /// Of the observations used (S22).
    pub digest: Option<PairDigest>,
}

impl<'a> Line<'a> {
    /// Reads the evidence of `track` on the platform at `platform`; `days` then holds its days.
    pub fn read(
        track: &'a TrackEvidence,
        platform: usize,
        range: Range,
        today: Day,
        days: &mut DayAmounts,
    ) -> Result<Self, PackedError> {
        days.clear();
        let evidence = &track.pairs[platform];
        let pair = evidence.packed.as_ref().map(|(_, bytes)| series::read(bytes)).transpose()?;
        let (observed, series) = pair.map_or_else(Default::default, |pair| (pair.observed, pair.series));
        let mut line = Line {
            amount: Amount::Unknown,
            flags: Flags::default(),
            covered: DaySet::default(),
            expected: DaySet::default(),
            absence: absence(track, observed, &evidence.windows, range, today),
            observed,
            digest: evidence.packed.as_ref().map(|(digest, _)| *digest),
        };
        if line.absence != Absence::No {
            line.amount = Amount::Absent;
            return Ok(line);
        }
        line.expected = expected(track, range, today);
        if !series.is_empty() {
            line.amount = series
                .into_iter()
                .map(|series| read(&series.with_release(track.release), range, days, &mut line.flags))
                .sum();
        }
        line.covered = *days.covered();
        Ok(line)
    }

    /// The last day with an observation, whether in the range or not.
    pub fn observed_until(&self) -> Option<Day> {
        self.observed.last()
    }

    /// Covered of expected days.
    pub fn coverage(&self) -> Coverage {
        Coverage { expected: self.expected.len(), covered: self.expected.both(&self.covered).len() }
    }
}
