//! The platforms' own ids of tracks.

use super::Conn;
use crate::server::error::Error;

/// Notes a platform's id of a track.
pub async fn put(conn: &mut Conn, track_id: i64, platform_id: i64, identifier: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into identifiers (track_id, platform_id, identifier) values ($1, $2, $3)
         on conflict (track_id, platform_id, identifier) do nothing",
    )
    .bind(track_id)
    .bind(platform_id)
    .bind(identifier)
    .execute(conn)
    .await?;
    Ok(())
}

/// A track's ids on its platforms: (platform's number, identifier), in order.
pub async fn of_track(conn: &mut Conn, track_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "select platform_id, identifier from identifiers where track_id = $1 order by platform_id, identifier";
    Ok(sqlx::query_as(sql).bind(track_id).fetch_all(conn).await?)
}
