//! What the provider refused as a whole, such as a platform that the plan does not include: not asked for again for a
//! while, unless a person asks for it.

use std::collections::HashSet;

use super::Conn;
use super::units::UnitKind;
use crate::server::clock::SECONDS_A_DAY;
use crate::server::error::Error;

/// A refusal is believed for so long.
const BELIEVED: i64 = 7 * SECONDS_A_DAY;

/// Notes a refusal.
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

/// What is not to be asked for now. What was refused on a clock that was days ahead is asked for again.
pub async fn standing(conn: &mut Conn, now: i64) -> Result<HashSet<UnitKind>, Error> {
    let sql = "select task, platform_id, metric from refusals where refused_at > $1 and refused_at <= $2";
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as(sql).bind(now - BELIEVED).bind(now + SECONDS_A_DAY).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(task, platform_id, metric)| UnitKind { task, platform_id, metric }).collect())
}

/// Forgets all of them: a person tries again.
pub async fn forget(conn: &mut Conn) -> Result<(), Error> {
    sqlx::query("delete from refusals").execute(conn).await?;
    Ok(())
}
