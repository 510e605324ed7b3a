//! Artists of tracks, with their roles.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::artists::UpsertCounts;
use super::meta::{self, VersionKind};
use crate::domain::Role;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::packed_rows::Column::Number;
use crate::server::store::sql::packed_rows::{self, PackedReader, pack_columns};
use crate::server::store::sql::{list, small};

/// An artist's role in a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackCredit {
    pub track_id: i64,
    pub artist_id: i64,
    pub role: Role,
}

/// Inserts credits or changes their roles, from a file or the demo. A link imported this way is no longer removed
/// by the provider's song list (S24).
pub async fn put(conn: &mut Conn, parts: &[TrackCredit]) -> Result<UpsertCounts, Error> {
    let counts = write(conn, parts, false).await?;
    raise(conn, counts).await
}

/// Removes links and keeps their history. Returns how many existed.
pub async fn end(conn: &mut Conn, fetch_id: i64, links: &[(i64, i64)]) -> Result<u64, Error> {
    let mut ended = 0;
    for (track_id, artist_id) in links {
        let role: Option<String> =
            sqlx::query_scalar("select role from track_artists where track_id = $1 and artist_id = $2")
                .bind(track_id)
                .bind(artist_id)
                .fetch_optional(&mut *conn)
                .await?;
        let Some(role) = role else { continue };
        sqlx::query(
            "insert into ended_links (track_id, artist_id, ended_by, role) values ($1, $2, $3, $4)
             on conflict (track_id, artist_id, ended_by) do nothing",
        )
        .bind(track_id)
        .bind(artist_id)
        .bind(fetch_id)
        .bind(role)
        .execute(&mut *conn)
        .await?;
        sqlx::query("delete from track_artists where track_id = $1 and artist_id = $2")
            .bind(track_id)
            .bind(artist_id)
            .execute(&mut *conn)
            .await?;
        ended += 1;
    }
    if ended > 0 {
        meta::bump(conn, VersionKind::Catalogue).await?;
    }
    Ok(ended)
}

/// Stores the provider's song list of an artist. If it is complete, links from earlier lists that are missing in it
/// end (S24).
pub async fn put_list(
    conn: &mut Conn,
    fetch_id: i64,
    artist_id: i64,
    parts: &[TrackCredit],
    is_complete: bool,
) -> Result<(), Error> {
    let counts = write(conn, parts, true).await?;
    raise(conn, counts).await?;
    if !is_complete {
        return Ok(());
    }
    let listed: Vec<i64> =
        sqlx::query_scalar("select track_id from track_artists where artist_id = $1 and listed = 1")
            .bind(artist_id)
            .fetch_all(&mut *conn)
            .await?;
    let named: HashSet<i64> = parts.iter().map(|part| part.track_id).collect();
    let gone: Vec<(i64, i64)> =
        listed.into_iter().filter(|track| !named.contains(track)).map(|track| (track, artist_id)).collect();
    end(conn, fetch_id, &gone).await.map(drop)
}

async fn write(conn: &mut Conn, parts: &[TrackCredit], is_listed: bool) -> Result<UpsertCounts, Error> {
    let mut counts = UpsertCounts::default();
    for part in parts {
        let added = sqlx::query(
            "insert into track_artists (track_id, artist_id, role, listed) values ($1, $2, $3, $4)
             on conflict (track_id, artist_id) do nothing",
        )
        .bind(part.track_id)
        .bind(part.artist_id)
        .bind(part.role.as_str())
        .bind(i64::from(is_listed))
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
        sqlx::query(
            "update track_artists set listed = $3 where track_id = $1 and artist_id = $2 and listed <> $3",
        )
        .bind(part.track_id)
        .bind(part.artist_id)
        .bind(i64::from(is_listed))
        .execute(&mut *conn)
        .await?;
        counts.count(true, changed.rows_affected());
    }
    Ok(counts)
}

async fn raise(conn: &mut Conn, counts: UpsertCounts) -> Result<UpsertCounts, Error> {
    if counts.added + counts.changed > 0 {
        meta::bump(conn, VersionKind::Catalogue).await?;
    }
    Ok(counts)
}

/// Track ids by artist.
pub(in crate::server::store) async fn numbers_of(
    conn: &mut Conn,
    artists: &[i64],
) -> Result<HashMap<i64, Vec<i64>>, Error> {
    let sql = format!(
        "select {} from track_artists where artist_id in ({})",
        pack_columns(&[Number("artist_id"), Number("track_id")]),
        list(artists.iter().copied())
    );
    let text = packed_rows::text(conn, sql).await?;
    let mut fields = PackedReader::new(text.as_deref());
    let mut numbers: HashMap<i64, Vec<i64>> = HashMap::new();
    while !fields.is_at_end() {
        numbers.entry(fields.number()?).or_default().push(fields.number()?);
    }
    Ok(numbers)
}

/// Number of tracks by artist, for these artists.
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

/// Number of tracks by artist.
pub(in crate::server::store) async fn tracks_of_each(conn: &mut Conn) -> Result<HashMap<i64, u32>, Error> {
    counts(conn, "select artist_id, count(*) from track_artists group by artist_id".to_owned()).await
}

async fn counts(conn: &mut Conn, sql: String) -> Result<HashMap<i64, u32>, Error> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    rows.into_iter().map(|(artist, count)| Ok((artist, small(count)?))).collect()
}
