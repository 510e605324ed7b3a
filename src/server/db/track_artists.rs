//! Who is on which track, and in which role.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::artists::Upserted;
use super::joined::Column::Number;
use super::joined::{self, Fields, joined};
use super::meta::Changed;
use super::{Conn, list, meta, small};
use crate::domain::Role;
use crate::server::error::Error;

/// An artist's part in a track, by their numbers here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The track's number.
    pub track_id: i64,
    /// The artist's number.
    pub artist_id: i64,
    /// Main or featured.
    pub role: Role,
}

/// Adds the parts, or changes their roles.
pub async fn put(conn: &mut Conn, parts: &[Part]) -> Result<Upserted, Error> {
    let mut counts = Upserted::default();
    for part in parts {
        let added = sqlx::query(
            "insert into track_artists (track_id, artist_id, role) values ($1, $2, $3)
             on conflict (track_id, artist_id) do nothing",
        )
        .bind(part.track_id)
        .bind(part.artist_id)
        .bind(part.role.as_str())
        .execute(&mut *conn)
        .await?;
        if added.rows_affected() > 0 {
            counts.count(false, 1);
            continue;
        }
        let changed = sqlx::query(
            "update track_artists set role = $3 where track_id = $1 and artist_id = $2 and role <> $3",
        )
        .bind(part.track_id)
        .bind(part.artist_id)
        .bind(part.role.as_str())
        .execute(&mut *conn)
        .await?;
        counts.count(true, changed.rows_affected());
    }
    if counts.added + counts.changed > 0 {
        meta::raise(conn, Changed::Catalogue).await?;
    }
    Ok(counts)
}

/// The numbers of the tracks of each of these artists that has any.
pub(super) async fn numbers_of(conn: &mut Conn, artists: &[i64]) -> Result<HashMap<i64, Vec<i64>>, Error> {
    let sql = format!(
        "select {} from track_artists where artist_id in ({})",
        joined(&[Number("artist_id"), Number("track_id")]),
        list(artists.iter().copied())
    );
    let text = joined::text(conn, sql).await?;
    let mut fields = Fields::of(text.as_deref());
    let mut numbers: HashMap<i64, Vec<i64>> = HashMap::new();
    while !fields.is_at_end() {
        numbers.entry(fields.number()?).or_default().push(fields.number()?);
    }
    Ok(numbers)
}

/// How many tracks each of these artists has that has any.
pub async fn tracks_of(conn: &mut Conn, artists: &[i64]) -> Result<HashMap<i64, u32>, Error> {
    let artists = list(artists.iter().copied());
    counts(
        conn,
        format!(
            "select artist_id, count(*) from track_artists where artist_id in ({artists}) group by artist_id"
        ),
    )
    .await
}

/// How many tracks each artist has that has any.
pub(super) async fn tracks_of_each(conn: &mut Conn) -> Result<HashMap<i64, u32>, Error> {
    counts(conn, "select artist_id, count(*) from track_artists group by artist_id".to_owned()).await
}

async fn counts(conn: &mut Conn, sql: String) -> Result<HashMap<i64, u32>, Error> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    rows.into_iter().map(|(artist, count)| Ok((artist, small(count)?))).collect()
}
