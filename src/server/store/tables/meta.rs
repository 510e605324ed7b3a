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

/// Makes an empty database one of this kind.
///
/// # Errors
/// The database is of the other kind.
pub async fn claim_as(conn: &mut Conn, holding: DataKind) -> Result<(), Error> {
    sqlx::query("insert into meta (key, value) values ('holding', $1) on conflict (key) do nothing")
        .bind(holding.as_str())
        .execute(&mut *conn)
        .await?;
    ensure_compatible(data_kind(conn).await?, holding)
}

/// Whether a database that holds `stored` may be filled with `wanted`.
///
/// # Errors
/// It holds the other kind of data; the sentence says what to do.
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

/// Whether every account with a password needs a second factor to sign in.
pub async fn is_second_factor_required(conn: &mut Conn) -> Result<bool, Error> {
    Ok(value(conn, "second_factor").await?.as_deref() == Some("everybody"))
}

/// Sets whether every account with a password needs a second factor.
pub async fn put_second_factor_required(conn: &mut Conn, is_needed: bool) -> Result<(), Error> {
    put(conn, "second_factor", if is_needed { "everybody" } else { "whoever wants it" }).await
}

/// The layout of the read model's rows; `None` before they were made.
pub(in crate::server::store) async fn series_layout(conn: &mut Conn) -> Result<Option<String>, Error> {
    value(conn, "series_layout").await
}

/// Notes the layout of the read model's rows.
pub(in crate::server::store) async fn put_series_layout(conn: &mut Conn, layout: &str) -> Result<(), Error> {
    put(conn, "series_layout", layout).await
}

async fn value(conn: &mut Conn, key: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("select value from meta where key = $1").bind(key).fetch_optional(conn).await?)
}

/// Lets a database that holds nothing become one of demo data or of real data again.
pub(in crate::server::store) async fn clear_data_kind_if_empty(conn: &mut Conn) -> Result<(), Error> {
    let sql = "delete from meta where key = 'holding' and not exists (select 1 from artists)
               and not exists (select 1 from tracks)";
    sqlx::query(sql).execute(conn).await?;
    Ok(())
}

/// Whether nothing is remembered but what every start notes.
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
    /// Of artists, tracks, and who is on which.
    pub catalogue: i64,
    /// Of what was observed of tracks, and asked for.
    pub data: i64,
    /// Of what was observed of artists as a whole.
    pub artist_level: i64,
    /// Of charts and who is in them.
    pub charts: i64,
    /// Of the platform registry.
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

    /// The versions' names as a list for `in (...)`.
    fn names() -> String {
        Self::ALL.map(|changed| format!("'{}'", changed.name())).join(",")
    }

    /// The version's name in the table.
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

/// What a distributed database has beside its versions: their sum when it was last known that every machine shows
/// all that was committed up to then. Another sum says that a transaction may be visible in part.
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

/// Gives one text, which [`read_versions`] reads.
pub(in crate::server::store) static VERSIONS: LazyLock<String> = LazyLock::new(|| {
    let (columns, names) = (pack_columns(&[Text("name"), Number("last")]), VersionKind::names());
    format!("select coalesce({columns}, '') from ids where name in ({names}, '{COMMITTED}')")
});

/// The versions of everything.
pub async fn versions(conn: &mut Conn) -> Result<Versions, Error> {
    let text: String = sqlx::query_scalar(AssertSqlSafe(VERSIONS.as_str())).fetch_one(conn).await?;
    read_versions(&text)
}

/// The versions as [`VERSIONS`] gives them.
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

/// Whether the database's tables are spread over machines.
pub(in crate::server::store) async fn is_distributed(conn: &mut Conn) -> Result<bool, Error> {
    let row: Option<i64> = sqlx::query_scalar("select last from ids where name = $1")
        .bind(COMMITTED)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Notes that the database's tables are spread over machines.
pub(in crate::server::store) async fn distribute(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!(
        "insert into ids (name, last) select '{COMMITTED}', cast(coalesce(sum(last), 0) as bigint) from ids
         where name in ({}) on conflict (name) do nothing",
        VersionKind::names()
    );
    sqlx::query(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Says that it is not known what can be seen, whatever the versions were before; answers with the sum that they have
/// now, for [`settle`]; `None` where the tables are on one machine.
pub(in crate::server::store) async fn mark_uncommitted(conn: &mut Conn) -> Result<Option<i64>, Error> {
    sqlx::query("update ids set last = -1 where name = $1").bind(COMMITTED).execute(&mut *conn).await?;
    Ok(uncommitted_sum(conn).await?)
}

/// The sum of the versions that the transaction leaves, where it is not known that all can be seen.
pub(in crate::server::store) async fn uncommitted_sum(conn: &mut Conn) -> Result<Option<i64>, sqlx::Error> {
    let sql = format!(
        "select cast(coalesce(sum(last), 0) as bigint) from ids where name in ({})
         having coalesce(sum(last), 0) > (select last from ids where name = '{COMMITTED}')",
        VersionKind::names()
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(conn).await
}

/// Machines of the distributed database that do not say that nothing is left for them to commit. Whoever was cut off
/// between the two steps of a commit has a part of it prepared, until Citus finds that out.
const PREPARED_TRANSACTIONS: &str = "select cast(count(*) as bigint) from run_command_on_all_nodes($$
        select count(*) from pg_prepared_xacts where database = current_database() and gid like 'citus%'
    $$) where not success or result <> '0'";

/// Says, after a commit, that all can be seen up to this sum of the versions; answers whether that is so.
pub(in crate::server::store) async fn mark_committed(conn: &mut Conn, raised: i64) -> Result<bool, Error> {
    // A copy on one machine has the row of a distributed database, and no other machine that could be late.
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
