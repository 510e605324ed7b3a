//! The report cache: rows of the read model in memory, within a byte budget. A report first queries the
//! current versions of everything it reads; entries read at the same version are valid. For series that may
//! have changed since, it compares digests. Stale data is never served, whichever process wrote. If
//! everything is cached, that one query is the only one of a report; otherwise the rest is read in the same
//! transaction as the versions.

pub mod search;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use self::search::NameIndex;
use super::{Conn, Db, Tx};
use crate::domain::query::Country;
use crate::domain::report::{ChartAppearance, EvidenceByPlatform, TrackFacts};
use crate::domain::series::PackedSeries;
use crate::domain::{ArtistId, Day, Range};
use crate::server::error::Error;
use crate::server::store::observations::artist_observations::{self, ArtistSeries};
use crate::server::store::observations::series;
use crate::server::store::tables::artists::{self, StoredArtist};
use crate::server::store::tables::charts::{self, TrackChartHistory};
use crate::server::store::tables::failed_series::{self, FailedSeries};
use crate::server::store::tables::fetched::{self, ProviderList};
use crate::server::store::tables::identifiers::{self, SharedIdentifier};
use crate::server::store::tables::meta::{self, Versions};
use crate::server::store::tables::platforms::{self, Platform};
use crate::server::store::tables::{track_artists, tracks};

/// Memory budgets in bytes: of series, and of each kind of catalogue rows.
const SERIES_BYTES: u64 = 256 << 20;
const CATALOGUE_BYTES: u64 = 32 << 20;

/// Maximum number of re-reads because of concurrent commits on a distributed database. The last read is used.
const MAX_RENEWALS: u32 = 3;
/// Typical time until a commit is visible on all nodes.
const RENEWAL_DELAY: Duration = Duration::from_millis(20);

/// A value with the version at which it was read.
type VersionedCache<K, V> = Cache<K, (i64, V), ByteWeigher>;

/// Cached rows; those of the catalogue carry its version.
pub(super) struct ReadModelCache {
    registry: Latest<[Platform]>,
    shared_identifiers: Latest<[SharedIdentifier]>,
    failed_series: Latest<[FailedSeries]>,
    /// Name index of all artists; locked while it is loaded, so that it is loaded once.
    names: tokio::sync::Mutex<Arc<NameIndex>>,
    artists: VersionedCache<ArtistId, Arc<StoredArtist>>,
    tracks_of: VersionedCache<i64, ArtistTracks>,
    series: Cache<i64, Arc<CachedSeries>, ByteWeigher>,
    artist_level: VersionedCache<i64, Arc<[ArtistSeries]>>,
    /// Chart entries of a track in a country, on any day.
    places: VersionedCache<(i64, Country), Arc<[TrackChartHistory]>>,
    /// Days with a fetched chart of the country.
    chart_days: VersionedCache<Country, Arc<[Day]>>,
}

/// Track ids of an artist, sorted.
type ArtistTracks = Arc<[(i64, Arc<TrackFacts>)]>;

/// A track's series, and the latest version at which they are known to be current.
struct CachedSeries {
    digest: i64,
    /// The version of the data at which they were verified.
    version: AtomicI64,
    pairs: EvidenceByPlatform,
    /// Row bytes, shared by the track's platforms.
    row_bytes: usize,
}

/// Approximate weight of an entry in bytes.
#[derive(Clone)]
struct ByteWeigher;

impl Weighter<ArtistId, (i64, Arc<StoredArtist>)> for ByteWeigher {
    fn weight(&self, _: &ArtistId, (_, stored): &(i64, Arc<StoredArtist>)) -> u64 {
        (size_of::<StoredArtist>() + 2 * stored.artist.name.len() + 200) as u64
    }
}

