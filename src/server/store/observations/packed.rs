//! The packed format of observations: one row for each identifier of a track on a platform, at about 4 bytes
//! per observation instead of 40, and one row instead of 365 a year. Days are run-length encoded, values are
//! deltas, fetch ids are run-length encoded.

use crate::domain::Day;
use crate::domain::series::Observation;
use crate::domain::series::varint::{Reader, put, put_signed};
use crate::server::error::Error;
use crate::server::store::imports::UndoableImports;

/// Layout version, the first byte of every row.
const LAYOUT: u64 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FetchedObservation {
    pub observation: Observation,
    pub fetch_id: i64,
}

/// A value that a later fetch replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplacedObservation {
    /// The replaced observation and its fetch.
    pub before: FetchedObservation,
    /// The fetch that replaced it.
    pub replaced_by: i64,
}

/// Packs observations, sorted by day, one per day.
pub fn pack(observations: &[FetchedObservation]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + observations.len() * 4);
    put(&mut out, LAYOUT);
    let days = runs(observations, |a, b| b.observation.day - a.observation.day == 1);
    put(&mut out, days.len() as u64);
    let mut before = 0;
    for run in &days {
        let first = run[0].observation.day.number();
        put_signed(&mut out, i64::from(first - before));
        put(&mut out, run.len() as u64);
        before = run[run.len() - 1].observation.day.number();
    }
    let mut before = 0i64;
    for fetched in observations {
        // Differences wrap modulo 2^64.
        put_signed(&mut out, fetched.observation.value.wrapping_sub(before));
        before = fetched.observation.value;
    }
    for run in runs(observations, |a, b| a.fetch_id == b.fetch_id) {
        put(&mut out, run.len() as u64);
        put_signed(&mut out, run[0].fetch_id);
    }
    out
}

fn runs(
    observations: &[FetchedObservation],
    same_run: impl FnMut(&FetchedObservation, &FetchedObservation) -> bool,
) -> Vec<&[FetchedObservation]> {
    observations.chunk_by(same_run).collect()
}

/// Unpacks what [`pack`] packed.
///
/// # Errors
/// If the bytes are damaged or of another layout.
pub fn unpack(bytes: &[u8]) -> Result<Vec<FetchedObservation>, Error> {
    let mut reader = Reader::new(bytes);
    read(&mut reader, bytes.len())
        .filter(|_| reader.is_at_end())
        .ok_or_else(|| Error::Damaged("a row of observations cannot be read".to_owned()))
}

fn read(reader: &mut Reader<'_>, length: usize) -> Option<Vec<FetchedObservation>> {
    if reader.get()? != LAYOUT {
        return None;
    }
    let mut all: Vec<FetchedObservation> = Vec::new();
    let mut next = 0i64;
    for _ in 0..reader.get_count()? {
        next = next.checked_add(reader.get_signed()?)?;
        let count = reader.get_count()?;
        // Every value takes at least one byte.
        if all.len() + count > length {
            return None;
        }
        for _ in 0..count {
            let observation = Observation { day: Day::from_number(next).ok()?, value: 0 };
            all.push(FetchedObservation { observation, fetch_id: 0 });
            next += 1;
        }
        next -= 1;
    }
    let mut value = 0i64;
    for fetched in &mut all {
        value = value.wrapping_add(reader.get_signed()?);
        fetched.observation.value = value;
    }
    let mut rest = all.as_mut_slice();
    while !rest.is_empty() {
        let count = usize::try_from(reader.get()?).ok().filter(|count| *count > 0)?;
        let fetch_id = reader.get_signed()?;
        let (run, after) = rest.split_at_mut_checked(count)?;
        run.iter_mut().for_each(|fetched| fetched.fetch_id = fetch_id);
        rest = after;
    }
    Some(all)
}

