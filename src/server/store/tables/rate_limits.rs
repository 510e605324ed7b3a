//! The rate limiter's state, shared by all instances: the time at which the bucket will be full.

use std::time::Duration;

use crate::server::error::Error;
use crate::server::store::Conn;

/// When the bucket will be full again, since 1970-01-01.
pub async fn full_at(conn: &mut Conn, name: &str) -> Result<Duration, Error> {
    let nanos: Option<i64> = sqlx::query_scalar("select full_at from rate_limits where name = $1")
        .bind(name)
        .fetch_optional(conn)
        .await?;
    Ok(Duration::from_nanos(nanos.unwrap_or(0).try_into().map_err(Error::damaged)?))
}

pub async fn set(conn: &mut Conn, name: &str, full_at: Duration) -> Result<(), Error> {
    sqlx::query(
        "insert into rate_limits (name, full_at) values ($1, $2)
         on conflict (name) do update set full_at = excluded.full_at",
    )
    .bind(name)
    .bind(i64::try_from(full_at.as_nanos()).map_err(Error::damaged)?)
    .execute(conn)
    .await?;
    Ok(())
}
