//! Series that the provider refuses as a whole, such as a platform outside the plan: not requested again for
//! a while, unless a user asks.

use std::collections::HashSet;

use super::units::UnitKind;
use crate::server::base::clock::SECONDS_A_DAY;
use crate::server::error::Error;
use crate::server::store::Conn;

/// How long a refusal is respected.
const REFUSAL_TTL_SECONDS: i64 = 7 * SECONDS_A_DAY;

/// Records a refusal.
pub async fn put(conn: &mut Conn, kind: &UnitKind, reason: &str, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into refusals (task, platform_id, metric, reason, refused_at) values ($1, $2, $3, $4, $5)
         on conflict (task, platform_id, metric) do update set reason = excluded.reason, refused_at = excluded.refused_at",
    )
    .bind(&kind.task)
    .bind(kind.platform_id)
    .bind(&kind.metric)
    .bind(reason)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Current refusals.
pub async fn active(conn: &mut Conn, now: i64) -> Result<HashSet<UnitKind>, Error> {
    let sql = "select task, platform_id, metric from refusals where refused_at > $1 and refused_at <= $2";
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as(sql).bind(now - REFUSAL_TTL_SECONDS).bind(now + SECONDS_A_DAY).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(task, platform_id, metric)| UnitKind { task, platform_id, metric }).collect())
}

/// Deletes all refusals, before a manual retry.
pub async fn forget(conn: &mut Conn) -> Result<(), Error> {
    sqlx::query("delete from refusals").execute(conn).await?;
    Ok(())
}
