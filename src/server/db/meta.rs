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
             another database, such as sqlite://data/music-analytics.db (it is made if there is none)"
                .to_owned(),
        )),
        (Some(Holding::Real), Holding::Demo) => Err(Error::Unusable(
            "this database holds real data, and demo data must not be mixed with it: set DATABASE_URL to another \
             database, such as sqlite://data/demo.db (it is made if there is none)"
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

/// A number that grows with every change of artists or their tracks, in whichever process.
pub(super) async fn catalogue_version(conn: &mut Conn) -> Result<i64, Error> {
    let value: Option<i64> = sqlx::query_scalar("select last from ids where name = 'catalogue_version'")
        .fetch_optional(conn)
        .await?;
    Ok(value.unwrap_or(0))
}

/// Says that artists or their tracks have changed.
pub(super) async fn raise_catalogue_version(conn: &mut Conn) -> Result<(), Error> {
    super::ids::allocate(conn, "catalogue_version", 1).await.map(drop)
}
