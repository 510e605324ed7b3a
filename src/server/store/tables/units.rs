//! Units of work: requests to the provider, each open at most once however many syncs need it. A worker
//! claims them for a limited time (lease); every write of a unit's result is fenced with the lease number,
//! which the next claim increments.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::task::{COLUMNS, TaskRow};
pub use super::task::{Subject, Task};
use crate::domain::sync::FailureCause;
use crate::domain::text::string_enum::string_enum;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{ids, list, small};

string_enum!(
    /// State of a unit.
    UnitState, "unit state", {
        /// Waiting for a worker or a retry.
        Queued = "queued",
        /// Claimed by a worker.
        Running = "running",
        /// Complete; the result is stored.
        Done = "done",
        /// Given up.
        Failed = "failed",
        /// Cancelled: no open sync needs it.
        Cancelled = "cancelled",
    }
);

/// A task with its label: "Spotify for “AMOR”".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub task: Task,
    /// Display text.
    pub label: String,
}

/// A unit that this worker has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedUnit {
    pub id: i64,
    /// The fencing token.
    pub lease: i64,
    /// Failed attempts so far.
    pub attempts: u32,
    pub unit: Unit,
}

/// Outcome of a claimed unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitOutcome {
    /// Stored; the text describes what could not be stored, if anything.
    Done(Option<String>),
    /// Retry, not before the given time.
    Retry {
        /// Reason of the failure.
        reason: String,
        /// Milliseconds since 1970-01-01.
        ready_at: i64,
    },
    /// Given up.
    Failed {
        /// Reason as a sentence.
        reason: String,
        /// Reason as a category.
        cause: FailureCause,
    },
}

/// Opens units, sharing those already open. Returns their ids in order.
pub async fn open(conn: &mut Conn, units: &[Unit]) -> Result<Vec<i64>, Error> {
    let keys: Vec<String> = units.iter().map(|unit| unit.task.key()).collect();
    let texts: Vec<&str> = keys.iter().map(String::as_str).collect();
    let known = ids::find(
        conn,
        "select unit_key, id from sync_units where state in ('queued', 'running') and unit_key in",
        &texts,
    )
    .await?;
    let mut new_ids = ids::allocate(conn, "sync_units", units.len() - known.len()).await?;
    let mut numbers = Vec::with_capacity(units.len());
    for (unit, key) in units.iter().zip(&keys) {
        if let Some(id) = known.get(key) {
            numbers.push(*id);
            continue;
        }
        let id = new_ids.next().ok_or_else(|| Error::Damaged("the same unit twice".to_owned()))?;
        let task = TaskRow::from(unit.task);
        sqlx::query(
            "insert into sync_units (id, unit_key, task, subject_id, platform_id, metric, from_day, to_day, label, state,
             attempts, crashes, ready_at, lease) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0, 0, 0, 0)",
        )
        .bind(id)
        .bind(key)
        .bind(task.task)
        .bind(task.subject_id)
        .bind(task.platform_id)
        .bind(task.metric)
        .bind(task.from_day)
        .bind(task.to_day)
        .bind(&unit.label)
        .execute(&mut *conn)
        .await?;
        numbers.push(id);
    }
    Ok(numbers)
}

#[derive(FromRow)]
struct UnitRow {
    id: i64,
    #[sqlx(flatten)]
    task: TaskRow,
}

/// Open units about any of these subjects (artists, tracks, charts), and those without a subject.
pub async fn open_about(conn: &mut Conn, subjects: &[i64]) -> Result<Vec<(i64, Task)>, Error> {
    let sql = format!(
        "select id, {COLUMNS} from sync_units where subject_id in (0,{}) and state in ('queued', 'running')",
        list(subjects.iter().copied())
    );
    let rows: Vec<UnitRow> = sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((row.id, row.task.try_into()?))).collect()
}

/// Failed units of a sync.
pub async fn given_up(conn: &mut Conn, sync: Uuid) -> Result<Vec<Task>, Error> {
    let sql = format!(
        "select id, {COLUMNS} from sync_units where state = 'failed' and id in (select unit_id from sync_needs where sync_id = $1)"
    );
    let rows: Vec<UnitRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(sync.to_string()).fetch_all(conn).await?;
    rows.into_iter().map(|row| row.task.try_into()).collect()
}

#[derive(FromRow)]
struct ClaimedRow {
    id: i64,
    lease: i64,
    attempts: i64,
    #[sqlx(flatten)]
    task: TaskRow,
    label: String,
}

/// Key of units that use one endpoint for one platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnitKind {
    pub task: String,
    /// 0 if none.
    pub platform_id: i64,
    /// Empty if none.
    pub metric: String,
}

impl From<Task> for UnitKind {
    fn from(task: Task) -> Self {
        let TaskRow { task, platform_id, metric, .. } = task.into();
        UnitKind { task, platform_id, metric }
    }
}

