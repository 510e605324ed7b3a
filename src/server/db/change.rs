//! What news change about a track: merged with what is stored and worked out again. No database here.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;
use super::observations::{TrackNews, Window, Written};
use super::packed::{self, Fetched, Replaced};
use super::platforms::{Reading, Readings};
use super::series;
use crate::domain::Day;
use crate::domain::pair::{Pair, PairDigest};
use crate::domain::series::{Identified, Observation, pack};
use crate::server::error::Error;

/// A platform and an identifier on it.
type Key = (i64, String);

/// What is stored about a track, packed as it is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct StoredTrack {
    pub(super) identifiers: BTreeMap<Key, Vec<u8>>,
    pub(super) series: Vec<u8>,
}

impl StoredTrack {
    /// The observations of an identifier.
    fn observations(&self, key: &Key) -> Result<Vec<Fetched>, Error> {
        self.identifiers.get(key).map_or_else(|| Ok(Vec::new()), |bytes| packed::unpack(bytes))
    }
}

/// What has to be written about a track.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) track_id: i64,
    pub(super) identifiers: Vec<IdentifierChange>,
    pub(super) confirmed: Vec<Confirmed>,
    pub(super) windows: Vec<Window>,
    pub(super) series: Option<Vec<u8>>,
    pub(super) written: Written,
}

/// Days of which an import had said the same before.
#[derive(Debug)]
pub(super) struct Confirmed {
    pub(super) platform_id: i64,
    pub(super) identifier: String,
    pub(super) days: Vec<Day>,
}

/// A row of observations to write.
#[derive(Debug)]
pub(super) struct IdentifierChange {
    pub(super) platform_id: i64,
    pub(super) identifier: String,
    pub(super) is_new: bool,
    pub(super) first_day: i64,
    pub(super) last_day: i64,
    pub(super) count: i64,
    pub(super) packed: Vec<u8>,
    pub(super) replaced: Vec<Replaced>,
}

/// Works out what the news about a track change. No database and no waiting.
///
/// # Errors
/// Observations of a platform whose reading is unknown; a stored row that cannot be read.
pub(super) fn change(
    readings: &Readings,
    fetch_id: i64,
    news: &TrackNews,
    stored: &StoredTrack,
    imports: &Imports,
) -> Result<Change, Error> {
    let mut change = Change { track_id: news.track_id, windows: news.windows.clone(), ..Change::default() };
    // All observations of every platform with a new one.
    let mut touched: BTreeMap<Key, Vec<Fetched>> = BTreeMap::new();
    for new in &news.observations {
        let key = (new.platform_id, new.identifier.clone());
        let merged = packed::merge(&stored.observations(&key)?, &new.observations, fetch_id, imports);
        let (added, changed) = (merged.added, merged.replaced.len() as u64);
        let same = new.observations.len() as u64 - added - changed;
        change.written += Written { added, changed, same, windows: 0 };
        if !merged.confirmed.is_empty() {
            let (platform_id, identifier) = key.clone();
            change.confirmed.push(Confirmed { platform_id, identifier, days: merged.confirmed });
        }
        if let Some(all) = merged.all {
            let is_new = !stored.identifiers.contains_key(&key);
            change.identifiers.push(IdentifierChange::new(key.clone(), is_new, &all, merged.replaced));
            touched.insert(key, all);
        }
    }
    let platforms: BTreeSet<i64> = touched.keys().map(|key| key.0).collect();
    for key in stored.identifiers.keys().filter(|key| platforms.contains(&key.0)) {
        if !touched.contains_key(key) {
            touched.insert(key.clone(), stored.observations(key)?);
        }
    }
    let mut worked_out = Vec::with_capacity(platforms.len());
    for platform_id in platforms {
        let reading = readings.get(&platform_id).ok_or_else(|| no_reading(platform_id))?;
        let all = touched.range((platform_id, String::new())..(platform_id + 1, String::new()));
        let all = all.map(|(key, all)| (key.1.as_str(), all.as_slice()));
        worked_out.push((platform_id, work_out(*reading, all)));
    }
    let mut pairs = series::unpack_or_none(&stored.series)?;
    for (platform_id, (digest, packed)) in &worked_out {
        series::entry(&mut pairs, *platform_id).worked_out = Some((*digest, packed));
    }
    for window in &news.windows {
        series::unite(
            &mut series::entry(&mut pairs, window.platform_id).windows,
            &[(window.from, window.to)],
        );
    }
    change.series = Some(series::pack(&pairs)).filter(|packed| !pairs.is_empty() && *packed != stored.series);
    Ok(change)
}

impl IdentifierChange {
    fn new((platform_id, identifier): Key, is_new: bool, all: &[Fetched], replaced: Vec<Replaced>) -> Self {
        let day =
            |fetched: Option<&Fetched>| fetched.map_or(0, |fetched| fetched.observation.day.number().into());
        IdentifierChange {
            platform_id,
            identifier,
            is_new,
            first_day: day(all.first()),
            last_day: day(all.last()),
            count: all.len() as i64,
            packed: packed::pack(all),
            replaced,
        }
    }
}

/// The digest and the packed series of a track on a platform, from all its identifiers.
pub(super) fn work_out<'a>(
    reading: Reading,
    identifiers: impl Iterator<Item = (&'a str, &'a [Fetched])>,
) -> (PairDigest, Vec<u8>) {
    let all: Vec<(&str, Vec<Observation>)> = identifiers
        .map(|(identifier, all)| (identifier, all.iter().map(|f| f.observation).collect()))
        .collect();
    let identified: Vec<Identified<'_>> =
        all.iter().map(|(identifier, observations)| Identified { identifier, observations }).collect();
    let pair = Pair::work_out(reading.kind, reading.mirrors, &identified);
    (PairDigest::of(reading.kind, reading.mirrors, &identified), pack(&pair))
}

pub(super) fn no_reading(platform_id: i64) -> Error {
    Error::Damaged(format!("the registry does not say what platform {platform_id} measures of tracks"))
}
