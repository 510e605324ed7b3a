//! Date windows fetched from the provider, fetch by fetch. Reports read their union in [`super::series`].

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::imports::changes;
use crate::server::store::sql::bulk::{self, Value};
use crate::server::store::sql::{day, list};
use crate::server::store::tables::fetched::Window;

/// Stores windows of tracks; returns how many are new. A window fetched again is assigned to the later fetch,
/// because the provider may have revised recent days in between.
pub(super) async fn put(
    conn: &mut Conn,
    fetch_id: i64,
    is_import: bool,
    asked: &[(i64, Window)],
) -> Result<u64, Error> {
    if asked.is_empty() {
        return Ok(0);
    }
    let tracks: BTreeSet<i64> = asked.iter().map(|(track_id, _)| *track_id).collect();
    let known = of_tracks(conn, &tracks.into_iter().collect::<Vec<_>>()).await?;
    let known: BTreeSet<(i64, Window)> = known
        .into_iter()
        .flat_map(|(track, all)| all.into_iter().map(move |window| (track, window)))
        .collect();
    let asked: BTreeSet<(i64, Window)> = asked.iter().copied().collect();
    if is_import {
        for (track_id, window) in asked.intersection(&known) {
            changes::note_window(conn, *track_id, fetch_id, window).await?;
        }
    }
    let row = |(track_id, window): &(i64, Window)| {
        [
            Value::Number(*track_id),
            Value::Number(window.platform_id),
            Value::Number(window.from.number().into()),
            Value::Number(window.to.number().into()),
            Value::Number(fetch_id),
        ]
    };
    bulk::insert(
        conn,
        "fetched_windows (track_id, platform_id, from_day, to_day, fetch_id)",
        "on conflict (track_id, platform_id, from_day, to_day) do update set fetch_id = excluded.fetch_id",
        &asked.iter().map(row).collect::<Vec<_>>(),
    )
    .await?;
    Ok(asked.difference(&known).count() as u64)
}

pub(super) async fn of_tracks(conn: &mut Conn, tracks: &[i64]) -> Result<BTreeMap<i64, Vec<Window>>, Error> {
    let sql = format!(
        "select track_id, platform_id, from_day, to_day from fetched_windows where track_id in ({})",
        list(tracks.iter().copied())
    );
    let rows: Vec<(i64, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let mut windows: BTreeMap<i64, Vec<Window>> = BTreeMap::new();
    for (track_id, platform_id, from, to) in rows {
        windows.entry(track_id).or_default().push(Window { platform_id, from: day(from)?, to: day(to)? });
    }
    Ok(windows)
}
