//! What a database remembers about itself.

use super::Conn;
use crate::domain::words::words;
use crate::server::error::Error;
use crate::server::soundcharts::QuotaLeft;

words!(
    /// What a database holds. Decided by whatever fills it first, and never changed.
    Holding, "holding", {
        /// Invented data.
        Demo = "demo",
        /// Data of the world.
        Real = "real",
    }
);

/// What the database holds; `None` while it is empty.
pub async fn holding(conn: &mut Conn) -> Result<Option<Holding>, Error> {
    value(conn, "holding").await?.map(|value| super::word(&value)).transpose()
}

/// Makes an empty database one of this kind.
///
/// # Errors
/// The database is of the other kind.
pub async fn make(conn: &mut Conn, holding: Holding) -> Result<(), Error> {
    sqlx::query("insert into meta (key, value) values ('holding', $1) on conflict (key) do nothing")
        .bind(holding.as_str())
        .execute(&mut *conn)
        .await?;
    may_become(self::holding(conn).await?, holding)
}

/// Whether a database that holds `stored` may be filled with `wanted`.
///
/// # Errors
/// It holds the other kind of data; the sentence says what to do.
pub fn may_become(stored: Option<Holding>, wanted: Holding) -> Result<(), Error> {
    match (stored, wanted) {
        (Some(Holding::Demo), Holding::Real) => Err(Error::Unusable(
            "this database holds invented demo data, and real data must not be mixed with it: set DATABASE_URL to \
             another file, such as sqlite://data/music-analytics.db (it is made if there is none)"
                .to_owned(),
        )),
        (Some(Holding::Real), Holding::Demo) => Err(Error::Unusable(
            "this database holds real data, and demo data must not be mixed with it: set DATABASE_URL to another \
             file, such as sqlite://data/demo.db (it is made if there is none)"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// What is known about the provider's quota, as the last worker left it.
pub async fn quota(conn: &mut Conn) -> Result<Option<QuotaLeft>, Error> {
    let Some(value) = value(conn, "quota").await? else { return Ok(None) };
    let numbers: Vec<i64> = value.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [left, reserve, first_seen] = numbers[..] else {
        return Err(Error::Damaged(format!("the quota is \"{value}\"")));
    };
    Ok(Some(QuotaLeft { left, reserve, first_seen }))
}

/// Notes what is known about the provider's quota.
pub async fn put_quota(conn: &mut Conn, quota: QuotaLeft) -> Result<(), Error> {
    put(conn, "quota", &format!("{} {} {}", quota.left, quota.reserve, quota.first_seen)).await
}

/// The layout of the read model's rows; `None` before they were made.
pub(super) async fn series_layout(conn: &mut Conn) -> Result<Option<String>, Error> {
    value(conn, "series_layout").await
}

/// Notes the layout of the read model's rows.
pub(super) async fn put_series_layout(conn: &mut Conn, layout: &str) -> Result<(), Error> {
    put(conn, "series_layout", layout).await
}

async fn value(conn: &mut Conn, key: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("select value from meta where key = $1").bind(key).fetch_optional(conn).await?)
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

/// Numbers that grow with every change, in whichever process: two transactions that find the same read the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Versions {
    /// Of artists, tracks, and who is on which.
    pub catalogue: i64,
    /// Of what was observed and asked for, and of charts.
    pub data: i64,
    /// Of the platform registry.
    pub registry: i64,
}

/// All of them.
pub async fn versions(conn: &mut Conn) -> Result<Versions, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select name, last from ids where name in ('catalogue_version', 'data_version', 'registry_version')",
    )
    .fetch_all(conn)
    .await?;
    let version = |name: &str| rows.iter().find(|row| row.0 == name).map_or(0, |row| row.1);
    Ok(Versions {
        catalogue: version("catalogue_version"),
        data: version("data_version"),
        registry: version("registry_version"),
    })
}

/// A number that grows with every change of artists or their tracks, in whichever process.
pub(super) async fn catalogue_version(conn: &mut Conn) -> Result<i64, Error> {
    let value: Option<i64> = sqlx::query_scalar("select last from ids where name = 'catalogue_version'")
        .fetch_optional(conn)
        .await?;
    Ok(value.unwrap_or(0))
}

/// Says that something observed, asked for, or of a chart has changed.
pub(super) async fn raise_data_version(conn: &mut Conn) -> Result<(), Error> {
    super::ids::allocate(conn, "data_version", 1).await.map(drop)
}

/// Says that the platform registry has changed.
pub(super) async fn raise_registry_version(conn: &mut Conn) -> Result<(), Error> {
    super::ids::allocate(conn, "registry_version", 1).await.map(drop)
}

/// Says that artists or their tracks have changed.
pub(super) async fn raise_catalogue_version(conn: &mut Conn) -> Result<(), Error> {
    super::ids::allocate(conn, "catalogue_version", 1).await.map(drop)
}
