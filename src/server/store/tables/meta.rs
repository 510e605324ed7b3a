//! Metadata of the database: versions and other single values.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::AssertSqlSafe;

use crate::domain::sync::quota::QuotaLeft;
use crate::domain::text::string_enum::string_enum;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::postgres::has_citus;
use crate::server::store::sql::packed_rows::Column::{Number, Text};
use crate::server::store::sql::packed_rows::{PackedReader, pack_columns};
use crate::server::store::sql::{ids, word};

string_enum!(
    /// Kind of data in a database. Set by the first data written, and never changed.
    DataKind, "holding", {
        /// Invented data.
        Demo = "demo",
        /// Real data.
        Real = "real",
    }
);

/// Kind of data in the database; `None` while empty.
pub async fn data_kind(conn: &mut Conn) -> Result<Option<DataKind>, Error> {
    value(conn, "holding").await?.map(|value| word(&value)).transpose()
}

/// Claims an empty database for this kind of data.
///
/// # Errors
/// The database holds the other kind.
pub async fn claim_as(conn: &mut Conn, holding: DataKind) -> Result<(), Error> {
    sqlx::query("insert into meta (key, value) values ('holding', $1) on conflict (key) do nothing")
        .bind(holding.as_str())
        .execute(&mut *conn)
        .await?;
    ensure_compatible(data_kind(conn).await?, holding)
}

