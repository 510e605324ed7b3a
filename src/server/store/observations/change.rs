//! Applies new observations to a track: merged with the stored ones, series recomputed. Pure; no database
//! access.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::packed::{self, FetchedObservation, ReplacedObservation};
use super::{TrackBatch, WriteCounts, series};
use crate::domain::Day;
use crate::domain::series::track_platform::derive_packed;
use crate::domain::series::{Observation, ObservationSource};
use crate::server::error::Error;
use crate::server::store::imports::UndoableImports;
use crate::server::store::tables::fetched::Window;
use crate::server::store::tables::platforms::Readings;

/// A platform and an identifier on it.
type IdentifierKey = (i64, String);

/// Stored data of a track, packed.
#[derive(Debug, Clone, Default)]
pub(super) struct StoredTrack {
    pub(super) identifiers: BTreeMap<IdentifierKey, Vec<u8>>,
    pub(super) series: Vec<u8>,
}

/// Rows to write for a track.
#[derive(Debug, Default)]
pub(super) struct TrackChange {
    pub(super) track_id: i64,
    /// All rows of the changed platforms, in their new state.
    pub(super) rows: BTreeMap<IdentifierKey, Vec<u8>>,
    pub(super) identifiers: Vec<IdentifierChange>,
    pub(super) confirmed: Vec<ConfirmedDays>,
    pub(super) windows: Vec<Window>,
    pub(super) series: Option<Vec<u8>>,
    pub(super) written: WriteCounts,
}

/// Days whose imported value was confirmed.
#[derive(Debug)]
pub(super) struct ConfirmedDays {
    pub(super) platform_id: i64,
    pub(super) identifier: String,
    pub(super) days: Vec<Day>,
}

#[derive(Debug)]
pub(super) struct IdentifierChange {
    pub(super) key: IdentifierKey,
    pub(super) is_new: bool,
    pub(super) first_day: i64,
    pub(super) last_day: i64,
    pub(super) count: i64,
    pub(super) replaced: Vec<ReplacedObservation>,
}

/// Computes the rows to write for new data of a track. Pure and non-blocking.
///
/// # Errors
/// A platform's kind is unknown; a stored row is damaged.
pub(super) fn compute_change(
    readings: &Readings,
    fetch_id: i64,
    news: &TrackBatch,
    stored: StoredTrack,
    imports: &UndoableImports,
) -> Result<TrackChange, Error> {
    let StoredTrack { identifiers: rows, series } = stored;
    let mut change = TrackChange {
        track_id: news.track_id,
        windows: news.windows.clone(),
        rows,
        ..TrackChange::default()
    };
    let mut touched: BTreeSet<i64> = BTreeSet::new();
    for new in &news.observations {
        let key = (new.platform_id, new.identifier.clone());
        let before = change.rows.get(&key);
        let is_new = before.is_none();
        let before = before.map_or_else(|| Ok(Vec::new()), |bytes| packed::unpack(bytes))?;
        let merged = packed::merge(&before, &new.observations, fetch_id, imports);
        let (added, changed) = (merged.added, merged.replaced.len() as u64);
        let same = new.observations.len() as u64 - added - changed;
        change.written += WriteCounts { added, changed, same, windows: 0 };
        if !merged.confirmed.is_empty() {
            let (platform_id, identifier) = key.clone();
            change.confirmed.push(ConfirmedDays { platform_id, identifier, days: merged.confirmed });
        }
        if let Some(all) = merged.all {
            touched.insert(key.0);
            change.rows.insert(key.clone(), packed::pack(&all));
            change.identifiers.push(IdentifierChange::new(key, is_new, &all, merged.replaced));
        }
    }
    let mut worked_out = Vec::with_capacity(touched.len());
    for platform_id in touched {
        let reading = readings.get(&platform_id).ok_or_else(|| missing_reading(platform_id))?;
        let rows = change.rows.range((platform_id, String::new())..(platform_id + 1, String::new()));
        let rows = StoredIdentifiers::new(rows.map(|(key, packed)| (key.1.as_str(), packed.as_slice())))?;
        worked_out.push((platform_id, derive_packed(reading.kind, reading.mirrors, &rows)));
    }
    let mut pairs = series::unpack_or_empty(&series)?;
    for (platform_id, (digest, packed)) in &worked_out {
        series::platform_entry(&mut pairs, *platform_id).worked_out = Some((*digest, packed));
    }
    for window in &news.windows {
        series::merge_runs(
            &mut series::platform_entry(&mut pairs, window.platform_id).windows,
            &[(window.from, window.to)],
        );
    }
    change.series = Some(series::pack(&pairs)).filter(|packed| !pairs.is_empty() && *packed != series);
    Ok(change)
}

impl IdentifierChange {
    fn new(
        key: IdentifierKey,
        is_new: bool,
        all: &[FetchedObservation],
        replaced: Vec<ReplacedObservation>,
    ) -> Self {
        let day = |fetched: Option<&FetchedObservation>| {
            fetched.map_or(0, |fetched| fetched.observation.day.number().into())
        };
        IdentifierChange {
            key,
            is_new,
            first_day: day(all.first()),
            last_day: day(all.last()),
            count: all.len() as i64,
            replaced,
        }
    }
}

/// Stored rows of a track on a platform as the engine reads them.
#[derive(Debug)]
pub(super) struct StoredIdentifiers<'a>(Vec<(&'a str, IdentifierRow<'a>)>);

/// With few identifiers, all are unpacked at once; with many, one at a time, to bound memory.
#[derive(Debug)]
enum IdentifierRow<'a> {
    Read(Vec<Observation>),
    Packed(&'a [u8]),
}

/// Number of identifiers up to which all are unpacked.
const MAX_UNPACKED_IDENTIFIERS: usize = 256;

impl<'a> StoredIdentifiers<'a> {
    /// From rows sorted by identifier.
    ///
    /// # Errors
    /// A row is damaged.
    pub fn new(rows: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Self, Error> {
        let rows: Vec<(&str, &[u8])> = rows.collect();
        let are_few = rows.len() <= MAX_UNPACKED_IDENTIFIERS;
        let read = |(identifier, packed): (&'a str, &'a [u8])| {
            let observations = packed::unpack(packed)?;
            let row = if are_few {
                IdentifierRow::Read(to_observations(&observations))
            } else {
                IdentifierRow::Packed(packed)
            };
            Ok((identifier, row))
        };
        rows.into_iter().map(read).collect::<Result<_, Error>>().map(StoredIdentifiers)
    }
}

impl ObservationSource for StoredIdentifiers<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn identifier(&self, index: usize) -> &str {
        self.0[index].0
    }

    fn observations(&self, index: usize) -> Cow<'_, [Observation]> {
        match &self.0[index].1 {
            IdentifierRow::Read(observations) => Cow::Borrowed(observations),
            IdentifierRow::Packed(packed) => {
                Cow::Owned(to_observations(&packed::unpack(packed).expect("it was read before")))
            }
        }
    }
}

fn to_observations(fetched: &[FetchedObservation]) -> Vec<Observation> {
    fetched.iter().map(|fetched| fetched.observation).collect()
}

pub(super) fn missing_reading(platform_id: i64) -> Error {
    Error::Damaged(format!("the registry does not say what platform {platform_id} measures of tracks"))
}
