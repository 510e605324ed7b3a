//! What the provider was asked for, fetch by fetch. Reports read the union of it in [`super::series`].

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use super::observations::Window;
use super::{Conn, day, import_changes, list};
use crate::server::error::Error;

/// Notes a window; answers how many are new, which is 1 or 0. One that is asked for again is the later
/// fetch's: what the provider had lately may have changed since the earlier one.
pub(super) async fn put(
    conn: &mut Conn,
    track_id: i64,
    fetch_id: i64,
    is_import: bool,
    window: &Window,
) -> Result<u64, Error> {
    let result = sqlx::query(
        "insert into fetched_windows (track_id, platform_id, from_day, to_day, fetch_id) values ($1, $2, $3, $4, $5)
         on conflict (track_id, platform_id, from_day, to_day) do nothing",
    )
    .bind(track_id)
    .bind(window.platform_id)
    .bind(i64::from(window.from.number()))
    .bind(i64::from(window.to.number()))
    .bind(fetch_id)
    .execute(&mut *conn)
    .await?;
    if result.rows_affected() == 0 {
        if is_import {
            import_changes::note_window(conn, track_id, fetch_id, window).await?;
        }
        sqlx::query(
            "update fetched_windows set fetch_id = $5 where track_id = $1 and platform_id = $2 and from_day = $3 and to_day = $4",
        )
        .bind(track_id)
        .bind(window.platform_id)
        .bind(i64::from(window.from.number()))
        .bind(i64::from(window.to.number()))
        .bind(fetch_id)
        .execute(&mut *conn)
        .await?;
    }
    Ok(result.rows_affected())
}

/// The windows of these tracks, by track.
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
