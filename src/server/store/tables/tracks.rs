//! Tracks: recordings by Soundcharts UUID, never merged by name.

use std::collections::{BTreeSet, HashMap};

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::artists::UpsertCounts;
use super::meta::{self, VersionKind};
use super::track_artists;
use crate::domain::catalogue::Track;
use crate::domain::report::{TrackArtist, TrackFacts};
use crate::domain::{ArtistId, Day, Role};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::packed_rows::Column::{Number, Text};
use crate::server::store::sql::packed_rows::{PackedReader, pack_columns};
use crate::server::store::sql::{day, ids, list, word};

/// A track as stored, with all its artists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTrack {
    pub id: i64,
    pub track: Track,
    /// Main artists first, then by name.
    pub artists: Vec<StoredTrackArtist>,
}

impl StoredTrack {
    /// The fields that a report needs.
    pub fn into_facts(self) -> TrackFacts {
        let StoredTrack { track, artists, .. } = self;
        let part = |part: StoredTrackArtist| TrackArtist { id: part.id, name: part.name, role: part.role };
        TrackFacts {
            uuid: track.uuid,
            name: track.name,
            credit: track.credit_name,
            release: track.release_date,
            image_url: track.image_url,
            artists: artists.into_iter().map(part).collect(),
        }
    }
}

/// An artist of a stored track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTrackArtist {
    pub artist: i64,
    /// Identifier in the API and in page URLs.
    pub id: ArtistId,
    pub name: String,
    pub role: Role,
}

#[derive(FromRow)]
struct TrackRow {
    id: i64,
    uuid: String,
    name: String,
    credit_name: Option<String>,
    isrc: Option<String>,
    release_day: Option<i64>,
    image_url: Option<String>,
}

/// Distinct tracks of these artists (S12), by id.
pub async fn for_artists(conn: &mut Conn, artists: &[i64]) -> Result<Vec<StoredTrack>, Error> {
    let theirs = track_artists::numbers_of(conn, artists).await?.into_values().flatten();
    let theirs: BTreeSet<i64> = theirs.collect();
    by_numbers(conn, &theirs.into_iter().collect::<Vec<_>>()).await
}

/// The existing tracks with these ids, by id.
pub async fn by_numbers(conn: &mut Conn, numbers: &[i64]) -> Result<Vec<StoredTrack>, Error> {
    let theirs = list(numbers.iter().copied());
    let sql = format!(
        "select 'tracks', {} from tracks where id in ({theirs})
         union all select 'parts', {} from track_artists where track_id in ({theirs})
         union all select 'artists', {} from artists
         where id in (select artist_id from track_artists where track_id in ({theirs}))",
        pack_columns(&[
            Number("id"),
            Text("uuid"),
            Text("name"),
            Text("credit_name"),
            Text("isrc"),
            Number("release_day"),
            Text("image_url"),
        ]),
        pack_columns(&[Number("track_id"), Number("artist_id"), Text("role")]),
        pack_columns(&[Number("id"), Text("uuid"), Text("name")]),
    );
    let found: Vec<(String, Option<String>)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let fields = |what: &str| {
        PackedReader::new(found.iter().find(|(name, _)| name == what).and_then(|(_, text)| text.as_deref()))
    };
    let mut tracks = read_tracks(fields("tracks"))?;
    let artists = read_artists(fields("artists"))?;
    let mut parts = fields("parts");
    while !parts.is_at_end() {
        let (track, artist, role) = (parts.number()?, parts.number()?, word(parts.text()?)?);
        let place = tracks.binary_search_by_key(&track, |track| track.id).map_err(|_| inconsistent())?;
        let (id, name) = artists.get(&artist).ok_or_else(inconsistent)?;
        tracks[place].artists.push(StoredTrackArtist { artist, id: *id, name: (*name).to_owned(), role });
    }
    for track in &mut tracks {
        track.artists.sort_unstable_by(|a, b| (a.role, &a.name, a.artist).cmp(&(b.role, &b.name, b.artist)));
    }
    Ok(tracks)
}

fn read_tracks(mut fields: PackedReader<'_>) -> Result<Vec<StoredTrack>, Error> {
    let mut tracks = Vec::new();
    while !fields.is_at_end() {
        let id = fields.number()?;
        let track = Track {
            uuid: word(fields.text()?)?,
            name: fields.text()?.to_owned(),
            credit_name: fields.text_or_null()?.map(str::to_owned),
            isrc: fields.text_or_null()?.map(str::to_owned),
            release_date: fields.number_or_null()?.map(day).transpose()?,
            image_url: fields.text_or_null()?.map(str::to_owned),
        };
        tracks.push(StoredTrack { id, track, artists: Vec::new() });
    }
    tracks.sort_unstable_by_key(|track| track.id);
    Ok(tracks)
}

fn read_artists(mut fields: PackedReader<'_>) -> Result<HashMap<i64, (ArtistId, &str)>, Error> {
    let mut artists = HashMap::new();
    while !fields.is_at_end() {
        let (number, uuid) = (fields.number()?, fields.text_or_null()?.map(word).transpose()?);
        artists.insert(number, (uuid.map_or(ArtistId::Local(number), ArtistId::Uuid), fields.text()?));
    }
    Ok(artists)
}

fn inconsistent() -> Error {
    Error::Damaged("a track has an artist that there is not".to_owned())
}

pub async fn uuid(conn: &mut Conn, id: i64) -> Result<Uuid, Error> {
    let uuid: Option<String> =
        sqlx::query_scalar("select uuid from tracks where id = $1").bind(id).fetch_optional(conn).await?;
    word(&uuid.ok_or_else(|| Error::NotFound { what: "track", id: id.to_string() })?)
}