/// Result of [`merge`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::server::store) struct Merged {
    /// All observations, sorted by day; `None` if nothing changed.
    pub all: Option<Vec<FetchedObservation>>,
    /// Number of new days.
    pub added: u64,
    /// Replaced values.
    pub replaced: Vec<ReplacedObservation>,
    /// Days confirmed by this fetch whose stored value is from an import (imports can be undone).
    pub confirmed: Vec<Day>,
}

/// Merges `new` observations of a fetch into the stored ones, both sorted by day, one per day. A repeated
/// value changes nothing: the observation keeps its first fetch.
pub(in crate::server::store) fn merge(
    stored: &[FetchedObservation],
    new: &[Observation],
    fetch_id: i64,
    imports: &UndoableImports,
) -> Merged {
    let mut merged = Merged::default();
    let mut all = Vec::with_capacity(stored.len() + new.len());
    let mut rest = stored;
    for observation in new {
        let earlier = rest.partition_point(|fetched| fetched.observation.day < observation.day);
        all.extend_from_slice(&rest[..earlier]);
        rest = &rest[earlier..];
        let new = FetchedObservation { observation: *observation, fetch_id };
        match rest.split_first() {
            Some((before, after)) if before.observation.day == observation.day => {
                rest = after;
                if before.observation.value == observation.value {
                    if before.fetch_id != fetch_id && imports.contains(before.fetch_id) {
                        merged.confirmed.push(observation.day);
                    }
                    all.push(*before);
                } else {
                    all.push(new);
                    merged.replaced.push(ReplacedObservation { before: *before, replaced_by: fetch_id });
                }
            }
            _ => {
                all.push(new);
                merged.added += 1;
            }
        }
    }
    all.extend_from_slice(rest);
    if merged.added > 0 || !merged.replaced.is_empty() {
        merged.all = Some(all);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fetched(day: i32, value: i64, fetch_id: i64) -> FetchedObservation {
        let start: Day = "2026-01-01".parse().unwrap();
        FetchedObservation { observation: Observation { day: start + day, value }, fetch_id }
    }

    proptest! {
        #[test]
        fn round_trip(days in proptest::collection::btree_map(-20_000i32..40_000, (any::<i64>(), 0i64..3), 0..80)) {
            let all: Vec<_> = days.into_iter().map(|(day, (value, fetch))| fetched(day, value, fetch)).collect();
            prop_assert_eq!(unpack(&pack(&all)).unwrap(), all);
        }

        #[test]
        fn damage_is_an_error_and_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }

        #[test]
        fn merging_is_taking_the_newest_of_each_day(
            old in proptest::collection::btree_map(0i32..40, 0i64..3, 0..30),
            new in proptest::collection::btree_map(0i32..40, 0i64..3, 0..30),
        ) {
            let stored: Vec<_> = old.iter().map(|(day, value)| fetched(*day, *value, 1)).collect();
            let incoming: Vec<_> = new.iter().map(|(day, value)| fetched(*day, *value, 2).observation).collect();
            let mut expected = old.clone();
            expected.extend(new.clone());
            let merged = merge(&stored, &incoming, 2, &UndoableImports::default());
            let changed = new.iter().filter(|(day, value)| old.get(day).is_some_and(|before| before != *value)).count();
            prop_assert_eq!(merged.replaced.len(), changed);
            prop_assert_eq!(merged.added as usize, expected.len() - old.len());
            let all = merged.all.unwrap_or(stored);
            let found: Vec<_> = all.iter().map(|f| f.observation).collect();
            let expected: Vec<_> = expected.iter().map(|(day, value)| fetched(*day, *value, 0).observation).collect();
            prop_assert_eq!(found, expected);
            for f in all {
                let day = f.observation.day - fetched(0, 0, 0).observation.day;
                prop_assert_eq!(f.fetch_id == 1, old.get(&day) == Some(&f.observation.value));
            }
        }
    }

    #[test]
    fn a_usual_observation_takes_a_few_bytes() {
        let year: Vec<_> = (0..365).map(|day| fetched(day, 1_000_000 + i64::from(day) * 9_000, 1)).collect();
        assert!(pack(&year).len() < 365 * 4);
    }
}
