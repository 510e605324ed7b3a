//! Liveness of worker processes: each holds an advisory lock on a connection of its own, which the server
//! releases when the connection ends.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::any::AnyConnectOptions;
use sqlx::{Connection as _, Executor as _};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::{SETTINGS, Server};
use crate::server::error::Error;
use crate::server::store::Conn;

/// First half of the advisory lock's key: the classid in `pg_locks`.
const WORKERS: i32 = 0x4d41_0001;
/// Interval of connection checks.
const PING_INTERVAL: Duration = Duration::from_secs(1);
/// A connection that takes longer counts as failed.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// Grace period in seconds after a server start before missing workers are declared dead.
const GRACE: i64 = 15;

/// Marks a worker's process as alive until dropped.
#[derive(Debug)]
pub struct WorkerSession(JoinHandle<()>);

impl Drop for WorkerSession {
    fn drop(&mut self) {
        // Aborting closes its connection.
        self.0.abort();
    }
}

impl Server {
    /// Marks a worker as alive.
    pub async fn worker_session(&self, worker: &str) -> Result<WorkerSession, Error> {
        let (options, key) = (self.options.clone(), key(worker));
        let mut conn = self.on_runtime(async move { lock(&options, key).await }).await?;
        let options = self.options.clone();
        Ok(WorkerSession(self.runtime.spawn(async move {
            loop {
                sleep(PING_INTERVAL).await;
                if matches!(timeout(LOCK_TIMEOUT, conn.ping()).await, Ok(Ok(()))) {
                    continue;
                }
                match timeout(LOCK_TIMEOUT, lock(&options, key)).await {
                    Ok(Ok(again)) => conn = again,
                    Ok(Err(error)) => tracing::debug!(%error, "the worker lock was lost; acquiring it again"),
                    Err(_) => tracing::debug!("timed out acquiring the worker lock"),
                }
            }
        })))
    }
}

/// Opens a connection that holds a worker's lock.
async fn lock(options: &AnyConnectOptions, key: i32) -> Result<Conn, Error> {
    let mut conn = Conn::connect_with(options).await?;
    conn.execute(SETTINGS).await?;
    // Shared, because a broken connection may hold it until the server notices.
    sqlx::query("select pg_advisory_lock_shared($1, $2)").bind(WORKERS).bind(key).execute(&mut conn).await?;
    Ok(conn)
}

/// Whether a worker has no connection, although it had time to reconnect.
pub(in crate::server::store) async fn has_gone(conn: &mut Conn, worker: &str) -> Result<bool, Error> {
    let lives: i64 = sqlx::query_scalar(
        "select cast(case when pg_postmaster_start_time() > now() - make_interval(secs => $3) or exists (
             select 1 from pg_locks l join pg_database d on d.oid = l.database
             where d.datname = current_database() and l.locktype = 'advisory' and l.objsubid = 2
             and cast(l.classid as bigint) = $1 and cast(l.objid as bigint) = $2) then 1 else 0 end as bigint)",
    )
    .bind(i64::from(WORKERS))
    .bind(i64::from(key(worker).cast_unsigned()))
    .bind(GRACE as f64)
    .fetch_one(conn)
    .await?;
    Ok(lives == 0)
}

/// Number of live workers.
pub(in crate::server::store) async fn workers(conn: &mut Conn) -> Result<u32, Error> {
    let count: i64 = sqlx::query_scalar(
        "select count(distinct l.objid) from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and l.locktype = 'advisory' and l.objsubid = 2
         and cast(l.classid as bigint) = $1",
    )
    .bind(i64::from(WORKERS))
    .fetch_one(conn)
    .await?;
    count.try_into().map_err(Error::damaged)
}

/// Second half of the advisory lock's key.
fn key(worker: &str) -> i32 {
    let digest: [u8; 32] = Sha256::digest(worker).into();
    i32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
}
