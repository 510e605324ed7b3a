//! Which units of work each sync needs, and so its progress.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::domain::sync::{CauseCount, SyncFailure};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{list, small, word};

/// Rows written by one statement.
const ROWS_PER_INSERT: usize = 200;
/// Maximum failures listed individually.
const MAX_FAILURES_LISTED: i64 = 100;

/// Links units to a sync.
pub async fn put(conn: &mut Conn, sync: Uuid, units: &[i64]) -> Result<(), Error> {
    let sync = sync.to_string();
    for units in units.chunks(ROWS_PER_INSERT) {
        let values: Vec<String> = units.iter().map(|unit| format!("($1,{unit})")).collect();
        let sql = format!(
            "insert into sync_needs (sync_id, unit_id) values {} on conflict (sync_id, unit_id) do nothing",
            values.join(",")
        );
        sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(&sync).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Links further units to all open syncs that need a unit.
pub async fn put_for_same_syncs(conn: &mut Conn, unit: i64, others: &[i64]) -> Result<(), Error> {
    for sync in for_units(conn, &[unit]).await? {
        put(conn, sync, others).await?;
    }
    Ok(())
}

/// Units of a sync by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitCounts {
    pub open: u32,
    /// Of the open ones, song lists: the tracks they return will add units.
    pub open_songs: u32,
    /// Response stored.
    pub done: u32,
    pub failed: u32,
    /// Done, but part of the response could not be stored. Lists of platforms are excluded: they concern other
    /// responses.
    pub complaints: u32,
    pub cancelled: u32,
}

impl UnitCounts {
    /// Done or failed.
    pub const fn ended(self) -> u32 {
        self.done + self.failed + self.cancelled
    }

    pub const fn total(self) -> u32 {
        self.open + self.ended()
    }
}

pub async fn tally(conn: &mut Conn, sync: Uuid) -> Result<UnitCounts, Error> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select u.state, count(*), cast(sum(case when u.task = 'songs' then 1 else 0 end) as bigint),
         cast(sum(case when u.reason is not null and u.task <> 'platforms' then 1 else 0 end) as bigint)
         from sync_needs n join sync_units u on u.id = n.unit_id where n.sync_id = $1 group by u.state",
    )
    .bind(sync.to_string())
    .fetch_all(conn)
    .await?;
    let mut tally = UnitCounts::default();
    for (state, count, songs, reasons) in rows {
        let count = small(count)?;
        match state.as_str() {
            "done" => (tally.done, tally.complaints) = (count, small(reasons)?),
            "failed" => tally.failed = count,
            "cancelled" => tally.cancelled = count,
            _ => {
                tally.open += count;
                tally.open_songs += small(songs)?;
            }
        }
    }
    Ok(tally)
}

/// Open syncs that need any of these units.
pub async fn for_units(conn: &mut Conn, units: &[i64]) -> Result<Vec<Uuid>, Error> {
    let sql = format!(
        "select distinct n.sync_id from sync_needs n join syncs s on s.id = n.sync_id
         where n.unit_id in ({}) and s.state in ('queued', 'running')",
        list(units.iter().copied())
    );
    let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    rows.iter().map(|id| word(id)).collect()
}

/// Unlinks the failed or cancelled units of a sync before a retry.
pub async fn forget_failed(conn: &mut Conn, sync: Uuid) -> Result<(), Error> {
    sqlx::query(
        "delete from sync_needs where sync_id = $1
         and unit_id in (select id from sync_units where state in ('failed', 'cancelled'))",
    )
    .bind(sync.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Cancels a sync's open units that no other open sync needs.
pub async fn cancel(conn: &mut Conn, sync: Uuid) -> Result<(), Error> {
    sqlx::query(
        "update sync_units set state = 'cancelled', leased_by = null, leased_until = null
         where state in ('queued', 'running') and id in (select unit_id from sync_needs where sync_id = $1)
         and id not in (select n.unit_id from sync_needs n join syncs s on s.id = n.sync_id
                        where s.state in ('queued', 'running') and s.id <> $1)",
    )
    .bind(sync.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Failures of a sync by cause, most frequent first.
pub async fn causes(conn: &mut Conn, sync: Uuid) -> Result<Vec<CauseCount>, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select coalesce(u.cause, 'internal'), count(*) from sync_needs n join sync_units u on u.id = n.unit_id
         where n.sync_id = $1 and u.state = 'failed' group by coalesce(u.cause, 'internal') order by 2 desc, 1",
    )
    .bind(sync.to_string())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(cause, count)| Ok(CauseCount { cause: word(&cause)?, count: small(count)? }))
        .collect()
}

/// Task, artist, track, credit, chart, platform, reason.
type FailureRow =
    (String, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

/// The first hundred failures of a sync.
pub async fn failures(conn: &mut Conn, sync: Uuid) -> Result<Vec<SyncFailure>, Error> {
    let rows: Vec<FailureRow> = sqlx::query_as(
        "select u.task, a.name, t.name, t.credit_name, c.name, p.name, u.reason
         from sync_needs n join sync_units u on u.id = n.unit_id
         left join artists a on a.id = u.subject_id and u.task in ('songs', 'artist')
         left join tracks t on t.id = u.subject_id and u.task = 'audience'
         left join charts c on c.id = u.subject_id and u.task = 'rankings'
         left join platforms p on p.id = case when u.task = 'rankings' then c.platform_id else u.platform_id end
         where n.sync_id = $1 and u.reason is not null and u.state in ('failed', 'done') order by u.id limit $2",
    )
    .bind(sync.to_string())
    .bind(MAX_FAILURES_LISTED)
    .fetch_all(conn)
    .await?;
    let failure = |(task, artist, track, credit, chart, platform, reason): FailureRow| SyncFailure {
        artist: artist.or(credit),
        track,
        platform,
        reason: match (task.as_str(), chart) {
            (_, Some(chart)) => format!("{chart}: {}", reason.unwrap_or_default()),
            _ => reason.unwrap_or_default(),
        },
    };
    Ok(rows.into_iter().map(failure).collect())
}
