//! Platform identifiers of tracks.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;

use super::meta::{self, VersionKind};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::bulk::{self, Value};
use crate::server::store::sql::{ids, parameters};

/// A platform identifier of a track that was not stored before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::store) struct NewIdentifier<'a> {
    pub track_id: i64,
    pub platform_id: i64,
    pub identifier: &'a str,
}

/// An identifier shared by several tracks on a platform (S24).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedIdentifier {
    pub platform_id: i64,
    /// The platform's own id.
    pub identifier: String,
    /// At least two track ids, sorted.
    pub tracks: Vec<i64>,
}

pub(in crate::server::store) async fn put(conn: &mut Conn, new: &[NewIdentifier<'_>]) -> Result<(), Error> {
    let rows: Vec<IdentifierValues<'_>> =
        new.iter().map(|new| row(new.platform_id, new.identifier, new.track_id)).collect();
    insert(conn, "identifiers", &rows).await
}

/// Platform, identifier, track.
type IdentifierValues<'a> = [Value<'a>; 3];

fn row(platform_id: i64, identifier: &str, track_id: i64) -> IdentifierValues<'_> {
    [Value::Number(platform_id), Value::Text(identifier), Value::Number(track_id)]
}

/// Inserts rows into one of the two identifier tables, ignoring existing ones.
async fn insert(conn: &mut Conn, table: &str, rows: &[IdentifierValues<'_>]) -> Result<(), Error> {
    let into = format!("{table} (platform_id, identifier, track_id)");
    bulk::insert(conn, &into, "on conflict do nothing", rows).await.map(drop)
}

/// A track's identifiers as (platform id, identifier), sorted.
pub async fn for_track(conn: &mut Conn, track_id: i64) -> Result<Vec<(i64, String)>, Error> {
    let sql = "select platform_id, identifier from identifiers where track_id = $1 order by platform_id, identifier";
    Ok(sqlx::query_as(sql).bind(track_id).fetch_all(conn).await?)
}

/// Ids of the tracks with this identifier on a platform.
pub async fn tracks_of(conn: &mut Conn, platform: &str, identifier: &str) -> Result<Vec<i64>, Error> {
    let sql = "select track_id from identifiers where identifier = $1
               and platform_id in (select id from platforms where code = $2) order by track_id";
    Ok(sqlx::query_scalar(sql).bind(identifier).bind(platform).fetch_all(conn).await?)
}

/// Records which of these stored identifiers other tracks share.
pub(in crate::server::store) async fn note_shared(
    conn: &mut Conn,
    new: &[NewIdentifier<'_>],
) -> Result<(), Error> {
    let texts: BTreeSet<&str> = new.iter().map(|new| new.identifier).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    let mut carriers: BTreeMap<(i64, String), BTreeSet<i64>> = BTreeMap::new();
    for texts in texts.chunks(ids::KEYS_AT_ONCE) {
        let sql = format!(
            "select platform_id, identifier, track_id from identifiers where identifier in ({})",
            parameters(1, texts.len())
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).persistent(texts.len() == ids::KEYS_AT_ONCE);
        let rows: Vec<(i64, String, i64)> =
            texts.iter().fold(query, |query, text| query.bind(*text)).fetch_all(&mut *conn).await?;
        for (platform, identifier, track) in rows {
            carriers.entry((platform, identifier)).or_default().insert(track);
        }
    }
    let new: BTreeSet<(i64, &str)> = new.iter().map(|new| (new.platform_id, new.identifier)).collect();
    let shared: Vec<IdentifierValues<'_>> = carriers
        .iter()
        .filter(|((platform, identifier), tracks)| {
            tracks.len() >= 2 && new.contains(&(*platform, identifier.as_str()))
        })
        .flat_map(|((platform, identifier), tracks)| {
            tracks.iter().map(|track| row(*platform, identifier, *track))
        })
        .collect();
    if shared.is_empty() {
        return Ok(());
    }
    insert(conn, "shared_identifiers", &shared).await?;
    meta::bump(conn, VersionKind::Catalogue).await
}

/// Deletes identifiers without stored data: (track, platform, identifier).
pub(in crate::server::store) async fn remove(
    conn: &mut Conn,
    gone: &[(i64, i64, String)],
) -> Result<(), Error> {
    for (track, platform, identifier) in gone.iter().filter(|(_, _, identifier)| !identifier.is_empty()) {
        for table in ["identifiers", "shared_identifiers"] {
            let sql =
                format!("delete from {table} where track_id = $1 and platform_id = $2 and identifier = $3");
            sqlx::query(AssertSqlSafe(sql))
                .bind(track)
                .bind(platform)
                .bind(identifier)
                .execute(&mut *conn)
                .await?;
        }
        // An identifier with one remaining track is no longer shared.
        sqlx::query(
            "delete from shared_identifiers where platform_id = $1 and identifier = $2
             and (select count(*) from shared_identifiers where platform_id = $1 and identifier = $2) = 1",
        )
        .bind(platform)
        .bind(identifier)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// All identifiers shared by several tracks.
pub(in crate::server::store) async fn shared(conn: &mut Conn) -> Result<Vec<SharedIdentifier>, Error> {
    let sql = "select platform_id, identifier, track_id from shared_identifiers
               order by platform_id, identifier, track_id";
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(sql).fetch_all(conn).await?;
    let mut all: Vec<SharedIdentifier> = Vec::new();
    for (platform_id, identifier, track) in rows {
        match all.last_mut() {
            Some(last) if last.platform_id == platform_id && last.identifier == identifier => {
                last.tracks.push(track);
            }
            _ => all.push(SharedIdentifier { platform_id, identifier, tracks: vec![track] }),
        }
    }
    Ok(all)
}
