//! Syncs: what was requested, and the progress. The row is the source of truth for every page and process.

use sqlx::FromRow;
use uuid::Uuid;

use crate::domain::sync::SyncState;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{small, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSync {
    pub id: Uuid,
    /// The request as JSON.
    pub request: String,
    pub state: SyncState,
    /// Rounds so far.
    pub round: u32,
    /// Completed units.
    pub done: u32,
    /// Planned units.
    pub total: u32,
    /// 0 to 100.
    pub percent: u32,
    /// Current activity, or the outcome.
    pub message: String,
    /// Milliseconds since 1970-01-01.
    pub created_at: i64,
    /// Start time, if started.
    pub started_at: Option<i64>,
    /// End time, if completed.
    pub finished_at: Option<i64>,
}

#[derive(FromRow)]
struct SyncRow {
    id: String,
    request: String,
    state: String,
    round: i64,
    done: i64,
    total: i64,
    percent: i64,
    message: String,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

const SELECT: &str = "select id, request, state, round, done, total, percent, message, created_at, started_at, finished_at from syncs";

impl TryFrom<SyncRow> for StoredSync {
    type Error = Error;

    fn try_from(row: SyncRow) -> Result<Self, Error> {
        Ok(StoredSync {
            id: word(&row.id)?,
            request: row.request,
            state: word(&row.state)?,
            round: small(row.round)?,
            done: small(row.done)?,
            total: small(row.total)?,
            percent: small(row.percent)?,
            message: row.message,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

async fn one(conn: &mut Conn, rest: &str, bind: &str) -> Result<Option<StoredSync>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} {rest}"));
    let row: Option<SyncRow> = sqlx::query_as(sql).bind(bind).fetch_optional(conn).await?;
    row.map(StoredSync::try_from).transpose()
}

pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Option<StoredSync>, Error> {
    one(conn, "where id = $1", &id.to_string()).await
}

pub async fn find_open(conn: &mut Conn, request_key: &str) -> Result<Option<StoredSync>, Error> {
    one(conn, "where request_key = $1 and state in ('queued', 'running')", request_key).await
}

pub async fn find_newest(conn: &mut Conn, request_key: &str) -> Result<Option<StoredSync>, Error> {
    one(conn, "where request_key = $1 order by created_at desc, id limit 1", request_key).await
}

/// Syncs, newest first, at most `limit`; optionally of one state, and after the sync with this id.
pub async fn list(
    conn: &mut Conn,
    state: Option<SyncState>,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<StoredSync>, Error> {
    let (created_at, id) = match after {
        None => (i64::MAX, String::new()),
        Some(id) => {
            let last = by_id(conn, id).await?;
            let last = last.ok_or_else(|| Error::invalid("cursor", "is not one that this list gave out"))?;
            (last.created_at, id.to_string())
        }
    };
    let sql = sqlx::AssertSqlSafe(format!(
        "{SELECT} where ($1 = '' or state = $1) and (created_at < $2 or (created_at = $2 and id > $3))
         order by created_at desc, id limit $4"
    ));
    let rows: Vec<SyncRow> = sqlx::query_as(sql)
        .bind(state.map_or("", SyncState::as_str))
        .bind(created_at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(StoredSync::try_from).collect()
}

/// Ids of open syncs without open units: due for the next round.
pub async fn due(conn: &mut Conn) -> Result<Vec<Uuid>, Error> {
    let sql = "select s.id from syncs s where s.state in ('queued', 'running') and not exists (
                   select 1 from sync_needs n join sync_units u on u.id = n.unit_id
                   where n.sync_id = s.id and u.state in ('queued', 'running'))";
    let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(conn).await?;
    rows.iter().map(|id| word(id)).collect()
}

/// Queues a sync.
pub async fn put(conn: &mut Conn, id: Uuid, request_key: &str, request: &str, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into syncs (id, request_key, request, state, round, done, total, percent, message, created_at)
         values ($1, $2, $3, 'queued', 0, 0, 0, 0, 'Waiting for a worker', $4)",
    )
    .bind(id.to_string())
    .bind(request_key)
    .bind(request)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Progress of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Completed units.
    pub done: u32,
    /// Planned units.
    pub total: u32,
    /// 0 to 99; never decreases.
    pub percent: u32,
}

/// Updates the progress of an open sync.
pub async fn progress(conn: &mut Conn, id: Uuid, progress: Progress) -> Result<(), Error> {
    sqlx::query(
        "update syncs set done = $2, total = $3, percent = case when percent > $4 then percent else $4 end
         where id = $1 and state in ('queued', 'running')",
    )
    .bind(id.to_string())
    .bind(i64::from(progress.done))
    .bind(i64::from(progress.total))
    .bind(i64::from(progress.percent))
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets the message of an open sync.
pub async fn begin(conn: &mut Conn, id: Uuid, message: &str, now: i64) -> Result<(), Error> {
    sqlx::query(
        "update syncs set state = 'running', message = $2, started_at = coalesce(started_at, $3)
         where id = $1 and state in ('queued', 'running')",
    )
    .bind(id.to_string())
    .bind(message)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn next_round(conn: &mut Conn, id: Uuid) -> Result<(), Error> {
    sqlx::query("update syncs set round = round + 1 where id = $1")
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Completes an open sync and returns whether it was open. A cancelled one keeps its percentage.
pub async fn end(
    conn: &mut Conn,
    id: Uuid,
    state: SyncState,
    message: &str,
    now: i64,
) -> Result<bool, Error> {
    let ended = sqlx::query(
        "update syncs set state = $2, message = $3, finished_at = $4, percent = case when $2 = 'cancelled' then percent else 100 end
         where id = $1 and state in ('queued', 'running')",
    )
    .bind(id.to_string())
    .bind(state.as_str())
    .bind(message)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Reopens a completed sync, with its current request.
pub async fn reopen(conn: &mut Conn, id: Uuid, request: &str) -> Result<(), Error> {
    sqlx::query(
        "update syncs set state = 'queued', round = 0, percent = 0, message = 'Waiting for a worker', started_at = null,
         finished_at = null, request = $2 where id = $1",
    )
    .bind(id.to_string())
    .bind(request)
    .execute(conn)
    .await?;
    Ok(())
}
