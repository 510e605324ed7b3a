//! Works the read model out again from the observations: after an upgrade that changes a rule or the
//! layout, after a change of the registry, or to show that it is no second truth.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::change::{no_reading, work_out};
use super::packed::{self, Fetched};
use super::platforms::{self, Readings};
use super::series::StoredPair;
use super::{Conn, Db, list, meta, series, windows};
use crate::server::error::Error;

/// Tracks worked out in one transaction, so that others need not wait long to write.
const AT_ONCE: usize = 500;

/// After so many tracks the log says how far a rebuild is that nobody asked for.
const TOLD_EVERY: u64 = 50_000;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Tracks with anything stored.
    pub tracks: u64,
    /// Those whose row was not the one that it should have been.
    pub changed: u64,
}

/// Works out the row of every track. `progress` is told how many tracks of how many are done.
pub async fn all(db: &Db, mut progress: impl FnMut(u64, u64)) -> Result<Rebuilt, Error> {
    let mut rebuilt = Rebuilt::default();
    let of = count_tracks(&mut *db.read().await?).await?;
    let mut after = 0;
    loop {
        let mut tx = db.write().await?;
        let readings = platforms::readings(&mut tx).await?;
        let tracks = next_tracks(&mut tx, after).await?;
        let Some(last) = tracks.last().copied() else { return Ok(rebuilt) };
        let chunk = some(&mut tx, &readings, &tracks).await?;
        tx.commit().await?;
        rebuilt.tracks += chunk.tracks;
        rebuilt.changed += chunk.changed;
        after = last;
        progress(rebuilt.tracks, of);
    }
}

/// Works out every row where a version of another layout made them, or a migration has thrown them away.
pub(super) async fn after_upgrade(db: &Db) -> Result<(), Error> {
    let layout = series::layout();
    if meta::series_layout(&mut *db.read().await?).await?.as_ref() == Some(&layout) {
        return Ok(());
    }
    let mut told = 0;
    all(db, |done, of| {
        if done - told >= TOLD_EVERY {
            told = done;
            tracing::info!("working out the read model after an upgrade: {done} of {of} tracks");
        }
    })
    .await?;
    let mut tx = db.write().await?;
    meta::put_series_layout(&mut tx, &layout).await?;
    Ok(tx.commit().await?)
}

/// Counts, without writing, what a rebuild would change. `progress` is told how many tracks of how many are done.
pub async fn compare(conn: &mut Conn, mut progress: impl FnMut(u64, u64)) -> Result<Rebuilt, Error> {
    let mut compared = Rebuilt::default();
    let of = count_tracks(conn).await?;
    let readings = platforms::readings(conn).await?;
    let mut after = 0;
    loop {
        let tracks = next_tracks(conn, after).await?;
        let Some(last) = tracks.last().copied() else { return Ok(compared) };
        compared.changed += differing(conn, &readings, &tracks).await?.len() as u64;
        compared.tracks += tracks.len() as u64;
        after = last;
        progress(compared.tracks, of);
    }
}

/// Works out, in the caller's transaction, every track that is on the platform: its reading has changed.
pub async fn platform(conn: &mut Conn, platform_id: i64) -> Result<Rebuilt, Error> {
    let readings = platforms::readings(conn).await?;
    let tracks: Vec<i64> =
        sqlx::query_scalar("select distinct track_id from observations where platform_id = $1")
            .bind(platform_id)
            .fetch_all(&mut *conn)
            .await?;
    let mut rebuilt = Rebuilt::default();
    for tracks in tracks.chunks(AT_ONCE) {
        let chunk = some(conn, &readings, tracks).await?;
        rebuilt.tracks += chunk.tracks;
        rebuilt.changed += chunk.changed;
    }
    Ok(rebuilt)
}

async fn count_tracks(conn: &mut Conn) -> Result<u64, Error> {
    let count: i64 = sqlx::query_scalar("select count(*) from tracks").fetch_one(conn).await?;
    count.try_into().map_err(Error::damaged)
}

async fn next_tracks(conn: &mut Conn, after: i64) -> Result<Vec<i64>, Error> {
    let tracks = sqlx::query_scalar("select id from tracks where id > $1 order by id limit $2")
        .bind(after)
        .bind(AT_ONCE as i64)
        .fetch_all(conn)
        .await?;
    Ok(tracks)
}

async fn some(conn: &mut Conn, readings: &Readings, tracks: &[i64]) -> Result<Rebuilt, Error> {
    let differing = differing(conn, readings, tracks).await?;
    let rebuilt = Rebuilt { tracks: tracks.len() as u64, changed: differing.len() as u64 };
    for (track_id, packed) in differing {
        match packed {
            Some(packed) => series::replace(conn, track_id, packed).await?,
            None => series::remove(conn, track_id).await?,
        }
    }
    Ok(rebuilt)
}

/// The tracks whose row is not the one that it should be, with that one; `None` where there should be no row.
async fn differing(
    conn: &mut Conn,
    readings: &Readings,
    tracks: &[i64],
) -> Result<Vec<(i64, Option<Vec<u8>>)>, Error> {
    let sql = format!(
        "select track_id, platform_id, identifier, packed from observations where track_id in ({})
         order by track_id, platform_id, identifier",
        list(tracks.iter().copied())
    );
    let rows: Vec<(i64, i64, String, Vec<u8>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    let mut windows = windows::of_tracks(conn, tracks).await?;
    let stored: BTreeMap<i64, Vec<u8>> = series::of_tracks(conn, tracks)
        .await?
        .into_iter()
        .map(|row| (row.track_id, row.into_packed()))
        .collect();
    let mut differing = Vec::new();
    let mut rest = rows.as_slice();
    for &track_id in tracks {
        let (rows, others) = rest.split_at(rest.partition_point(|row| row.0 <= track_id));
        rest = others;
        let mut worked_out = Vec::new();
        for rows in rows.chunk_by(|a, b| a.1 == b.1) {
            let platform_id = rows[0].1;
            let identifiers: Vec<(&str, Vec<Fetched>)> = rows
                .iter()
                .map(|(_, _, identifier, bytes)| Ok((identifier.as_str(), packed::unpack(bytes)?)))
                .collect::<Result<_, Error>>()?;
            let reading = readings.get(&platform_id).ok_or_else(|| no_reading(platform_id))?;
            worked_out.push((
                platform_id,
                work_out(*reading, identifiers.iter().map(|(i, all)| (*i, all.as_slice()))),
            ));
        }
        let mut pairs: Vec<StoredPair<'_>> = Vec::with_capacity(worked_out.len());
        for (platform_id, (digest, packed)) in &worked_out {
            series::entry(&mut pairs, *platform_id).worked_out = Some((*digest, packed));
        }
        for window in windows.remove(&track_id).unwrap_or_default() {
            series::unite(
                &mut series::entry(&mut pairs, window.platform_id).windows,
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