/// Parameters of a claim.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub worker: &'a str,
    /// In milliseconds since 1970-01-01.
    pub now: i64,
    /// End of the lease, unless renewed.
    pub until: i64,
    /// Maximum number of units.
    pub most: usize,
    /// Whether the worker holds nothing else: only then may it claim a suspect unit (one during which a
    /// process died), alone, so that a repeated crash identifies the unit.
    pub is_idle: bool,
}

/// Claims units that are ready, oldest first.
pub async fn claim(conn: &mut Conn, claim: Claim<'_>) -> Result<Vec<ClaimedUnit>, Error> {
    let ready = |suspects: &str, most: usize| {
        format!(
            "select id from sync_units where state = 'queued' and ready_at <= $1 and crashes {suspects} 0 order by id limit {most}"
        )
    };
    let mut units: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(ready("=", claim.most)))
        .bind(claim.now)
        .fetch_all(&mut *conn)
        .await?;
    if units.is_empty() && claim.is_idle {
        units =
            sqlx::query_scalar(AssertSqlSafe(ready(">", 1))).bind(claim.now).fetch_all(&mut *conn).await?;
    }
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "update sync_units set state = 'running', lease = lease + 1, leased_by = $1, leased_until = $2
         where id in ({}) and state = 'queued'
         returning id, lease, attempts, {COLUMNS}, label",
        list(units)
    );
    let rows: Vec<ClaimedRow> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .bind(claim.worker)
        .bind(claim.until)
        .fetch_all(conn)
        .await?;
    let mut claimed: Vec<ClaimedUnit> = rows
        .into_iter()
        .map(|row| {
            let unit = Unit { task: row.task.try_into()?, label: row.label };
            Ok(ClaimedUnit { id: row.id, lease: row.lease, attempts: small(row.attempts)?, unit })
        })
        .collect::<Result<_, Error>>()?;
    claimed.sort_by_key(|unit| unit.id);
    Ok(claimed)
}

