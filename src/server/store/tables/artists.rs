//! Artists: with a Soundcharts UUID, or without one (S20 of docs/semantics.md).

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::meta::{self, VersionKind};
use crate::domain::ArtistId;
use crate::domain::catalogue::{Artist, ArtistKey, Source};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{ids, list, parameters, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredArtist {
    pub id: i64,
    pub artist: Artist,
}

impl StoredArtist {
    /// Identifier in the API and in page URLs.
    pub fn artist_id(&self) -> ArtistId {
        self.artist.uuid.map_or(ArtistId::Local(self.id), ArtistId::Uuid)
    }
}

/// Result of an upsert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UpsertCounts {
    /// New rows.
    pub added: u64,
    /// Rows with changed values.
    pub changed: u64,
    /// Unchanged rows.
    pub same: u64,
}

impl std::ops::AddAssign for UpsertCounts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.same += other.same;
    }
}

impl UpsertCounts {
    pub(in crate::server::store) fn count(&mut self, existed: bool, affected: u64) {
        match (existed, affected) {
            (false, _) => self.added += 1,
            (true, 0) => self.same += 1,
            (true, _) => self.changed += 1,
        }
    }
}

/// Number, UUID, name, slug, country, picture, source, external id.
type ArtistRow =
    (i64, Option<String>, String, Option<String>, Option<String>, Option<String>, String, Option<String>);

fn stored(row: ArtistRow) -> Result<StoredArtist, Error> {
    let (id, uuid, name, slug, country_code, image_url, source, external_id) = row;
    let (uuid, source): (Option<Uuid>, Source) = (uuid.as_deref().map(word).transpose()?, word(&source)?);
    Ok(StoredArtist { id, artist: Artist { uuid, name, slug, country_code, image_url, source, external_id } })
}

/// The existing artists with these ids, in no particular order.
pub async fn by_ids(conn: &mut Conn, ids: &[ArtistId]) -> Result<Vec<StoredArtist>, Error> {
    let uuids: Vec<String> = ids.iter().filter_map(|id| id.uuid()).map(|uuid| uuid.to_string()).collect();
    let numbers = ids.iter().filter_map(|id| match id {
        ArtistId::Local(number) => Some(*number),
        ArtistId::Uuid(_) => None,
    });
    let sql = format!(
        "select id, uuid, name, slug, country_code, image_url, source, external_id from artists
         where id in ({}) or uuid in ({})",
        list(numbers),
        if uuids.is_empty() { "null".to_owned() } else { parameters(1, uuids.len()) },
    );
    let query = uuids
        .into_iter()
        .fold(sqlx::query_as(AssertSqlSafe(sql)).persistent(false), |query, uuid| query.bind(uuid));
    query.fetch_all(conn).await?.into_iter().map(stored).collect()
}

/// The artist with a UUID that also has this external id.
pub async fn by_external_id(conn: &mut Conn, id: &str) -> Result<Option<ArtistId>, Error> {
    let sql = "select uuid from artists where external_id = $1 and uuid is not null order by id limit 1";
    let uuid: Option<String> = sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?;
    uuid.map(|uuid| word(&uuid).map(ArtistId::Uuid)).transpose()
}

pub async fn uuid(conn: &mut Conn, id: i64) -> Result<Uuid, Error> {
    let uuid: Option<Option<String>> =
        sqlx::query_scalar("select uuid from artists where id = $1").bind(id).fetch_optional(conn).await?;
    word(&uuid.flatten().ok_or_else(|| Error::NotFound { what: "artist", id: id.to_string() })?)
}

pub async fn numbers(conn: &mut Conn) -> Result<HashMap<Uuid, i64>, Error> {
    ids::by_uuid(conn, "select uuid, id from artists where uuid is not null").await
}

pub async fn numbers_by_key(conn: &mut Conn) -> Result<HashMap<ArtistKey, i64>, Error> {
    let rows: Vec<ArtistRow> = sqlx::query_as(
        "select id, uuid, name, slug, country_code, image_url, source, external_id from artists",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| stored(row).map(|stored| (stored.artist.key(), stored.id))).collect()
}

/// The unique key as stored: the UUID, or the key of an artist without one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum StoredKey {
    Uuid(String),
    Local(String),
}

impl StoredKey {
    fn from_artist(artist: &Artist) -> Self {
        match (artist.key(), &artist.external_id) {
            (ArtistKey::Uuid(uuid), _) => StoredKey::Uuid(uuid.to_string()),
            (ArtistKey::Local(source, id), Some(_)) => StoredKey::Local(format!("{source} id {id}")),
            (ArtistKey::Local(source, name), None) => StoredKey::Local(format!("{source} name {name}")),
        }
    }
}

/// The stored UUIDs of these artists, and the keys of those without one.
pub fn keys(artists: &[Artist]) -> (Vec<String>, Vec<String>) {
    let (mut uuids, mut local) = (Vec::new(), Vec::new());
    for artist in artists {
        match StoredKey::from_artist(artist) {
            StoredKey::Uuid(uuid) => uuids.push(uuid),
            StoredKey::Local(key) => local.push(key),
        }
    }
    (uuids, local)
}

