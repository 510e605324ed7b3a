//! What a report reads, kept in memory as far as there is room. A report asks the database, in its own transaction, for
//! the versions of all that it reads: what was read at the same version is still so. Of series that may have changed
//! since, it asks for the digests. So nothing old is ever shown, whichever process has written.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::artists::{self, StoredArtist};
use super::meta::{self, Versions};
use super::platforms::{self, Platform};
use super::tracks::{self, StoredTrack};
use super::{Conn, Db, series, track_artists};
use crate::domain::ArtistId;
use crate::domain::report::{PairEvidence, TrackArtist, TrackFacts};
use crate::server::error::Error;

/// Bytes of series kept in memory, and of each kind of the catalogue's rows.
const SERIES_BYTES: u64 = 256 << 20;
const CATALOGUE_BYTES: u64 = 32 << 20;

/// What is stored of a track on each platform, by the platform's number.
pub type Pairs = Arc<[(i64, Arc<PairEvidence>)]>;

/// Rows as they were last read, those of the catalogue with its version.
pub(super) struct Memory {
    registry: RwLock<Option<(i64, Arc<[Platform]>)>>,
    artists: Cache<ArtistId, (i64, Arc<StoredArtist>), Bytes>,
    tracks_of: Cache<i64, (i64, Arc<[i64]>), Bytes>,
    tracks: Cache<i64, (i64, Arc<TrackFacts>), Bytes>,
    series: Cache<i64, Arc<KeptSeries>, Bytes>,
}

/// A track's series, and until when they are known to be the stored ones.
struct KeptSeries {
    digest: i64,
    /// A version of the data with which they were.
    version: AtomicI64,
    pairs: Pairs,
}

/// Weighs what is kept, roughly, by the bytes that it takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<ArtistId, (i64, Arc<StoredArtist>)> for Bytes {
    fn weight(&self, _: &ArtistId, (_, stored): &(i64, Arc<StoredArtist>)) -> u64 {
        (size_of::<StoredArtist>() + 2 * stored.artist.name.len() + 200) as u64
    }
}

impl Weighter<i64, (i64, Arc<[i64]>)> for Bytes {
    fn weight(&self, _: &i64, (_, tracks): &(i64, Arc<[i64]>)) -> u64 {
        (50 + 8 * tracks.len()) as u64
    }
}

impl Weighter<i64, (i64, Arc<TrackFacts>)> for Bytes {
    fn weight(&self, _: &i64, (_, facts): &(i64, Arc<TrackFacts>)) -> u64 {
        let texts: usize = [&facts.credit, &facts.image_url].into_iter().flatten().map(String::len).sum();
        let artists: usize = facts.artists.iter().map(|artist| size_of_val(artist) + artist.name.len()).sum();
        (size_of::<TrackFacts>() + facts.name.len() + texts + artists) as u64
    }
}

impl Weighter<i64, Arc<KeptSeries>> for Bytes {
    fn weight(&self, _: &i64, kept: &Arc<KeptSeries>) -> u64 {
        let pair = |pair: &PairEvidence| {
            let packed = pair.packed.as_ref().map_or(0, |(_, packed)| packed.len());
            size_of::<PairEvidence>() + packed + size_of_val(&*pair.windows)
        };
        (100 + kept.pairs.iter().map(|(_, evidence)| pair(evidence)).sum::<usize>()) as u64
    }
}

impl Default for Memory {
    fn default() -> Self {
        // How many there may be is a guess that costs little when it is wrong.
        let catalogue = |bytes_each: u64| (CATALOGUE_BYTES / bytes_each) as usize;
        Memory {
            registry: RwLock::default(),
            artists: Cache::with_weighter(catalogue(400), CATALOGUE_BYTES, Bytes),
            tracks_of: Cache::with_weighter(catalogue(200), CATALOGUE_BYTES, Bytes),
            tracks: Cache::with_weighter(catalogue(400), CATALOGUE_BYTES, Bytes),
            series: Cache::with_weighter((SERIES_BYTES / 4_000) as usize, SERIES_BYTES, Bytes),
        }
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("tracks", &self.tracks.len())
            .field("series", &self.series.len())
            .finish()
    }
}

/// One state of the database, read through the memory.
#[derive(Debug)]
pub struct ReadModel<'a> {
    memory: &'a Memory,
    /// The transaction that sees the state.
    pub conn: &'a mut Conn,
    /// The versions of all that it reads.
    pub versions: Versions,
}

impl Db {
    /// The state that this transaction of this database sees.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn read_model<'a>(&'a self, conn: &'a mut Conn) -> Result<ReadModel<'a>, Error> {
        let versions = meta::versions(conn).await?;
        Ok(ReadModel { memory: &self.memory, conn, versions })
    }
}