/// Checks that a database with `stored` data may receive `wanted` data.
///
/// # Errors
/// It holds the other kind; the message gives advice.
pub fn ensure_compatible(stored: Option<DataKind>, wanted: DataKind) -> Result<(), Error> {
    match (stored, wanted) {
        (Some(DataKind::Demo), DataKind::Real) => Err(Error::Unusable(
            "this database holds invented demo data, and real data must not be mixed with it: set DATABASE_URL to \
             another database, such as sqlite://data/music-analytics.db (it is made if there is none)"
                .to_owned(),
        )),
        (Some(DataKind::Real), DataKind::Demo) => Err(Error::Unusable(
            "this database holds real data, and demo data must not be mixed with it: set DATABASE_URL to another \
             database, such as sqlite://data/demo.db (it is made if there is none)"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The provider's quota as last seen by a worker.
pub async fn quota(conn: &mut Conn) -> Result<Option<QuotaLeft>, Error> {
    let Some(value) = value(conn, "quota").await? else { return Ok(None) };
    let numbers: Vec<i64> = value.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [left, reserve, first_seen] = numbers[..] else {
        return Err(Error::Damaged(format!("the quota is \"{value}\"")));
    };
    Ok(Some(QuotaLeft { left, reserve, first_seen }))
}

/// Stores the provider's quota.
pub async fn put_quota(conn: &mut Conn, quota: QuotaLeft) -> Result<(), Error> {
    put(conn, "quota", &format!("{} {} {}", quota.left, quota.reserve, quota.first_seen)).await
}

/// Whether accounts with a password must have a second factor.
pub async fn is_second_factor_required(conn: &mut Conn) -> Result<bool, Error> {
    Ok(value(conn, "second_factor").await?.as_deref() == Some("everybody"))
}

pub async fn put_second_factor_required(conn: &mut Conn, is_needed: bool) -> Result<(), Error> {
    put(conn, "second_factor", if is_needed { "everybody" } else { "whoever wants it" }).await
}

/// The layout of the read model's rows; `None` before they were made.
pub(in crate::server::store) async fn series_layout(conn: &mut Conn) -> Result<Option<String>, Error> {
    value(conn, "series_layout").await
}

pub(in crate::server::store) async fn put_series_layout(conn: &mut Conn, layout: &str) -> Result<(), Error> {
    put(conn, "series_layout", layout).await
}

async fn value(conn: &mut Conn, key: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("select value from meta where key = $1").bind(key).fetch_optional(conn).await?)
}

/// Resets the data kind of a database that has become empty.
pub(in crate::server::store) async fn clear_data_kind_if_empty(conn: &mut Conn) -> Result<(), Error> {
    let sql = "delete from meta where key = 'holding' and not exists (select 1 from artists)
               and not exists (select 1 from tracks)";
    sqlx::query(sql).execute(conn).await?;
    Ok(())
}

/// Whether the table has only the entries that every start writes.
pub(in crate::server::store) async fn is_new(conn: &mut Conn) -> Result<bool, Error> {
    let sql = "select key from meta where key <> 'series_layout' limit 1";
    Ok(sqlx::query(sql).fetch_optional(conn).await?.is_none())
}

async fn put(conn: &mut Conn, key: &str, value: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(conn)
    .await?;
    Ok(())
}

/// Version counters, incremented by every change in any process: equal versions mean equal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Versions {
    /// Artists, tracks and their links.
    pub catalogue: i64,
    /// Track observations and fetched windows.
    pub data: i64,
    /// Artist-level observations.
    pub artist_level: i64,
    /// Charts and their entries.
    pub charts: i64,
    /// The platform registry.
    pub registry: i64,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server::store) enum VersionKind {
    Catalogue,
    Data,
    ArtistLevel,
    Charts,
    Registry,
}

impl VersionKind {
    pub(in crate::server::store) const ALL: [Self; 5] =
        [Self::Catalogue, Self::Data, Self::ArtistLevel, Self::Charts, Self::Registry];

    /// The version names as literals for `in (...)`.
    fn names() -> String {
        Self::ALL.map(|changed| format!("'{}'", changed.name())).join(",")
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue_version",
            Self::Data => "data_version",
            Self::ArtistLevel => "artist_level_version",
            Self::Charts => "charts_version",
            Self::Registry => "registry_version",
        }
    }
}

/// A distributed database also stores the sum of its versions when all nodes last showed everything committed. A
/// different sum means that a transaction may be partly visible.
pub(in crate::server::store) const COMMITTED: &str = "settled_versions";

impl Versions {
    /// Versions that never match, so that nothing read with them is cached.
    pub(in crate::server::store) fn uncacheable() -> Self {
        static LAST: AtomicI64 = AtomicI64::new(0);
        let version = LAST.fetch_sub(1, Ordering::Relaxed) - 1;
        let (catalogue, data, artist_level) = (version, version, version);
        Versions { catalogue, data, artist_level, charts: version, registry: version }
    }

    fn sum(self) -> i64 {
        self.catalogue + self.data + self.artist_level + self.charts + self.registry
    }
}

/// Selects all versions as one text for [`read_versions`].
pub(in crate::server::store) static VERSIONS: LazyLock<String> = LazyLock::new(|| {
    let (columns, names) = (pack_columns(&[Text("name"), Number("last")]), VersionKind::names());
    format!("select coalesce({columns}, '') from ids where name in ({names}, '{COMMITTED}')")
});

pub async fn versions(conn: &mut Conn) -> Result<Versions, Error> {
    let text: String = sqlx::query_scalar(AssertSqlSafe(VERSIONS.as_str())).fetch_one(conn).await?;
    read_versions(&text)
}

/// Parses the result of [`VERSIONS`].
pub(in crate::server::store) fn read_versions(text: &str) -> Result<Versions, Error> {
    let mut fields = PackedReader::new(Some(text));
    let (mut versions, mut settled) = (Versions::default(), None);
    while !fields.is_at_end() {
        let (name, version) = (fields.text()?, fields.number()?);
        match VersionKind::ALL.into_iter().find(|changed| changed.name() == name) {
            Some(VersionKind::Catalogue) => versions.catalogue = version,
            Some(VersionKind::Data) => versions.data = version,
            Some(VersionKind::ArtistLevel) => versions.artist_level = version,
            Some(VersionKind::Charts) => versions.charts = version,
            Some(VersionKind::Registry) => versions.registry = version,
            None => settled = Some(version),
        }
    }
    let is_committed = settled.is_none_or(|settled| settled == versions.sum());
    Ok(if is_committed { versions } else { Versions::uncacheable() })
}

/// Whether the database is distributed with Citus.
pub(in crate::server::store) async fn is_distributed(conn: &mut Conn) -> Result<bool, Error> {
    let row: Option<i64> = sqlx::query_scalar("select last from ids where name = $1")
        .bind(COMMITTED)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Marks the database as distributed.
pub(in crate::server::store) async fn distribute(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!(
        "insert into ids (name, last) select '{COMMITTED}', cast(coalesce(sum(last), 0) as bigint) from ids
         where name in ({}) on conflict (name) do nothing",
        VersionKind::names()
    );
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Marks the visibility of commits as unknown; returns the current sum of versions for [`mark_committed`], or
/// `None` on a single node.
pub(in crate::server::store) async fn mark_uncommitted(conn: &mut Conn) -> Result<Option<i64>, Error> {
    sqlx::query("update ids set last = -1 where name = $1").bind(COMMITTED).execute(&mut *conn).await?;
    Ok(uncommitted_sum(conn).await?)
}

/// The transaction's sum of versions, if its visibility on all nodes is unknown.
pub(in crate::server::store) async fn uncommitted_sum(conn: &mut Conn) -> Result<Option<i64>, sqlx::Error> {
    let sql = format!(
        "select cast(coalesce(sum(last), 0) as bigint) from ids where name in ({})
         having coalesce(sum(last), 0) > (select last from ids where name = '{COMMITTED}')",
        VersionKind::names()
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(conn).await
}

/// Counts nodes with prepared transactions, or that do not answer. A commit interrupted between its two phases
/// stays prepared until Citus recovers it.
const PREPARED_TRANSACTIONS: &str = "select cast(count(*) as bigint) from run_command_on_all_nodes($$
        select count(*) from pg_prepared_xacts where database = current_database() and gid like 'citus%'
    $$) where not success or result <> '0'";

/// Marks everything up to this sum of versions as visible; returns whether it is.
pub(in crate::server::store) async fn mark_committed(conn: &mut Conn, raised: i64) -> Result<bool, Error> {
    // A copy on one node keeps the marker, but has no other node that could lag behind.
    if has_citus(conn).await? {
        let committing: i64 = sqlx::query_scalar(PREPARED_TRANSACTIONS).fetch_one(&mut *conn).await?;
        if committing > 0 {
            return Ok(false);
        }
    }
    // A later commit may have recorded it already.
    let sql = "update ids set last = $2 where name = $1 and last < $2";
    sqlx::query(sql).bind(COMMITTED).bind(raised).execute(conn).await?;
    Ok(true)
}

/// Increments a version, in the transaction of the change.
pub(in crate::server::store) async fn bump(conn: &mut Conn, changed: VersionKind) -> Result<(), Error> {
    ids::allocate(conn, changed.name(), 1).await.map(drop)
}