/// Inserts or updates artists: `None` leaves the stored value, and an artist imported before the provider assigned
/// a UUID keeps its source. Keys ([`Artist::key`]) must be distinct.
pub async fn put(conn: &mut Conn, artists: &[Artist]) -> Result<UpsertCounts, Error> {
    let keys: Vec<StoredKey> = artists.iter().map(StoredKey::from_artist).collect();
    let known = known(conn, &keys).await?;
    let mut new_ids = ids::allocate(conn, "artists", keys.len() - known.len()).await?;
    let mut counts = UpsertCounts::default();
    for (artist, key) in artists.iter().zip(&keys) {
        let known = known.get(key);
        let query = match known {
            Some(id) => {
                let update = "update artists set name = $2, slug = coalesce($3, slug),
                     country_code = coalesce($4, country_code), image_url = coalesce($5, image_url),
                     source = case when $6 = 'soundcharts' then source else $6 end, external_id = coalesce($7, external_id)
                     where id = $1 and (name <> $2 or coalesce($3, slug, '') <> coalesce(slug, '')
                     or coalesce($4, country_code, '') <> coalesce(country_code, '')
                     or coalesce($5, image_url, '') <> coalesce(image_url, '') or $6 not in ('soundcharts', source)
                     or coalesce($7, external_id, '') <> coalesce(external_id, ''))";
                sqlx::query(update).bind(*id)
            }
            None => {
                let insert =
                    "insert into artists (id, name, slug, country_code, image_url, source, external_id, uuid,
                     local_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
                sqlx::query(insert).bind(new_ids.next())
            }
        };
        let query = query
            .bind(&artist.name)
            .bind(artist.slug.as_deref())
            .bind(artist.country_code.as_deref())
            .bind(artist.image_url.as_deref())
            .bind(artist.source.as_str())
            .bind(artist.external_id.as_deref());
        let query = match (known, key) {
            (Some(_), _) => query,
            (None, StoredKey::Uuid(uuid)) => query.bind(uuid).bind(None::<String>),
            (None, StoredKey::Local(key)) => query.bind(None::<String>).bind(key),
        };
        counts.count(known.is_some(), query.execute(&mut *conn).await?.rows_affected());
    }
    if counts.added + counts.changed > 0 {
        meta::bump(conn, VersionKind::Catalogue).await?;
    }
    Ok(counts)
}

/// Adopts the provider's current name of an artist.
pub async fn rename(conn: &mut Conn, id: i64, name: &str) -> Result<(), Error> {
    let renamed = sqlx::query("update artists set name = $2 where id = $1 and name <> $2")
        .bind(id)
        .bind(name)
        .execute(&mut *conn)
        .await?;
    if renamed.rows_affected() > 0 {
        meta::bump(conn, VersionKind::Catalogue).await?;
    }
    Ok(())
}

/// Assigns the provider's UUID to an artist: the provider's facts win, the source stays. If the provider's artist
/// already exists, the two are merged into it.
pub async fn link(conn: &mut Conn, local: i64, artist: &Artist) -> Result<(), Error> {
    let known = known(conn, &[StoredKey::from_artist(artist)]).await?.into_values().next();
    match known {
        Some(id) => {
            sqlx::query(
                "insert into track_artists (track_id, artist_id, role)
                 select track_id, $2, role from track_artists where artist_id = $1
                 on conflict (track_id, artist_id) do nothing",
            )
            .bind(local)
            .bind(id)
            .execute(&mut *conn)
            .await?;
            for table in [
                "track_artists where artist_id",
                "ended_links where artist_id",
                "artist_observations where artist_id",
                "artists where id",
            ] {
                let sql = AssertSqlSafe(format!("delete from {table} = $1"));
                sqlx::query(sql).bind(local).execute(&mut *conn).await?;
            }
        }
        None => {
            sqlx::query(
                "update artists set uuid = $2, local_key = null, name = $3, slug = coalesce($4, slug),
                 country_code = coalesce($5, country_code), image_url = coalesce($6, image_url) where id = $1",
            )
            .bind(local)
            .bind(artist.uuid.map(|uuid| uuid.to_string()))
            .bind(&artist.name)
            .bind(artist.slug.as_deref())
            .bind(artist.country_code.as_deref())
            .bind(artist.image_url.as_deref())
            .execute(&mut *conn)
            .await?;
        }
    }
    meta::bump(conn, VersionKind::Catalogue).await
}

/// The ids of the existing artists.
async fn known(conn: &mut Conn, keys: &[StoredKey]) -> Result<HashMap<StoredKey, i64>, Error> {
    let (mut uuids, mut locals) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            StoredKey::Uuid(uuid) => uuids.push(uuid.as_str()),
            StoredKey::Local(local) => locals.push(local.as_str()),
        }
    }
    let by_uuid = ids::find(conn, "select uuid, id from artists where uuid in", &uuids).await?;
    let by_local = ids::find(conn, "select local_key, id from artists where local_key in", &locals).await?;
    let by_uuid = by_uuid.into_iter().map(|(uuid, id)| (StoredKey::Uuid(uuid), id));
    Ok(by_uuid.chain(by_local.into_iter().map(|(local, id)| (StoredKey::Local(local), id))).collect())
}