/// The units whose lease the caller still holds: the fence of every write.
pub async fn still_leased(conn: &mut Conn, units: &[(i64, i64)]) -> Result<Vec<i64>, Error> {
    let sql = format!(
        "select id, lease from sync_units where state = 'running' and id in ({})",
        list(units.iter().map(|unit| unit.0))
    );
    let leases: Vec<(i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(conn).await?;
    let leases: HashMap<i64, i64> = leases.into_iter().collect();
    Ok(units.iter().filter(|(id, lease)| leases.get(id) == Some(lease)).map(|(id, _)| *id).collect())
}

/// Completes a unit whose lease the caller holds.
pub async fn end(conn: &mut Conn, id: i64, ending: &UnitOutcome) -> Result<(), Error> {
    let (state, reason, ready_at, attempts, cause) = match ending {
        UnitOutcome::Done(complaint) => (UnitState::Done, complaint.as_deref(), 0, 0, None),
        UnitOutcome::Retry { reason, ready_at } => {
            (UnitState::Queued, Some(reason.as_str()), *ready_at, 1, None)
        }
        UnitOutcome::Failed { reason, cause } => {
            (UnitState::Failed, Some(reason.as_str()), 0, 1, Some(*cause))
        }
    };
    sqlx::query(
        "update sync_units set state = $2, reason = $3, ready_at = $4, attempts = attempts + $5, cause = $6,
         leased_by = null, leased_until = null where id = $1",
    )
    .bind(id)
    .bind(state.as_str())
    .bind(reason)
    .bind(ready_at)
    .bind(attempts)
    .bind(cause.map(FailureCause::as_str))
    .execute(conn)
    .await?;
    Ok(())
}

/// Fails all queued units for one reason and returns them. Units in progress continue: their response may
/// have been paid for.
pub async fn give_up(conn: &mut Conn, reason: &str, cause: FailureCause) -> Result<Vec<i64>, Error> {
    let sql = "update sync_units set state = 'failed', reason = $1, cause = $2, leased_by = null, leased_until = null
               where state = 'queued' returning id";
    Ok(sqlx::query_scalar(sql).bind(reason).bind(cause.as_str()).fetch_all(conn).await?)
}

/// Fails all queued units of one kind: a plan that excludes one excludes all.
pub async fn give_up_kind(
    conn: &mut Conn,
    kind: &UnitKind,
    reason: &str,
    cause: FailureCause,
) -> Result<Vec<i64>, Error> {
    let sql = "update sync_units set state = 'failed', reason = $1, cause = $2, leased_by = null, leased_until = null
               where state = 'queued' and task = $3 and platform_id = $4 and metric = $5 returning id";
    let query = sqlx::query_scalar(sql).bind(reason).bind(cause.as_str());
    Ok(query.bind(&kind.task).bind(kind.platform_id).bind(&kind.metric).fetch_all(conn).await?)
}

/// Failed units of a kind and cause in open syncs.
pub async fn count_failed(conn: &mut Conn, kind: &UnitKind, cause: FailureCause) -> Result<u32, Error> {
    let sql = "select count(*) from sync_units where state = 'failed' and task = $1 and platform_id = $2 and metric = $3
               and cause = $4 and id in (select n.unit_id from sync_needs n join syncs s on s.id = n.sync_id
                                         where s.state in ('queued', 'running'))";
    let query = sqlx::query_scalar(sql).bind(&kind.task).bind(kind.platform_id).bind(&kind.metric);
    small(query.bind(cause.as_str()).fetch_one(conn).await?)
}

/// Heartbeat: extends the leases of a worker.
pub async fn extend_leases(conn: &mut Conn, worker: &str, until: i64) -> Result<(), Error> {
    let sql = "update sync_units set leased_until = $2 where leased_by = $1 and state = 'running'";
    sqlx::query(sql).bind(worker).bind(until).execute(conn).await?;
    Ok(())
}

/// Units leased by a worker, with lease numbers.
pub async fn for_worker(conn: &mut Conn, worker: &str) -> Result<Vec<(i64, i64)>, Error> {
    let sql = "select id, lease from sync_units where leased_by = $1 and state = 'running'";
    Ok(sqlx::query_as(sql).bind(worker).fetch_all(conn).await?)
}

/// Releases a worker's units at shutdown, unchanged.
pub async fn release(conn: &mut Conn, worker: &str) -> Result<(), Error> {
    let sql = "update sync_units set state = 'queued', leased_by = null, leased_until = null
               where leased_by = $1 and state = 'running'";
    sqlx::query(sql).bind(worker).execute(conn).await?;
    Ok(())
}

/// Workers that hold units, with the end of their leases.
pub async fn lease_holders(conn: &mut Conn) -> Result<Vec<(String, i64)>, Error> {
    let sql = "select leased_by, min(leased_until) from sync_units where state = 'running' and leased_by is not null
               group by leased_by";
    Ok(sqlx::query_as(sql).fetch_all(conn).await?)
}

/// Upper bounds of stored times; a later one means that the clock was set back.
#[derive(Debug, Clone, Copy)]
pub struct Latest {
    /// Next attempt of a unit.
    pub ready_at: i64,
    pub leased_until: i64,
}

/// Whether a stored time exceeds its bound.
pub async fn is_ahead(conn: &mut Conn, latest: Latest) -> Result<bool, Error> {
    let sql = "select count(*) from sync_units where (state = 'queued' and ready_at > $1)
               or (state = 'running' and leased_until > $2)";
    let ahead: i64 =
        sqlx::query_scalar(sql).bind(latest.ready_at).bind(latest.leased_until).fetch_one(conn).await?;
    Ok(ahead > 0)
}

/// Pulls times beyond their bound back to now, so that no unit waits for the clock to catch up.
pub async fn follow_clock(conn: &mut Conn, latest: Latest, now: i64) -> Result<(), Error> {
    sqlx::query("update sync_units set ready_at = $2 where state = 'queued' and ready_at > $1")
        .bind(latest.ready_at)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    sqlx::query("update sync_units set leased_until = $1 where state = 'running' and leased_until > $1")
        .bind(latest.leased_until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Maximum process crashes while working on a unit alone.
const MAX_CRASHES: i64 = 3;
/// Message of a unit that exceeds it.
const POISON_REASON: &str = "The program has ended three times in a row at this unit of work, so it is not tried again by itself: retry it, and \
     look into the server's log if that happens again";

/// Reclaims the units of a dead worker. A unit held alone counts as the cause; several become suspects and
/// are claimed one by one. Returns the units given up.
pub async fn reclaim(conn: &mut Conn, worker: &str, ready_at: i64) -> Result<Vec<i64>, Error> {
    let held = for_worker(conn, worker).await?;
    let blame = i64::from(held.len() == 1);
    // A suspect has 1, and each further crash while it runs alone adds one.
    sqlx::query(
        "update sync_units set state = 'queued', leased_by = null, leased_until = null,
         crashes = case when crashes = 0 then 1 else crashes end + $2, ready_at = case when crashes > 1 then $3 else ready_at end
         where leased_by = $1 and state = 'running'",
    )
    .bind(worker)
    .bind(blame)
    .bind(ready_at)
    .execute(&mut *conn)
    .await?;
    let sql = format!(
        "update sync_units set state = 'failed', reason = $1, cause = '{}' where state = 'queued' and crashes > {MAX_CRASHES}
         and id in ({}) returning id",
        FailureCause::Internal,
        list(held.into_iter().map(|unit| unit.0))
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).bind(POISON_REASON).fetch_all(conn).await?)
}

/// Time of the next queued unit, if any.
pub async fn next_ready(conn: &mut Conn) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar("select min(ready_at) from sync_units where state = 'queued'")
        .fetch_one(conn)
        .await?)
}