impl Weighter<i64, (i64, ArtistTracks)> for ByteWeigher {
    fn weight(&self, _: &i64, (_, tracks): &(i64, ArtistTracks)) -> u64 {
        let track = |facts: &TrackFacts| {
            let texts: usize = [&facts.credit, &facts.image_url].into_iter().flatten().map(String::len).sum();
            let artists: usize =
                facts.artists.iter().map(|artist| size_of_val(artist) + artist.name.len()).sum();
            size_of_val(facts) + facts.name.len() + texts + artists
        };
        (50 + size_of_val(&**tracks) + tracks.iter().map(|(_, facts)| track(facts)).sum::<usize>()) as u64
    }
}

impl Weighter<i64, Arc<CachedSeries>> for ByteWeigher {
    fn weight(&self, _: &i64, kept: &Arc<CachedSeries>) -> u64 {
        // Nearly every pair has a series.
        let pairs = kept.pairs.len() * size_of::<PackedSeries>() + size_of_val(&*kept.pairs);
        (200 + kept.row_bytes + pairs) as u64
    }
}

impl Weighter<i64, (i64, Arc<[ArtistSeries]>)> for ByteWeigher {
    fn weight(&self, _: &i64, (_, all): &(i64, Arc<[ArtistSeries]>)) -> u64 {
        let series = |series: &ArtistSeries| size_of_val(series) + size_of_val(&*series.observations);
        (50 + all.iter().map(series).sum::<usize>()) as u64
    }
}

impl Weighter<(i64, Country), (i64, Arc<[TrackChartHistory]>)> for ByteWeigher {
    fn weight(&self, _: &(i64, Country), (_, all): &(i64, Arc<[TrackChartHistory]>)) -> u64 {
        let places = |chart: &TrackChartHistory| size_of_val(chart) + size_of_val(&*chart.places);
        (50 + all.iter().map(places).sum::<usize>()) as u64
    }
}

impl Weighter<Country, (i64, Arc<[Day]>)> for ByteWeigher {
    fn weight(&self, _: &Country, (_, days): &(i64, Arc<[Day]>)) -> u64 {
        (50 + size_of_val(&**days)) as u64
    }
}

impl Default for ReadModelCache {
    fn default() -> Self {
        // The capacity is an estimate; errors are cheap.
        let catalogue = |bytes_each: u64| (CATALOGUE_BYTES / bytes_each) as usize;
        ReadModelCache {
            registry: Latest::default(),
            shared_identifiers: Latest::default(),
            failed_series: Latest::default(),
            names: tokio::sync::Mutex::default(),
            artists: Cache::with_weighter(catalogue(400), CATALOGUE_BYTES, ByteWeigher),
            tracks_of: Cache::with_weighter(catalogue(8_000), CATALOGUE_BYTES, ByteWeigher),
            series: Cache::with_weighter((SERIES_BYTES / 4_000) as usize, SERIES_BYTES, ByteWeigher),
            artist_level: Cache::with_weighter(catalogue(10_000), CATALOGUE_BYTES, ByteWeigher),
            places: Cache::with_weighter(catalogue(100), CATALOGUE_BYTES, ByteWeigher),
            chart_days: Cache::with_weighter(catalogue(10_000), CATALOGUE_BYTES, ByteWeigher),
        }
    }
}

impl std::fmt::Debug for ReadModelCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("artists", &self.tracks_of.len())
            .field("series", &self.series.len())
            .finish()
    }
}

/// A complete set of rows at one version.
struct Latest<T: ?Sized>(RwLock<Option<(i64, Arc<T>)>>);

impl<T: ?Sized> Latest<T> {
    fn get(&self, version: i64) -> Option<Arc<T>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        kept.filter(|(read, _)| *read == version).map(|(_, value)| value)
    }

    fn put(&self, version: i64, value: impl Into<Arc<T>>) -> Arc<T> {
        let value = value.into();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((version, Arc::clone(&value)));
        value
    }
}

impl<T: ?Sized> Default for Latest<T> {
    fn default() -> Self {
        Latest(RwLock::new(None))
    }
}

/// A consistent snapshot of the database, read through the cache.
#[derive(Debug)]
pub struct ReadModel<'a> {
    db: &'a Db,
    /// Opened on the first cache miss.
    tx: Option<Tx>,
    pub versions: Versions,
    /// Number of renewals.
    renewed: u32,
}

