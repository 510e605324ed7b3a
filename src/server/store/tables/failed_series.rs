//! Series whose last fetch failed, with the reason that reports give.

use sqlx::AssertSqlSafe;

use super::meta::{self, VersionKind};
use crate::domain::sync::FailureCause;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{list, word};

/// A track on a platform that could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedSeries {
    pub track_id: i64,
    pub platform_id: i64,
    pub cause: FailureCause,
}

/// Records the outcome of these units: adds failures, removes resolved ones.
pub async fn record(conn: &mut Conn, units: &[i64]) -> Result<(), Error> {
    let units = list(units.iter().copied());
    let fetched = format!(
        "delete from failed_series where (track_id, platform_id) in
         (select subject_id, platform_id from sync_units where task = 'audience' and state = 'done' and id in ({units}))"
    );
    let failed = format!(
        "insert into failed_series (track_id, platform_id, cause)
         select subject_id, platform_id, min(coalesce(cause, '{}')) from sync_units
         where task = 'audience' and state = 'failed' and id in ({units}) group by subject_id, platform_id
         on conflict (track_id, platform_id) do update set cause = excluded.cause",
        FailureCause::Internal
    );
    let mut changed = 0;
    for sql in [fetched, failed] {
        let done = sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *conn).await?;
        changed += done.rows_affected();
    }
    if changed > 0 {
        meta::bump(conn, VersionKind::Data).await?;
    }
    Ok(())
}

pub(in crate::server::store) async fn all(conn: &mut Conn) -> Result<Vec<FailedSeries>, Error> {
    let sql = "select track_id, platform_id, cause from failed_series order by track_id, platform_id";
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(sql).fetch_all(conn).await?;
    rows.into_iter()
        .map(|(track_id, platform_id, cause)| {
            Ok(FailedSeries { track_id, platform_id, cause: word(&cause)? })
        })
        .collect()
}
