//! One track on one platform over the range: S13 of docs/semantics.md.

use super::evidence::TrackEvidence;
use super::gaps::{Absence, Coverage, absence, expected};
use crate::domain::pair::{Pair, PairDigest};
use crate::domain::series::{PackedError, unpack};
use crate::domain::window::{DayAmounts, DaySet, Flags, read};
use crate::domain::{Amount, Day, Range};

/// Everything the report needs to know about a track on a platform.
pub(super) struct Line {
    pub amount: Amount,
    pub flags: Flags,
    pub days: DayAmounts,
    /// Days to be covered (S17); none where it is absent.
    pub expected: DaySet,
    /// Days that were asked for, or of which a value came.
    pub fetched: DaySet,
    pub absence: Absence,
    /// The last day with an observation, whether in the range or not.
    pub observed_until: Option<Day>,
    /// Of the observations used (S22).
    pub digest: Option<PairDigest>,
}

impl Line {
    /// Reads the evidence of `track` on the platform at `platform`.
    pub fn read(
        track: &TrackEvidence,
        platform: usize,
        range: Range,
        today: Day,
    ) -> Result<Self, PackedError> {
        let evidence = &track.pairs[platform];
        let pair = evidence.packed.as_ref().map(|(_, bytes)| unpack(bytes)).transpose()?;
        let mut fetched = DaySet::default();
        let observed = pair.iter().flat_map(|pair| &pair.observed);
        evidence.windows.iter().chain(observed).for_each(|&(from, to)| fetched.insert_days(range, from, to));

        let mut line = Line {
            amount: Amount::Unknown,
            flags: Flags::default(),
            days: DayAmounts::new(range),
            expected: DaySet::default(),
            fetched,
            absence: absence(track, pair.as_ref(), &fetched, range, today),
            observed_until: pair.as_ref().and_then(Pair::last_observed),
            digest: evidence.packed.as_ref().map(|(digest, _)| *digest),
        };
        if line.absence != Absence::No {
            line.amount = Amount::Absent;
            return Ok(line);
        }
        line.expected = expected(track, range, today);
        let series = pair.into_iter().flat_map(|pair| pair.series).collect::<Vec<_>>();
        if !series.is_empty() {
            line.amount = series
                .into_iter()
                .map(|series| {
                    read(&series.with_release(track.release), range, &mut line.days, &mut line.flags)
                })
                .sum();
        }
        Ok(line)
    }

    /// Covered of expected days.
    pub fn coverage(&self) -> Coverage {
        Coverage { expected: self.expected.len(), covered: self.expected.both(self.days.covered()).len() }
    }
}