impl ReadModel<'_> {
    /// The platform registry.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn registry(&mut self) -> Result<Arc<[Platform]>, Error> {
        let version = self.versions.registry;
        let kept = self.memory.registry.read().unwrap_or_else(|broken| broken.into_inner()).clone();
        if let Some((_, registry)) = kept.filter(|(kept, _)| *kept == version) {
            return Ok(registry);
        }
        let registry: Arc<[Platform]> = platforms::registry(self.conn).await?.into();
        let mut kept = self.memory.registry.write().unwrap_or_else(|broken| broken.into_inner());
        *kept = Some((version, Arc::clone(&registry)));
        Ok(registry)
    }

    /// The artists of these ids that there are, in no particular order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn artists(&mut self, ids: &[ArtistId]) -> Result<Vec<Arc<StoredArtist>>, Error> {
        let (memory, version) = (&self.memory.artists, self.versions.catalogue);
        let (mut found, missing) = kept(memory, version, ids);
        if !missing.is_empty() {
            for artist in artists::by_ids(self.conn, &missing).await? {
                let artist = Arc::new(artist);
                memory.insert(artist.artist_id(), (version, Arc::clone(&artist)));
                found.push(artist);
            }
        }
        Ok(found)
    }

    /// The numbers of the distinct tracks of these artists (S12), in order.
    async fn track_numbers(&mut self, artists: &[i64]) -> Result<Vec<i64>, Error> {
        let (memory, version) = (&self.memory.tracks_of, self.versions.catalogue);
        let (mut found, missing) = kept(memory, version, artists);
        if !missing.is_empty() {
            let mut read = track_artists::numbers_of(self.conn, &missing).await?;
            for artist in missing {
                let tracks: Arc<[i64]> = read.remove(&artist).unwrap_or_default().into();
                memory.insert(artist, (version, Arc::clone(&tracks)));
                found.push(tracks);
            }
        }
        let mut numbers: Vec<i64> = found.iter().flat_map(|tracks| tracks.iter().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The distinct tracks of these artists (S12), by number, in order.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tracks(&mut self, artists: &[i64]) -> Result<Vec<(i64, Arc<TrackFacts>)>, Error> {
        let numbers = self.track_numbers(artists).await?;
        let (memory, version) = (&self.memory.tracks, self.versions.catalogue);
        let known = |number: &i64| memory.get(number).filter(|(kept, _)| *kept == version);
        let mut found = Vec::with_capacity(numbers.len());
        let mut missing = Vec::new();
        for number in numbers {
            match known(&number) {
                Some((_, facts)) => found.push((number, facts)),
                None => missing.push(number),
            }
        }
        if !missing.is_empty() {
            for stored in tracks::by_numbers(self.conn, &missing).await? {
                let (number, facts) = (stored.id, Arc::new(facts(stored)));
                memory.insert(number, (version, Arc::clone(&facts)));
                found.push((number, facts));
            }
            found.sort_unstable_by_key(|(number, _)| *number);
        }
        Ok(found)
    }

    /// What is stored of each of these tracks, in their order; of some of them it may be nothing.
    ///
    /// # Errors
    /// Those of the database; a damaged row.
    pub async fn series(&mut self, tracks: &[i64]) -> Result<Vec<Pairs>, Error> {
        let (memory, version) = (&self.memory.series, self.versions.data);
        let mut found: Vec<Option<Arc<KeptSeries>>> = tracks.iter().map(|track| memory.get(track)).collect();
        let is_current = |kept: &Option<Arc<KeptSeries>>| {
            kept.as_ref().is_some_and(|kept| kept.version.load(Ordering::Relaxed) == version)
        };
        let unsure: Vec<usize> = (0..tracks.len()).filter(|&place| !is_current(&found[place])).collect();
        if !unsure.is_empty() {
            let numbers: Vec<i64> = unsure.iter().map(|&place| tracks[place]).collect();
            let digests = series::digests(self.conn, &numbers).await?;
            let mut changed = Vec::new();
            for &place in &unsure {
                let digest = digests.get(&tracks[place]).copied();
                match &found[place] {
                    Some(kept) if digest == Some(kept.digest) => {
                        kept.version.store(version, Ordering::Relaxed)
                    }
                    _ => {
                        found[place] = None;
                        changed.extend(digest.map(|digest| (tracks[place], (place, digest))));
                    }
                }
            }
            let changed: HashMap<i64, (usize, i64)> = changed.into_iter().collect();
            let numbers: Vec<i64> = changed.keys().copied().collect();
            if !numbers.is_empty() {
                for row in series::of_tracks(self.conn, &numbers).await? {
                    let Some(&(place, digest)) = changed.get(&row.track_id) else { continue };
                    let pairs = row.evidence()?.into();
                    let kept = Arc::new(KeptSeries { digest, version: AtomicI64::new(version), pairs });
                    memory.insert(row.track_id, Arc::clone(&kept));
                    found[place] = Some(kept);
                }
            }
        }
        let nothing: Pairs = Arc::new([]);
        Ok(found
            .into_iter()
            .map(|kept| kept.map_or_else(|| Arc::clone(&nothing), |kept| Arc::clone(&kept.pairs)))
            .collect())
    }
}

/// Those of these rows that are kept with this version, and the keys of the others.
fn kept<K: Copy + Eq + std::hash::Hash, V: Clone>(
    memory: &Cache<K, (i64, V), Bytes>,
    version: i64,
    keys: &[K],
) -> (Vec<V>, Vec<K>)
where
    Bytes: Weighter<K, (i64, V)>,
{
    let (mut found, mut missing) = (Vec::with_capacity(keys.len()), Vec::new());
    for &key in keys {
        match memory.get(&key).filter(|(kept, _)| *kept == version) {
            Some((_, row)) => found.push(row),
            None => missing.push(key),
        }
    }
    (found, missing)
}

fn facts(StoredTrack { track, artists, .. }: StoredTrack) -> TrackFacts {
    TrackFacts {
        uuid: track.uuid,
        name: track.name,
        credit: track.credit_name,
        release: track.release_date,
        image_url: track.image_url,
        artists: artists.into_iter().map(|a| TrackArtist { id: a.id, name: a.name, role: a.role }).collect(),
    }
}
