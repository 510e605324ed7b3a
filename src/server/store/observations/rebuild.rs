//! Recomputes the read model from the observations: after an upgrade that changes a rule or the layout, after
//! a change of the registry, or to verify it.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::change::{StoredIdentifiers, missing_reading};
use super::series::{self, StoredTrackPlatform};
use super::windows;
use crate::domain::series::track_platform::derive_packed;
use crate::server::error::Error;
use crate::server::store::sql::list;
use crate::server::store::tables::meta::{self, VersionKind};
use crate::server::store::tables::platforms::{self, Readings};
use crate::server::store::{Conn, Db};

/// Tracks per transaction, so that other writers wait briefly.
const TRACKS_PER_TRANSACTION: usize = 500;

/// Logging interval, in tracks, of an automatic rebuild.
const LOG_EVERY_TRACKS: u64 = 50_000;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RebuildCounts {
    /// Tracks with stored data.
    pub tracks: u64,
    /// Tracks whose row was wrong.
    pub changed: u64,
}

/// Recomputes the row of every track. `progress` receives done and total.
pub async fn all(db: &Db, mut progress: impl FnMut(u64, u64)) -> Result<RebuildCounts, Error> {
    let mut rebuilt = RebuildCounts::default();
    let of = count_tracks(&mut *db.read().await?).await?;
    let mut after = 0;
    loop {
        let mut tx = db.write().await?;
        let readings = platforms::readings(&mut tx).await?;
        let tracks = next_tracks(&mut tx, after).await?;
        let Some(last) = tracks.last().copied() else { return Ok(rebuilt) };
        let chunk = rebuild_chunk(&mut tx, &readings, &tracks).await?;
        tx.commit().await?;
        rebuilt.tracks += chunk.tracks;
        rebuilt.changed += chunk.changed;
        after = last;
        progress(rebuilt.tracks, of);
    }
}

/// Recomputes every row if they have another layout or a migration removed them.
pub(in crate::server::store) async fn after_upgrade(db: &Db) -> Result<(), Error> {
    let layout = series::layout_version();
    if meta::series_layout(&mut *db.read().await?).await?.as_ref() == Some(&layout) {
        return Ok(());
    }
    let mut logged = 0;
    all(db, |done, of| {
        if done - logged >= LOG_EVERY_TRACKS {
            logged = done;
            tracing::info!("recomputing the read model after an upgrade: {done} of {of} tracks");
        }
    })
    .await?;
    let mut tx = db.write().await?;
    meta::put_series_layout(&mut tx, &layout).await?;
    Ok(tx.commit().await?)
}

/// Counts what a rebuild would change, without writing. `progress` receives done and total.
pub async fn compare(conn: &mut Conn, mut progress: impl FnMut(u64, u64)) -> Result<RebuildCounts, Error> {
    let mut compared = RebuildCounts::default();
    let of = count_tracks(conn).await?;
    let readings = platforms::readings(conn).await?;
    let mut after = 0;
    loop {
        let tracks = next_tracks(conn, after).await?;
        let Some(last) = tracks.last().copied() else { return Ok(compared) };
        compared.changed += find_stale_rows(conn, &readings, &tracks).await?.len() as u64;
        compared.tracks += tracks.len() as u64;
        after = last;
        progress(compared.tracks, of);
    }
}

/// Recomputes, in the caller's transaction, every track on a platform whose definition changed.
pub async fn platform(conn: &mut Conn, platform_id: i64) -> Result<RebuildCounts, Error> {
    let readings = platforms::readings(conn).await?;
    let mut rebuilt = RebuildCounts::default();
    let mut after = 0;
    loop {
        let tracks: Vec<i64> = sqlx::query_scalar(
            "select distinct track_id from observations where platform_id = $1 and track_id > $2
             order by track_id limit $3",
        )
        .bind(platform_id)
        .bind(after)
        .bind(TRACKS_PER_TRANSACTION as i64)
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = tracks.last().copied() else { return Ok(rebuilt) };
        let chunk = rebuild_chunk(conn, &readings, &tracks).await?;
        rebuilt.tracks += chunk.tracks;
        rebuilt.changed += chunk.changed;
        after = last;
    }
}

async fn count_tracks(conn: &mut Conn) -> Result<u64, Error> {
    let count: i64 = sqlx::query_scalar("select count(*) from tracks").fetch_one(conn).await?;
    count.try_into().map_err(Error::damaged)
}

async fn next_tracks(conn: &mut Conn, after: i64) -> Result<Vec<i64>, Error> {
    let tracks = sqlx::query_scalar("select id from tracks where id > $1 order by id limit $2")
        .bind(after)
        .bind(TRACKS_PER_TRANSACTION as i64)
        .fetch_all(conn)
        .await?;
    Ok(tracks)
}

