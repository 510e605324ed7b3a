//! The derived series of one track on one platform. The store keeps them next to the raw observations so that
//! a report reads a few bytes per day. They are never a second source of truth: they are written in the same
//! transaction as the observations, and `music-analytics rebuild` derives them again.

use sha2::{Digest as _, Sha256};

use crate::domain::series::{
    self, IdentifierObservations, ObservationSource, Packer, Series, SortedIdentifiers, derive,
};
use crate::domain::{Day, Kind};

/// The derived series of a track on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrackPlatform {
    /// Runs of days (first, last) with an observation of any identifier, sorted and not adjacent.
    pub observed: Vec<(Day, Day)>,
    /// Its series (S1 to S6, S11); empty for kinds that are not additive over days.
    pub series: Vec<Series>,
}

/// Digest of everything a pair is derived from (S22). Changes with any observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceDigest(pub [u8; 16]);

/// Like [`TrackPlatform::work_out`] followed by packing, but holds only one identifier and one series in memory at
/// a time. Returns the digest of the observations and the packed series.
pub fn derive_packed(kind: Kind, mirrors: bool, source: &dyn ObservationSource) -> (EvidenceDigest, Vec<u8>) {
    let mut packer = Packer::default();
    if let Some(kind) = kind.additive() {
        series::for_each_series(kind, mirrors, source, |series| packer.add(&series));
    }
    (EvidenceDigest::from_source(kind, mirrors, source), packer.finish(&observed(source)))
}

impl TrackPlatform {
    /// Derives the series from the observations of all identifiers.
    pub fn work_out(kind: Kind, mirrors: bool, identifiers: &[IdentifierObservations<'_>]) -> Self {
        let series = kind.additive().map_or_else(Vec::new, |kind| derive(kind, mirrors, identifiers));
        TrackPlatform { observed: observed(&SortedIdentifiers::new(identifiers)), series }
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

impl EvidenceDigest {
    /// Computes the digest of the input of [`TrackPlatform::work_out`]; independent of the order of identifiers.
    pub fn compute(kind: Kind, mirrors: bool, identifiers: &[IdentifierObservations<'_>]) -> Self {
        Self::from_source(kind, mirrors, &SortedIdentifiers::new(identifiers))
    }

    fn from_source(kind: Kind, mirrors: bool, source: &dyn ObservationSource) -> Self {
        let mut hash = Sha256::new();
        hash.update(kind.as_str());
        hash.update([0, u8::from(mirrors)]);
        for index in 0..source.count() {
            let (identifier, observations) = (source.identifier(index), source.observations(index));
            if observations.is_empty() {
                continue;
            }
            hash.update((identifier.len() as u64).to_le_bytes());
            hash.update(identifier);
            hash.update((observations.len() as u64).to_le_bytes());
            for o in &*observations {
                let mut bytes = [0; 12];
                bytes[..4].copy_from_slice(&o.day.number().to_le_bytes());
                bytes[4..].copy_from_slice(&o.value.to_le_bytes());
                hash.update(bytes);
            }
        }
        let digest = hash.finalize();
        EvidenceDigest(std::array::from_fn(|index| digest[index]))
    }
}

/// Merges the days observed under any identifier into runs.
fn observed(source: &dyn ObservationSource) -> Vec<(Day, Day)> {
    let mut all: Vec<(Day, Day)> = Vec::new();
    for index in 0..source.count() {
        let observations = source.observations(index);
        let runs = observations.chunk_by(|a, b| b.day - a.day == 1);
        all.extend(runs.map(|run| (run[0].day, run[run.len() - 1].day)));
    }
    all.sort_unstable();
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for (first, last) in all {
        match runs.last_mut() {
            Some(run) if first - run.1 <= 1 => run.1 = run.1.max(last),
            _ => runs.push((first, last)),
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
        let a = IdentifierObservations { identifier: "a", observations: &a };
        let b = IdentifierObservations { identifier: "b", observations: &b };
        let digest = |all: &[IdentifierObservations<'_>]| EvidenceDigest::compute(Kind::Counter, false, all);
        assert_eq!(digest(&[a, b]), digest(&[b, a]));
        assert_ne!(digest(&[a]), digest(&[a, b]));
        assert_ne!(digest(&[a]), EvidenceDigest::compute(Kind::Flow, false, &[a]));
    }

    #[test]
    fn packing_one_at_a_time_is_packing_all() {
        let all =
            [observations(&[1, 2, 9]), observations(&[3, 20]), observations(&[]), observations(&[1, 2, 9])];
        let names = ["c", "a", "d", "b"];
        let identified: Vec<IdentifierObservations<'_>> = names
            .iter()
            .zip(&all)
            .map(|(identifier, observations)| IdentifierObservations { identifier, observations })
            .collect();
        for kind in Kind::ALL {
            let (digest, packed) = derive_packed(*kind, true, &SortedIdentifiers::new(&identified));
            assert_eq!(digest, EvidenceDigest::compute(*kind, true, &identified));
            assert_eq!(packed, series::pack(&TrackPlatform::work_out(*kind, true, &identified)));
        }
    }

    #[test]
    fn observed_days_are_runs() {
        let (a, b) = (observations(&[1, 2, 9]), observations(&[3, 20]));
        let pair = TrackPlatform::work_out(
            Kind::Stock,
            false,
            &[
                IdentifierObservations { identifier: "a", observations: &a },
                IdentifierObservations { identifier: "b", observations: &b },
            ],
        );
        let start: Day = "2026-01-01".parse().unwrap();
        assert_eq!(pair.observed, [(start + 1, start + 3), (start + 9, start + 9), (start + 20, start + 20)]);
        assert_eq!(pair.series, []);
    }
}