impl Db {
    /// Opens a snapshot of the current state.
    pub async fn read_model(&self) -> Result<ReadModel<'_>, Error> {
        Ok(ReadModel { db: self, tx: None, versions: self.versions().await?, renewed: 0 })
    }

    /// Opens a snapshot for a page, which also reads uncached data: everything, including reads through
    /// [`ReadModel::conn`], sees one state.
    pub async fn snapshot(&self) -> Result<ReadModel<'_>, Error> {
        let mut tx = self.read_report().await?;
        let versions = meta::versions(&mut tx).await?;
        Ok(ReadModel { db: self, tx: Some(tx), versions, renewed: 0 })
    }
}

impl ReadModel<'_> {
    /// Renews the snapshot after [`Error::StaleSnapshot`], which can recur a few times.
    pub async fn refresh(&mut self) -> Result<(), Error> {
        let renewed = self.renewed + 1;
        if self.db.is_distributed {
            // Do not hold an unused transaction open.
            self.tx = None;
            tokio::time::sleep(RENEWAL_DELAY).await;
        }
        *self = ReadModel { renewed, ..self.db.snapshot().await? };
        if renewed >= MAX_RENEWALS && self.db.is_distributed {
            self.versions = Versions::uncacheable();
        }
        Ok(())
    }

    /// Checks, after reads from several nodes, that no commit happened in between: one node may already show
    /// a commit that another does not. Only then are the rows cached.
    async fn verify_unchanged(&mut self) -> Result<(), Error> {
        if !self.db.is_distributed || self.renewed >= MAX_RENEWALS {
            return Ok(());
        }
        // Versions that never match the current ones.
        if self.db.versions().await? == self.versions { Ok(()) } else { Err(Error::StaleSnapshot) }
    }

    /// The transaction of the snapshot.
    ///
    /// # Errors
    /// Database errors; [`Error::StaleSnapshot`] if the transaction would see a later state than the cached rows.
    pub async fn conn(&mut self) -> Result<&mut Conn, Error> {
        if self.tx.is_none() {
            let mut tx = self.db.read_report().await?;
            if meta::versions(&mut tx).await? != self.versions {
                return Err(Error::StaleSnapshot);
            }
            self.tx = Some(tx);
        }
        Ok(self.tx.as_mut().ok_or(Error::StaleSnapshot)?)
    }

    /// The platform registry.
    pub async fn registry(&mut self) -> Result<Arc<[Platform]>, Error> {
        let (db, version) = (self.db, self.versions.registry);
        if let Some(registry) = db.cache.registry.get(version) {
            return Ok(registry);
        }
        Ok(db.cache.registry.put(version, platforms::registry(self.conn().await?).await?))
    }

    /// Identifiers shared by several tracks (S24).
    pub async fn shared_identifiers(&mut self) -> Result<Arc<[SharedIdentifier]>, Error> {
        let (db, version) = (self.db, self.versions.catalogue);
        if let Some(shared) = db.cache.shared_identifiers.get(version) {
            return Ok(shared);
        }
        Ok(db.cache.shared_identifiers.put(version, identifiers::shared(self.conn().await?).await?))
    }

    /// Series whose last fetch failed.
    pub async fn failed_series(&mut self) -> Result<Arc<[FailedSeries]>, Error> {
        let (db, version) = (self.db, self.versions.data);
        if let Some(failed) = db.cache.failed_series.get(version) {
            return Ok(failed);
        }
        Ok(db.cache.failed_series.put(version, failed_series::all(self.conn().await?).await?))
    }

    /// The given artists whose songs were never fetched; never cached.
    pub async fn never_listed(&mut self, artists: &[i64]) -> Result<Vec<i64>, Error> {
        let listed = fetched::for_lists(self.conn().await?, ProviderList::Songs, artists).await?;
        Ok(artists.iter().copied().filter(|artist| !listed.contains_key(artist)).collect())
    }

    /// The name index of all artists.
    pub(super) async fn names(&mut self) -> Result<Arc<NameIndex>, Error> {
        let (db, version) = (self.db, self.versions.catalogue);
        let kept = Arc::clone(&*db.cache.names.lock().await);
        if kept.version == version {
            return Ok(kept);
        }
        // Acquire the connection before the lock, as everywhere: never wait for a connection while holding
        // it.
        let conn = self.conn().await?;
        let mut names = db.cache.names.lock().await;
        if names.version != version {
            *names = Arc::new(NameIndex::read(conn, version).await?);
        }
        Ok(Arc::clone(&names))
    }

    /// The artists with these ids, in no particular order; unknown ids are skipped.
    pub async fn artists(&mut self, ids: &[ArtistId]) -> Result<Vec<Arc<StoredArtist>>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.artists, self.versions.catalogue);
        let (mut found, missing) = lookup(memory, version, ids);
        if !missing.is_empty() {
            for artist in artists::by_ids(self.conn().await?, &missing).await? {
                let artist = Arc::new(artist);
                memory.insert(artist.artist_id(), (version, Arc::clone(&artist)));
                found.push(artist);
            }
        }
        Ok(found)
    }

    /// Distinct track ids of these artists (S12), sorted.
    pub async fn tracks(&mut self, artists: &[i64]) -> Result<Vec<(i64, Arc<TrackFacts>)>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.tracks_of, self.versions.catalogue);
        let (mut found, missing) = lookup(memory, version, artists);
        if !missing.is_empty() {
            let mut numbers = track_artists::numbers_of(self.conn().await?, &missing).await?;
            let mut all: Vec<i64> = numbers.values().flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            let stored = tracks::by_numbers(self.conn().await?, &all).await?;
            let known: HashMap<i64, Arc<TrackFacts>> =
                stored.into_iter().map(|track| (track.id, Arc::new(track.into_facts()))).collect();
            for artist in missing {
                let numbers = numbers.remove(&artist).unwrap_or_default();
                let track = |number| Some((number, Arc::clone(known.get(&number)?)));
                let tracks: ArtistTracks = numbers.into_iter().filter_map(track).collect();
                memory.insert(artist, (version, Arc::clone(&tracks)));
                found.push(tracks);
            }
        }
        let mut tracks: Vec<(i64, Arc<TrackFacts>)> =
            found.iter().flat_map(|tracks| tracks.iter().cloned()).collect();
        tracks.sort_unstable_by_key(|(number, _)| *number);
        tracks.dedup_by_key(|(number, _)| *number);
        Ok(tracks)
    }

    /// Stored data of each of these tracks, in the given order; may be empty.
    ///
    /// # Errors
    /// Database errors, or a damaged row.
    pub async fn series(&mut self, tracks: &[i64]) -> Result<Vec<EvidenceByPlatform>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.series, self.versions.data);
        let mut found: Vec<Option<Arc<CachedSeries>>> =
            tracks.iter().map(|track| memory.get(track)).collect();
        let is_current = |kept: &Option<Arc<CachedSeries>>| {
            kept.as_ref().is_some_and(|kept| kept.version.load(Ordering::Relaxed) == version)
        };
        // Uncached tracks are read at once; for cached ones the digest may suffice.
        let mut to_read: HashMap<i64, usize> = (0..tracks.len())
            .filter(|&place| found[place].is_none())
            .map(|place| (tracks[place], place))
            .collect();
        let is_unsure = |place: &usize| found[*place].is_some() && !is_current(&found[*place]);
        let unsure: Vec<usize> = (0..tracks.len()).filter(is_unsure).collect();
        if !unsure.is_empty() {
            let numbers: Vec<i64> = unsure.iter().map(|&place| tracks[place]).collect();
            let digests = series::digests(self.conn().await?, &numbers).await?;
            self.verify_unchanged().await?;
            for place in unsure {
                let digest = digests.get(&tracks[place]);
                if let Some(kept) = found[place].as_ref().filter(|kept| digest == Some(&kept.digest)) {
                    kept.version.store(version, Ordering::Relaxed);
                    continue;
                }
                found[place] = None;
                if digest.is_some() {
                    to_read.insert(tracks[place], place);
                }
            }
        }
        if !to_read.is_empty() {
            let numbers: Vec<i64> = to_read.keys().copied().collect();
            let rows = series::for_tracks(self.conn().await?, &numbers).await?;
            self.verify_unchanged().await?;
            for row in rows {
                let Some(&place) = to_read.get(&row.track_id) else { continue };
                let (version, digest) = (AtomicI64::new(version), row.digest);
                let kept =
                    Arc::new(CachedSeries { digest, version, pairs: row.evidence()?, row_bytes: row.len() });
                memory.insert(row.track_id, Arc::clone(&kept));
                found[place] = Some(kept);
            }
        }
        let nothing: EvidenceByPlatform = Arc::new([]);
        Ok(found
            .into_iter()
            .map(|kept| kept.map_or_else(|| Arc::clone(&nothing), |kept| Arc::clone(&kept.pairs)))
            .collect())
    }

    /// Observations of these artists as a whole, of any day.
    pub async fn artist_level(&mut self, artists: &[i64]) -> Result<Vec<Arc<[ArtistSeries]>>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.artist_level, self.versions.artist_level);
        let (mut found, missing) = lookup(memory, version, artists);
        if !missing.is_empty() {
            let read =
                artist_observations::of_artists(self.conn().await?, &missing, Day::MIN, Day::MAX).await?;
            self.verify_unchanged().await?;
            let mut of_artist: HashMap<i64, Vec<ArtistSeries>> = HashMap::new();
            read.into_iter().for_each(|series| of_artist.entry(series.artist_id).or_default().push(series));
            for artist in missing {
                let all: Arc<[ArtistSeries]> = of_artist.remove(&artist).unwrap_or_default().into();
                memory.insert(artist, (version, Arc::clone(&all)));
                found.push(all);
            }
        }
        Ok(found)
    }

    /// Chart entries of these tracks in a country within a range, by track.
    pub async fn appearances(
        &mut self,
        tracks: &[i64],
        country: Country,
        range: Range,
    ) -> Result<HashMap<i64, Vec<ChartAppearance>>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.places, self.versions.charts);
        let keys: Vec<(i64, Country)> = tracks.iter().map(|track| (*track, country)).collect();
        let (mut found, missing) = lookup(memory, version, &keys);
        if !missing.is_empty() {
            let tracks: Vec<i64> = missing.iter().map(|(track, _)| *track).collect();
            let mut read = charts::histories_for(self.conn().await?, &tracks, country).await?;
            self.verify_unchanged().await?;
            for key in missing {
                let places: Arc<[TrackChartHistory]> = read.remove(&key.0).unwrap_or_default().into();
                memory.insert(key, (version, Arc::clone(&places)));
                found.push(places);
            }
        }
        let mut appearances: HashMap<i64, Vec<ChartAppearance>> = HashMap::new();
        for chart in found.iter().flat_map(|charts| charts.iter()) {
            if let Some(appearance) = chart.within(range) {
                appearances.entry(chart.track_id).or_default().push(appearance);
            }
        }
        Ok(appearances)
    }

    /// Days of a range with at least one fetched chart of the country, sorted.
    pub async fn chart_days(&mut self, country: Country, range: Range) -> Result<Vec<Day>, Error> {
        let db = self.db;
        let (memory, version) = (&db.cache.chart_days, self.versions.charts);
        let days = match memory.get(&country).filter(|(kept, _)| *kept == version) {
            Some((_, days)) => days,
            None => {
                let days: Arc<[Day]> = charts::days_fetched(self.conn().await?, country).await?.into();
                memory.insert(country, (version, Arc::clone(&days)));
                days
            }
        };
        Ok(days.iter().copied().filter(|day| range.contains(*day)).collect())
    }
}

/// Splits keys into cached rows of this version and missing keys.
fn lookup<K: Copy + Eq + std::hash::Hash, V: Clone>(
    memory: &VersionedCache<K, V>,
    version: i64,
    keys: &[K],
) -> (Vec<V>, Vec<K>)
where
    ByteWeigher: Weighter<K, (i64, V)>,
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