/// Recomputes these tracks in the caller's transaction.
pub(in crate::server::store) async fn tracks(
    conn: &mut Conn,
    tracks: &[i64],
) -> Result<RebuildCounts, Error> {
    let readings = platforms::readings(conn).await?;
    rebuild_chunk(conn, &readings, tracks).await
}

async fn rebuild_chunk(conn: &mut Conn, readings: &Readings, tracks: &[i64]) -> Result<RebuildCounts, Error> {
    let differing = find_stale_rows(conn, readings, tracks).await?;
    let rebuilt = RebuildCounts { tracks: tracks.len() as u64, changed: differing.len() as u64 };
    let mut replaced = Vec::with_capacity(differing.len());
    for (track_id, packed) in &differing {
        match packed {
            Some(packed) => replaced.push((*track_id, packed.as_slice())),
            None => series::remove(conn, *track_id).await?,
        }
    }
    series::replace(conn, &replaced).await?;
    if rebuilt.changed > 0 {
        meta::bump(conn, VersionKind::Data).await?;
    }
    Ok(rebuilt)
}

/// Track, platform, identifier, packed observations.
type ObservationRow = (i64, i64, String, Vec<u8>);
/// Packed observations by platform and identifier.
type ByPlatform = BTreeMap<i64, BTreeMap<String, Vec<u8>>>;

fn by_track(rows: Vec<ObservationRow>) -> BTreeMap<i64, ByPlatform> {
    let mut tracks: BTreeMap<i64, ByPlatform> = BTreeMap::new();
    for (track, platform, identifier, packed) in rows {
        tracks.entry(track).or_default().entry(platform).or_default().insert(identifier, packed);
    }
    tracks
}

/// Tracks whose row is wrong, with the correct row; `None` if there should be none.
async fn find_stale_rows(
    conn: &mut Conn,
    readings: &Readings,
    tracks: &[i64],
) -> Result<Vec<(i64, Option<Vec<u8>>)>, Error> {
    let sql = format!(
        "select track_id, platform_id, identifier, packed from observations where track_id in ({})",
        list(tracks.iter().copied())
    );
    let rows: Vec<ObservationRow> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    let mut rows = by_track(rows);
    let mut windows = windows::of_tracks(conn, tracks).await?;
    let stored: BTreeMap<i64, Vec<u8>> = series::for_tracks(conn, tracks)
        .await?
        .into_iter()
        .map(|row| (row.track_id, row.into_packed()))
        .collect();
    let mut differing = Vec::new();
    for &track_id in tracks {
        let mut worked_out = Vec::new();
        for (platform_id, rows) in rows.remove(&track_id).unwrap_or_default() {
            let rows =
                StoredIdentifiers::new(rows.iter().map(|(i, packed)| (i.as_str(), packed.as_slice())))?;
            let reading = readings.get(&platform_id).ok_or_else(|| missing_reading(platform_id))?;
            worked_out.push((platform_id, derive_packed(reading.kind, reading.mirrors, &rows)));
        }
        let mut pairs: Vec<StoredTrackPlatform<'_>> = Vec::with_capacity(worked_out.len());
        for (platform_id, (digest, packed)) in &worked_out {
            series::platform_entry(&mut pairs, *platform_id).worked_out = Some((*digest, packed));
        }
        for window in windows.remove(&track_id).unwrap_or_default() {
            series::merge_runs(
                &mut series::platform_entry(&mut pairs, window.platform_id).windows,
                &[(window.from, window.to)],
            );
        }
        let packed = if pairs.is_empty() { None } else { Some(series::pack(&pairs)) };
        if packed.as_ref() != stored.get(&track_id) {
            differing.push((track_id, packed));
        }
    }
    Ok(differing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter(
            rows in proptest::collection::btree_map((0i64..5, 0i64..4, "[ab]{0,2}"), any::<u8>(), 0..30)
                .prop_map(|rows| rows.into_iter().map(|((t, p, i), byte)| (t, p, i, vec![byte])).collect::<Vec<_>>()),
            seed in any::<prop::sample::Index>(),
        ) {
            let mut shuffled = rows.clone();
            shuffled.reverse();
            if !shuffled.is_empty() {
                let middle = seed.index(shuffled.len());
                shuffled.rotate_left(middle);
            }
            let grouped = by_track(shuffled);
            prop_assert_eq!(&grouped, &by_track(rows.clone()));
            let flat: Vec<ObservationRow> = grouped
                .into_iter()
                .flat_map(|(track, platforms)| platforms.into_iter().map(move |(platform, all)| (track, platform, all)))
                .flat_map(|(track, platform, all)| all.into_iter().map(move |(i, packed)| (track, platform, i, packed)))
                .collect();
            prop_assert_eq!(flat, rows);
        }
    }
}
