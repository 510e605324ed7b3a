//! A read replica for reports, used while it has applied everything that this process has written.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyPool, Connection as _};
use tokio::time::Instant;

use super::{BEGIN_READ, OF_READERS, READERS, Server, address, pool};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::Transaction;

/// How long a report waits for a replica connection before it uses the primary.
const PATIENCE: Duration = Duration::from_secs(1);
/// Delay before a failed replica is used again.
const RETRY_DELAY: Duration = Duration::from_secs(10);

/// The replica of `DATABASE_READ_URL`.
#[derive(Debug)]
pub struct Replica {
    pool: AnyPool,
    name: String,
    /// Number of write transactions that this process has begun on the primary.
    begun: AtomicU64,
    /// Number of those whose writes are included, and the log position that includes them.
    written: Mutex<(u64, i64)>,
    skip_until: Mutex<Option<Instant>>,
}

impl Replica {
    /// Opens the replica, which may be unreachable for now.
    ///
    /// # Errors
    /// It answers, but is not a replica of the primary.
    pub async fn open(url: &str, primary: &mut Conn) -> Result<Self, Error> {
        let (options, name) = address("DATABASE_READ_URL", url)?;
        if let Err(error) = check(&options, &name, primary).await {
            match error {
                Error::Unusable(_) | Error::Setting(_) => return Err(error),
                error => tracing::warn!(%error, replica = name, "reports are read from the primary"),
            }
        }
        let pool = pool(READERS, PATIENCE, OF_READERS).connect_lazy_with(options);
        let (begun, written) = (AtomicU64::new(1), Mutex::new((0, 0)));
        Ok(Replica { pool, name, begun, written, skip_until: Mutex::default() })
    }

    /// Must be called before a write transaction begins.
    pub fn begin(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
    }

    /// Begins a read transaction if the replica answers and has applied this process's writes.
    pub async fn read(&self, server: &Server, readers: &AnyPool, writer: &AnyPool) -> Option<Transaction> {
        let rests = *self.skip_until.lock().unwrap_or_else(PoisonError::into_inner);
        if rests.is_some_and(|until| until > Instant::now()) {
            return None;
        }
        let place = self.written(server, readers, writer).await.ok()?;
        let pool = self.pool.clone();
        let reading = server.on_runtime(async move {
            // Read before the transaction begins, which then sees at least this position.
            let replayed = "select cast(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') as bigint)";
            let replayed: Option<i64> = sqlx::query_scalar(replayed).fetch_one(&pool).await?;
            // A promoted server returns null.
            let has_all = replayed.is_some_and(|replayed| replayed >= place);
            Ok(if has_all { Some(pool.begin_with(BEGIN_READ).await?) } else { None })
        });
        reading.await.unwrap_or_else(|error| {
            tracing::warn!(%error, replica = self.name, "read replica unavailable; reading reports from the primary for now");
            *self.skip_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + RETRY_DELAY);
            None
        })
    }

    /// The log position that a replica must have reached.
    async fn written(&self, server: &Server, readers: &AnyPool, writer: &AnyPool) -> Result<i64, Error> {
        let begun = self.begun.load(Ordering::SeqCst);
        let (known, place) = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if known == begun {
            return Ok(place);
        }
        // A write in progress may have ended by the next call.
        let is_writing = writer.num_idle() < writer.size() as usize;
        let sql = "select cast(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bigint)";
        let place: i64 = sqlx::query_scalar(sql).fetch_one(&mut *server.read(readers).await?).await?;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        // Another task may have checked later.
        written.1 = written.1.max(place);
        if !is_writing {
            written.0 = written.0.max(begun);
        }
        Ok(place)
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Checks that the server is a replica of the primary.
async fn check(options: &AnyConnectOptions, name: &str, primary: &mut Conn) -> Result<(), Error> {
    let mut replica = Conn::connect_with(options).await?;
    let is_replica: bool = sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(&mut replica).await?;
    let cluster = "select system_identifier from pg_control_system()";
    let here: i64 = sqlx::query_scalar(cluster).fetch_one(&mut replica).await?;
    let there: i64 = sqlx::query_scalar(cluster).fetch_one(primary).await?;
    replica.close().await?;
    if is_replica && here == there {
        return Ok(());
    }
    Err(Error::Unusable(format!(
        "DATABASE_READ_URL: expected a streaming replica of the server of DATABASE_URL, and {name} is none"
    )))
}
