//! Backlog and data age, for monitoring.

use crate::domain::Day;
use crate::domain::sync::SyncState;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{day, word};

/// How many syncs are in each state.
pub async fn syncs(conn: &mut Conn) -> Result<Vec<(SyncState, i64)>, Error> {
    let counts: Vec<(String, i64)> =
        sqlx::query_as("select state, count(*) from syncs group by state").fetch_all(conn).await?;
    let count = |state: SyncState| {
        let found = counts.iter().find(|(word, _)| word == state.as_str());
        (state, found.map_or(0, |(_, count)| *count))
    };
    Ok(SyncState::ALL.iter().copied().map(count).collect())
}

/// Units of work by state. Completed ones are not counted: they are many and harmless.
pub async fn units(conn: &mut Conn) -> Result<Vec<(&'static str, i64)>, Error> {
    let counts: Vec<(String, i64)> = sqlx::query_as(
        "select state, count(*) from sync_units where state in ('queued', 'running', 'failed') group by state",
    )
    .fetch_all(conn)
    .await?;
    let count = |state: &'static str| {
        let found = counts.iter().find(|(word, _)| word == state);
        (state, found.map_or(0, |(_, count)| *count))
    };
    Ok(["queued", "running", "failed"].map(count).into())
}

/// The newest observed day of each platform that has any.
pub async fn newest_days(conn: &mut Conn) -> Result<Vec<(String, Day)>, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select p.code, max(o.last_day) from observations o join platforms p on p.id = o.platform_id
         group by p.code order by p.code",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(code, newest)| Ok((word(&code)?, day(newest)?))).collect()
}