pub async fn by_uuid(conn: &mut Conn, uuid: Uuid) -> Result<Option<StoredTrack>, Error> {
    let row: Option<TrackRow> = sqlx::query_as(
        "select id, uuid, name, credit_name, isrc, release_day, image_url from tracks where uuid = $1",
    )
    .bind(uuid.to_string())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut track = stored(row)?;
    let rows: Vec<(i64, Option<String>, String, String)> = sqlx::query_as(
        "select a.id, a.uuid, a.name, ta.role from track_artists ta join artists a on a.id = ta.artist_id
         where ta.track_id = $1 order by ta.role desc, a.name, a.id",
    )
    .bind(track.id)
    .fetch_all(conn)
    .await?;
    for (artist, uuid, name, role) in rows {
        track.artists.push(part(artist, uuid, name, &role)?);
    }
    Ok(Some(track))
}

fn stored(row: TrackRow) -> Result<StoredTrack, Error> {
    let track = Track {
        uuid: word(&row.uuid)?,
        name: row.name,
        credit_name: row.credit_name,
        isrc: row.isrc,
        release_date: row.release_day.map(day).transpose()?,
        image_url: row.image_url,
    };
    Ok(StoredTrack { id: row.id, track, artists: Vec::new() })
}

fn part(artist: i64, uuid: Option<String>, name: String, role: &str) -> Result<StoredTrackArtist, Error> {
    let uuid: Option<Uuid> = uuid.as_deref().map(word).transpose()?;
    let id = uuid.map_or(ArtistId::Local(artist), ArtistId::Uuid);
    Ok(StoredTrackArtist { artist, id, name, role: word(role)? })
}

pub async fn numbers(conn: &mut Conn) -> Result<HashMap<Uuid, i64>, Error> {
    ids::by_uuid(conn, "select uuid, id from tracks").await
}

/// Ids of the existing tracks with these UUIDs.
pub async fn numbers_of(conn: &mut Conn, uuids: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
    let texts: Vec<String> = uuids.iter().map(Uuid::to_string).collect();
    let keys: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = ids::find(conn, "select uuid, id from tracks where uuid in", &keys).await?;
    found.into_iter().map(|(uuid, id)| Ok((word(&uuid)?, id))).collect()
}

/// Inserts or updates tracks: `None` leaves the stored value. UUIDs must be distinct.
pub async fn put(conn: &mut Conn, tracks: &[Track]) -> Result<UpsertCounts, Error> {
    let uuids: Vec<String> = tracks.iter().map(|track| track.uuid.to_string()).collect();
    let keys: Vec<&str> = uuids.iter().map(String::as_str).collect();
    let known = ids::find(conn, "select uuid, id from tracks where uuid in", &keys).await?;
    let mut new_ids = ids::allocate(conn, "tracks", tracks.len() - known.len()).await?;
    let mut counts = UpsertCounts::default();
    for (track, uuid) in tracks.iter().zip(&uuids) {
        let known = known.get(uuid);
        let query = match known {
            Some(id) => {
                let update = "update tracks set name = $2, credit_name = coalesce($3, credit_name), isrc = coalesce($4, isrc),
                     release_day = coalesce($5, release_day), image_url = coalesce($6, image_url)
                     where id = $1 and (name <> $2 or coalesce($3, credit_name, '') <> coalesce(credit_name, '')
                     or coalesce($4, isrc, '') <> coalesce(isrc, '')
                     or coalesce($5, release_day, -99999) <> coalesce(release_day, -99999)
                     or coalesce($6, image_url, '') <> coalesce(image_url, ''))";
                sqlx::query(update).bind(*id)
            }
            None => {
                let insert = "insert into tracks (id, name, credit_name, isrc, release_day, image_url, uuid)
                     values ($1, $2, $3, $4, $5, $6, $7)";
                sqlx::query(insert).bind(new_ids.next())
            }
        };
        let query = query
            .bind(&track.name)
            .bind(track.credit_name.as_deref())
            .bind(track.isrc.as_deref())
            .bind(track.release_date.map(|day: Day| i64::from(day.number())))
            .bind(track.image_url.as_deref());
        let query = if known.is_some() { query } else { query.bind(uuid) };
        counts.count(known.is_some(), query.execute(&mut *conn).await?.rows_affected());
    }
    if counts.added + counts.changed > 0 {
        meta::bump(conn, VersionKind::Catalogue).await?;
    }
    Ok(counts)
}

/// Ids of the tracks with this ISRC.
pub async fn by_isrc(conn: &mut Conn, isrc: &str) -> Result<Vec<i64>, Error> {
    let sql = "select id from tracks where isrc = $1 order by id";
    Ok(sqlx::query_scalar(sql).bind(isrc).fetch_all(conn).await?)
}

/// An artist's tracks in an id range that have no ISRC and were never requested individually.
pub async fn without_isrc(
    conn: &mut Conn,
    artist: i64,
    first: i64,
    last: i64,
) -> Result<Vec<(i64, Uuid)>, Error> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select t.id, t.uuid from tracks t join track_artists a on a.track_id = t.id
         where a.artist_id = $1 and t.id between $2 and $3 and t.isrc is null
         and not exists (select 1 from fetched_lists l where l.list = 'details' and l.subject_id = t.id)
         order by t.id",
    )
    .bind(artist)
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(id, uuid)| Ok((id, word(&uuid)?))).collect()
}

/// Name and picture URL of a track.
pub async fn name_and_picture(
    conn: &mut Conn,
    uuid: Uuid,
) -> Result<Option<(String, Option<String>)>, Error> {
    let query = sqlx::query_as("select name, image_url from tracks where uuid = $1").bind(uuid.to_string());
    Ok(query.fetch_optional(conn).await?)
}
