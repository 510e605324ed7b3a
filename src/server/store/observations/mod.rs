//! Writes observations of tracks, the same way for files, the demo and the provider. In the caller's
//! transaction, new values are merged into the stored ones, changed values are kept as revisions, and the
//! series of the track is recomputed.

pub mod artist_observations;
mod change;
pub(crate) mod confirmations;
pub mod packed;
pub mod rebuild;
pub mod revisions;
pub mod series;
pub mod windows;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use self::change::{ConfirmedDays, StoredTrack, TrackChange, compute_change};
use self::packed::{FetchedObservation, unpack};
use super::Conn;
use super::imports::UndoableImports;
use crate::domain::series::Observation;
use crate::server::error::Error;
use crate::server::store::sql::bulk::{self, Value};
use crate::server::store::sql::list;
use crate::server::store::tables::fetched::Window;
use crate::server::store::tables::identifiers::NewIdentifier;
use crate::server::store::tables::meta::VersionKind;
use crate::server::store::tables::platforms::Readings;
use crate::server::store::tables::{identifiers, meta};

/// Batch size: tracks whose stored observations are in memory at once.
const TRACKS_AT_ONCE: usize = 256;

/// New data of one track from a fetch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrackBatch {
    pub track_id: i64,
    /// Each (platform, identifier) once.
    pub observations: Vec<IdentifierBatch>,
    /// Fetched windows.
    pub windows: Vec<Window>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierBatch {
    /// Platform id; its kind must be known.
    pub platform_id: i64,
    /// The platform's own track id; may be empty.
    pub identifier: String,
    /// Sorted by day, one per day.
    pub observations: Vec<Observation>,
}

/// Counts of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteCounts {
    /// Observations of new days.
    pub added: u64,
    /// Observations that replaced a value, which became a revision.
    pub changed: u64,
    /// Observations equal to the stored ones.
    pub same: u64,
    /// New windows.
    pub windows: u64,
}

impl std::ops::AddAssign for WriteCounts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.same += other.same;
        self.windows += other.windows;
    }
}

/// Writes the data of a fetch, each track once.
pub async fn write(
    conn: &mut Conn,
    readings: &Readings,
    imports: &UndoableImports,
    fetch_id: i64,
    news: &[TrackBatch],
) -> Result<WriteCounts, Error> {
    let mut written = WriteCounts::default();
    for news in news.chunks(TRACKS_AT_ONCE) {
        let stored = load(conn, news).await?;
        let changes: Vec<TrackChange> = news
            .iter()
            .zip(stored)
            .map(|(news, stored)| compute_change(readings, fetch_id, news, stored, imports))
            .collect::<Result<_, Error>>()?;
        written += store(conn, fetch_id, &changes, imports).await?;
    }
    if written.added + written.changed + written.windows > 0 {
        meta::bump(conn, VersionKind::Data).await?;
    }
    Ok(written)
}

/// The observations of one identifier, sorted by day, each with its fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIdentifier {
    /// The platform's own track id; may be empty.
    pub identifier: String,
    /// One per day.
    pub fetched: Vec<FetchedObservation>,
}

/// Everything stored of a track on a platform, by identifier.
pub async fn of_track(
    conn: &mut Conn,
    track_id: i64,
    platform_id: i64,
) -> Result<Vec<StoredIdentifier>, Error> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "select identifier, packed from observations where track_id = $1 and platform_id = $2 order by identifier",
    )
    .bind(track_id)
    .bind(platform_id)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(identifier, packed)| Ok(StoredIdentifier { identifier, fetched: unpack(&packed)? }))
        .collect()
}

/// Stored data of these tracks, in the same order.
async fn load(conn: &mut Conn, news: &[TrackBatch]) -> Result<Vec<StoredTrack>, Error> {
    let track_ids: Vec<i64> = news.iter().map(|news| news.track_id).collect();
    let platforms: BTreeSet<i64> = news.iter().flat_map(|n| &n.observations).map(|o| o.platform_id).collect();
    let mut stored: BTreeMap<i64, StoredTrack> = BTreeMap::new();
    let sql = format!(
        "select track_id, platform_id, identifier, packed from observations
         where track_id in ({}) and platform_id in ({})",
        list(track_ids.iter().copied()),
        list(platforms)
    );
    let rows: Vec<(i64, i64, String, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    for (track_id, platform_id, identifier, bytes) in rows {
        let track = stored.entry(track_id).or_default();
        track.identifiers.insert((platform_id, identifier), bytes);
    }
    for row in series::for_tracks(conn, &track_ids).await? {
        let track_id = row.track_id;
        stored.entry(track_id).or_default().series = row.into_packed();
    }
    Ok(track_ids.iter().map(|track_id| stored.remove(track_id).unwrap_or_default()).collect())
}

/// Writes changes of distinct tracks.
async fn store(
    conn: &mut Conn,
    fetch_id: i64,
    changes: &[TrackChange],
    imports: &UndoableImports,
) -> Result<WriteCounts, Error> {
    let mut written = WriteCounts::default();
    let (mut new, mut rows, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    let (mut series, mut asked) = (Vec::new(), Vec::new());
    for change in changes {
        written += change.written;
        let track_id = change.track_id;
        for identifier in &change.identifiers {
            let (platform_id, text) = (identifier.key.0, identifier.key.1.as_str());
            if identifier.is_new && !text.is_empty() {
                new.push(NewIdentifier { track_id, platform_id, identifier: text });
            }
            replaced.extend(identifier.replaced.iter().map(|replaced| (track_id, &identifier.key, replaced)));
            rows.push([
                Value::Number(track_id),
                Value::Number(platform_id),
                Value::Text(text),
                Value::Number(identifier.first_day),
                Value::Number(identifier.last_day),
                Value::Number(identifier.count),
                Value::Bytes(&change.rows[&identifier.key]),
            ]);
        }
        asked.extend(change.windows.iter().map(|window| (track_id, *window)));
        series.extend(change.series.as_deref().map(|packed| (track_id, packed)));
    }
    identifiers::put(conn, &new).await?;
    revisions::put(conn, &replaced).await?;
    bulk::insert(
        conn,
        "observations (track_id, platform_id, identifier, first_day, last_day, count, packed)",
        "on conflict (track_id, platform_id, identifier) do update set first_day = excluded.first_day,
         last_day = excluded.last_day, count = excluded.count, packed = excluded.packed",
        &rows,
    )
    .await?;
    for change in changes {
        for ConfirmedDays { platform_id, identifier, days } in &change.confirmed {
            let key = (change.track_id, *platform_id, identifier.as_str());
            confirmations::add(conn, confirmations::OF_TRACKS, key, fetch_id, days).await?;
        }
    }
    written.windows += windows::put(conn, fetch_id, imports.contains(fetch_id), &asked).await?;
    series::replace(conn, &series).await?;
    identifiers::note_shared(conn, &new).await?;
    Ok(written)
}
