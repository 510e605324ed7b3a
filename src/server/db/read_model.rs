//! What a report reads of its tracks: the catalogue's rows and the read model's. Both are kept in memory, as far as there
//! is room, so that a report asks the database only whether they are still the ones: the catalogue by its version,
//! a track's series by its digest, in the report's own transaction. Whatever wrote them, nothing old is shown.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::series::{self, TrackSeries};
use super::tracks::{self, StoredTrack};
use super::{Conn, Db, meta};
use crate::server::error::Error;

/// Bytes of series and, apart from them, of tracks kept in memory.
const SERIES_BYTES: u64 = 256 << 20;
const TRACK_BYTES: u64 = 64 << 20;

/// Rows as they were last read.
pub(super) struct Memory {
    /// With the catalogue's version.
    tracks: Cache<i64, (i64, Arc<StoredTrack>), Bytes>,
    /// With their digest.
    series: Cache<i64, (i64, TrackSeries), Bytes>,
}

/// Weighs what is kept, roughly, by the bytes that it takes.
#[derive(Clone)]
struct Bytes;

impl Weighter<i64, (i64, Arc<StoredTrack>)> for Bytes {
    fn weight(&self, _: &i64, (_, stored): &(i64, Arc<StoredTrack>)) -> u64 {
        let track = &stored.track;
        let texts = [track.credit_name.as_ref(), track.isrc.as_ref(), track.image_url.as_ref()];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        let artists: usize =
            stored.artists.iter().map(|artist| size_of_val(artist) + artist.name.len()).sum();
        (size_of::<StoredTrack>() + track.name.len() + texts + artists) as u64
    }
}

impl Weighter<i64, (i64, TrackSeries)> for Bytes {
    fn weight(&self, _: &i64, (_, series): &(i64, TrackSeries)) -> u64 {
        (size_of::<TrackSeries>() + series.size()) as u64
    }
}

impl Default for Memory {
    fn default() -> Self {
        // Most rows of series have some kilobytes, most tracks some hundred bytes.
        let of = |bytes: u64, each: u64| ((bytes / each) as usize, bytes);
        let ((tracks, track_bytes), (series, series_bytes)) = (of(TRACK_BYTES, 400), of(SERIES_BYTES, 4_000));
        Memory {
            tracks: Cache::with_weighter(tracks, track_bytes, Bytes),
            series: Cache::with_weighter(series, series_bytes, Bytes),
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

impl Db {
    /// The distinct tracks of these artists (S12), in order of their numbers. `conn` is a transaction of this database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tracks_of_artists(
        &self,
        conn: &mut Conn,
        artists: &[i64],
    ) -> Result<Vec<Arc<StoredTrack>>, Error> {
        let version = meta::catalogue_version(conn).await?;
        let numbers = tracks::numbers_of_artists(conn, artists).await?;
        let memory = &self.memory.tracks;
        let known = |number: &i64| memory.get(number).filter(|(kept, _)| *kept == version);
        let mut found: Vec<Option<Arc<StoredTrack>>> =
            numbers.iter().map(|number| known(number).map(|(_, track)| track)).collect();
        let missing: Vec<i64> = numbers
            .iter()
            .zip(&found)
            .filter(|(_, track)| track.is_none())
            .map(|(number, _)| *number)
            .collect();
        if !missing.is_empty() {
            let mut read = tracks::by_numbers(conn, &missing).await?.into_iter();
            for place in found.iter_mut().filter(|place| place.is_none()) {
                let track = Arc::new(read.next().ok_or_else(|| Error::damaged("a track has no row"))?);
                memory.insert(track.id, (version, Arc::clone(&track)));
                *place = Some(track);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// The series of these tracks, by track; one about which nothing is stored has none. `conn` is a transaction of
    /// this database.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn series_of_tracks(
        &self,
        conn: &mut Conn,
        tracks: &[i64],
    ) -> Result<HashMap<i64, TrackSeries>, Error> {
        let digests = series::digests(conn, tracks).await?;
        let memory = &self.memory.series;
        let mut found = HashMap::with_capacity(digests.len());
        let mut missing = Vec::new();
        for (&track, &digest) in &digests {
            match memory.get(&track).filter(|(kept, _)| *kept == digest) {
                Some((_, series)) => {
                    found.insert(track, series);
                }
                None => missing.push(track),
            }
        }
        if !missing.is_empty() {
            for series in series::of_tracks(conn, &missing).await? {
                let track = series.track_id;
                if let Some(digest) = digests.get(&track) {
                    memory.insert(track, (*digest, series.clone()));
                }
                found.insert(track, series);
            }
        }
        Ok(found)
    }
}
