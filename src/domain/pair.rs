//! All evidence of one track on one platform, worked out: what the store keeps beside the raw
//! observations so that a report reads a few bytes a day. Never a second truth: written in the same
//! transaction as the observations, and rebuilt from them by `music-analytics rebuild`.

use sha2::{Digest as _, Sha256};

use super::series::{Identified, Series, work_out};
use super::{Day, Kind};

/// A track on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pair {
    /// Runs of days (first, last) with an observation of any identifier, in order, not touching.
    pub observed: Vec<(Day, Day)>,
    /// Its series (S1 to S6, S11); none for kinds that do not add up over days.
    pub series: Vec<Series>,
}

/// A digest of everything a pair was worked out from (S22). Changes with any observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairDigest(pub [u8; 16]);

impl Pair {
    /// From the observations of all identifiers, each in order of days with one value a day.
    pub fn work_out(kind: Kind, mirrors: bool, identifiers: &[Identified<'_>]) -> Self {
        let series = kind.additive().map_or_else(Vec::new, |kind| work_out(kind, mirrors, identifiers));
        Pair { observed: observed(identifiers), series }
    }

    /// The first day with an observation.
    pub fn first_observed(&self) -> Option<Day> {
        self.observed.first().map(|run| run.0)
    }

    /// The last day with an observation.
    pub fn last_observed(&self) -> Option<Day> {
        self.observed.last().map(|run| run.1)
    }
}

impl PairDigest {
    /// Of what [`Pair::work_out`] is given; the order of the identifiers does not matter.
    pub fn of(kind: Kind, mirrors: bool, identifiers: &[Identified<'_>]) -> Self {
        let mut sorted: Vec<&Identified<'_>> =
            identifiers.iter().filter(|i| !i.observations.is_empty()).collect();
        sorted.sort_by_key(|i| i.identifier);
        let mut hash = Sha256::new();
        hash.update(kind.as_str());
        hash.update([0, u8::from(mirrors)]);
        for identified in sorted {
            hash.update((identified.identifier.len() as u64).to_le_bytes());
            hash.update(identified.identifier);
            hash.update((identified.observations.len() as u64).to_le_bytes());
            for o in identified.observations {
                let mut bytes = [0; 12];
                bytes[..4].copy_from_slice(&o.day.number().to_le_bytes());
                bytes[4..].copy_from_slice(&o.value.to_le_bytes());
                hash.update(bytes);
            }
        }
        let digest = hash.finalize();
        PairDigest(std::array::from_fn(|index| digest[index]))
    }
}

fn observed(identifiers: &[Identified<'_>]) -> Vec<(Day, Day)> {
    let mut days: Vec<Day> = identifiers.iter().flat_map(|i| i.observations).map(|o| o.day).collect();
    if identifiers.len() > 1 {
        days.sort_unstable();
    }
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if day - run.1 <= 1 => run.1 = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::series::Observation;

    fn observations(days: &[i32]) -> Vec<Observation> {
        let start: Day = "2026-01-01".parse().unwrap();
        days.iter().map(|&day| Observation { day: start + day, value: i64::from(day) }).collect()
    }

    #[test]
    fn digest_ignores_the_order_of_identifiers_and_sees_every_value() {
        let (a, b) = (observations(&[1, 2]), observations(&[3]));
        let a = Identified { identifier: "a", observations: &a };
        let b = Identified { identifier: "b", observations: &b };
        let digest = |all: &[Identified<'_>]| PairDigest::of(Kind::Counter, false, all);
        assert_eq!(digest(&[a, b]), digest(&[b, a]));
        assert_ne!(digest(&[a]), digest(&[a, b]));
        assert_ne!(digest(&[a]), PairDigest::of(Kind::Flow, false, &[a]));
    }

    #[test]
    fn observed_days_are_runs() {
        let (a, b) = (observations(&[1, 2, 9]), observations(&[3, 20]));
        let pair = Pair::work_out(
            Kind::Stock,
            false,
            &[
                Identified { identifier: "a", observations: &a },
                Identified { identifier: "b", observations: &b },
            ],
        );
        let start: Day = "2026-01-01".parse().unwrap();
        assert_eq!(pair.observed, [(start + 1, start + 3), (start + 9, start + 9), (start + 20, start + 20)]);
        assert_eq!(pair.series, []);
    }
}
