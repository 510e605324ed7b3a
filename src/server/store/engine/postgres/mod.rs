//! PostgreSQL specifics: URL, connection settings, a single writer over all instances, and byte-wise text
//! comparison as on SQLite.

mod replica;
mod session;
pub mod url;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{AnyPool, AssertSqlSafe, Connection as _, Executor as _};
use tokio::runtime::Handle;

pub use replica::Replica;
pub use session::WorkerSession;
pub(in crate::server::store) use session::{has_gone, workers};
pub use url::{address, is_postgres};

use super::{Column, Reference, version};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::Transaction;

/// Concurrent read transactions per instance; further ones wait.
const READERS: u32 = 8;
/// Connections for short queries, such as authentication and health checks. Reports do not use them, so that
/// sign-in works while reports occupy all readers.
const SMALL: u32 = 3;
/// How long a transaction waits for a connection: long enough for a server restart.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Advisory lock of the single write transaction: classid 1297437537 in `pg_locks`.
const WRITER_LOCK: i64 = 0x4d55_5361_0000_0001;

/// Settings of every connection. The lock timeout is the same as on SQLite. If an instance's machine disappears,
/// the server notices within half a minute and frees its locks. A transaction idle for a minute is ended, because
/// others may wait for it.
const SETTINGS: &str = "set application_name = 'music-analytics'; set client_min_messages = warning; \
                        set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '1min'; \
                        set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; \
                        set tcp_keepalives_count = 3; ";
/// A report that takes longer is cancelled; an import's statement may have to wait for the disk. With Citus, a node
/// that hangs would hold every reader that long, so they are freed earlier; elsewhere its setting has no effect.
const OF_READERS: &str = "set statement_timeout = '1min'; set citus.node_connection_timeout = 5000; \
                          select set_config('statement_timeout', '15s', false) from pg_extension where extname = 'citus'";
const OF_SMALL: &str = "set statement_timeout = '5s'";
/// Citus refuses to write to a reference table after a parallel read in the same transaction; elsewhere the setting
/// has no effect.
const OF_WRITER: &str = "set statement_timeout = '10min'; set citus.multi_shard_modify_mode = 'sequential'";
/// A copy has no time limit, and writes as the writer does.
const OF_COPY: &str = "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; \
                       set citus.multi_shard_modify_mode = 'sequential'";

/// A read transaction: one state of the database until it ends.
const BEGIN_READ: &str = "begin isolation level repeatable read read only";

#[derive(Debug, Clone)]
pub struct Server {
    options: AnyConnectOptions,
    /// Without the password.
    name: String,
    directory: PathBuf,
    /// The pool maintains a connection on the runtime that opened it, so all are opened on this one.
    runtime: Handle,
}

impl Server {
    /// Opens the database of a URL and migrates its tables.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let (options, name) = address("DATABASE_URL", url)?;
        let server = Server { options, name, directory: directory()?, runtime: Handle::current() };
        let mut conn = server.first().await?;
        version::migrate(&server.name, &mut conn).await?;
        use_byte_collation(&mut conn).await?;
        conn.close().await?;
        Ok(server)
    }

    /// A connection outside the pools, for long-running work, and the database's name for messages.
    pub async fn alone(key: &str, url: &str) -> Result<(Conn, String), Error> {
        let (options, name) = address(key, url)?;
        let server = Server { options, name, directory: PathBuf::new(), runtime: Handle::current() };
        let mut conn = server.first().await?;
        conn.execute(SETTINGS).await?;
        conn.execute(OF_COPY).await?;
        Ok((conn, server.name))
    }

    /// Checks that the URL names a database of this product.
    pub async fn existing(key: &str, url: &str) -> Result<(), Error> {
        let (mut conn, name) = Self::alone(key, url).await?;
        let is_ours = columns(&mut conn).await?.iter().any(|column| column.table == version::TABLE);
        conn.close().await?;
        if is_ours {
            return Ok(());
        }
        Err(Error::Unusable(format!(
            "there is no database of music-analytics at {name}: does {key} name the right one? An empty one is filled by \
             `copy`, `import` or `serve`"
        )))
    }

    /// The first connection, made without the pool so that errors are reported immediately.
    async fn first(&self) -> Result<Conn, Error> {
        sqlx::any::install_default_drivers();
        let cannot = |why: String| Error::Unusable(format!("cannot use the database {}: {why}", self.name));
        let mut conn =
            Conn::connect_with(&self.options).await.map_err(|error| cannot(connect_hint(&error)))?;
        conn.execute("set client_min_messages = warning").await?;
        let encoding: String =
            sqlx::query_scalar("select current_setting('server_encoding')").fetch_one(&mut conn).await?;
        if encoding == "UTF8" {
            return Ok(conn);
        }
        Err(cannot(format!(
            "its encoding is {encoding}, and names need UTF8: create it with encoding 'UTF8'"
        )))
    }

    pub async fn writer(&self) -> Result<AnyPool, Error> {
        Ok(pool(1, ACQUIRE_TIMEOUT, OF_WRITER).connect_with(self.options.clone()).await?)
    }

    pub async fn readers(&self) -> Result<AnyPool, Error> {
        Ok(pool(READERS, ACQUIRE_TIMEOUT, OF_READERS).connect_with(self.options.clone()).await?)
    }

    pub async fn small(&self) -> Result<AnyPool, Error> {
        Ok(pool(SMALL, ACQUIRE_TIMEOUT, OF_SMALL).connect_with(self.options.clone()).await?)
    }

    /// Directory for large temporary files and pictures.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub async fn reader(&self, readers: &AnyPool) -> Result<PoolConnection<sqlx::Any>, Error> {
        let readers = readers.clone();
        self.on_runtime(async move { Ok(readers.acquire().await?) }).await
    }

    pub async fn read(&self, readers: &AnyPool) -> Result<Transaction, Error> {
        let readers = readers.clone();
        self.on_runtime(async move { Ok(readers.begin_with(BEGIN_READ).await?) }).await
    }

    /// Begins the write transaction, after waiting for those of all instances.
    pub async fn write(&self, writer: &AnyPool) -> Result<Transaction, Error> {
        let writer = writer.clone();
        self.on_runtime(async move {
            let mut tx = writer.begin().await?;
            lock_writing(&mut tx).await?;
            Ok(tx)
        })
        .await
    }

    /// Begins a write transaction that takes no writer lock.
    pub async fn write_beside(&self, readers: &AnyPool) -> Result<Transaction, Error> {
        let readers = readers.clone();
        self.on_runtime(async move { Ok(readers.begin().await?) }).await
    }

    async fn on_runtime<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let done = self.runtime.spawn(work).await.map_err(|stopped| Error::Stopped(stopped.to_string()))?;
        match done {
            Err(Error::Busy) => Err(self.diagnose_busy().await),
            done => done,
        }
    }

    /// A pool timeout does not say whether the server is reachable; this asks it.
    async fn diagnose_busy(&self) -> Error {
        let asked = Conn::connect_with(&self.options);
        match tokio::time::timeout(Duration::from_secs(1), asked).await {
            Ok(Ok(_)) => Error::Busy,
            Ok(Err(error)) => Error::Unreachable(error),
            Err(_) => Error::Unreachable(sqlx::Error::PoolTimedOut),
        }
    }
}

fn pool(connections: u32, patience: Duration, settings: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        // A broken connection is replaced instead of reused.
        .test_before_acquire(true)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                conn.execute(SETTINGS).await?;
                conn.execute(settings).await?;
                Ok(())
            })
        })
}

/// `data` in the working directory, as with SQLite, or else the system's directory for temporary files.
fn directory() -> Result<PathBuf, Error> {
    let directory = std::path::absolute("data").map_err(Error::io("cannot find the working directory"))?;
    Ok(if std::fs::create_dir_all(&directory).is_ok() { directory } else { std::env::temp_dir() })
}

pub(in crate::server::store) async fn columns(conn: &mut Conn) -> Result<Vec<Column>, Error> {
    columns_where(conn, "true").await
}

async fn columns_where(conn: &mut Conn, condition: &str) -> Result<Vec<Column>, Error> {
    let sql = format!(
        "select cast(c.table_name as text), cast(c.column_name as text) from information_schema.columns c
         join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and {condition} order by 1, 2"
    );
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(table, name)| Column { table, name }).collect())
}

#[derive(Debug)]
pub(in crate::server::store) struct ForeignKey {
    pub(in crate::server::store) name: String,
    pub(in crate::server::store) reference: Reference,
    /// The definition, in the syntax of `add constraint`.
    pub(in crate::server::store) definition: String,
}

pub(in crate::server::store) async fn foreign_keys(conn: &mut Conn) -> Result<Vec<ForeignKey>, Error> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "select cast(c.conname as text), cast(t.relname as text), cast(r.relname as text), pg_get_constraintdef(c.oid)
         from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class r on r.oid = c.confrelid
         join pg_namespace n on n.oid = t.relnamespace
         where c.contype = 'f' and n.nspname = current_schema() order by 2, 1",
    )
    .fetch_all(conn)
    .await?;
    let key =
        |(name, table, to, definition)| ForeignKey { name, reference: Reference { table, to }, definition };
    Ok(rows.into_iter().map(key).collect())
}

/// Takes the lock of the single write transaction.
pub(in crate::server::store) async fn lock_writing(tx: &mut Conn) -> Result<(), Error> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(WRITER_LOCK).execute(tx).await?;
    Ok(())
}

/// For transactions that read or move whole tables.
pub(in crate::server::store) async fn disable_timeouts(tx: &mut Conn) -> Result<(), Error> {
    tx.execute("set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0").await?;
    Ok(())
}

/// Makes text compare byte by byte, as on SQLite, whatever the database's collation: sort order is then the same on
/// both engines, and indexes do not depend on the system's locale data.
pub(in crate::server::store) async fn use_byte_collation(conn: &mut Conn) -> Result<(), Error> {
    let worded = format!(
        "c.data_type = 'text' and coalesce(c.collation_name, '') <> 'C' and c.table_name <> '{}'",
        version::TABLE
    );
    if columns_where(conn, &worded).await?.is_empty() {
        return Ok(());
    }
    let mut tx = conn.begin().await?;
    lock_writing(&mut tx).await?;
    // Another instance may have done it in the meantime.
    for columns in columns_where(&mut tx, &worded).await?.chunk_by(|a, b| a.table == b.table) {
        let changes: Vec<String> = columns
            .iter()
            .map(|column| format!("alter column \"{}\" type text collate \"C\"", column.name))
            .collect();
        let sql = format!("alter table \"{}\" {}", columns[0].table, changes.join(", "));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// The error, with advice for common causes.
fn connect_hint(error: &sqlx::Error) -> String {
    let text = error.to_string();
    if text.contains("UnsupportedCertVersion") {
        return "its certificate is of version 1, as `create extension citus` makes one, and TLS needs version 3: make \
                another (docs/operations.md, Citus), or add ?sslmode=disable to the address inside a network you trust"
            .to_owned();
    }
    text
}

pub(in crate::server::store) async fn has_citus(conn: &mut Conn) -> Result<bool, Error> {
    let sql = "select to_regproc('create_distributed_table') is not null";
    Ok(sqlx::query_scalar(sql).fetch_one(conn).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_certificate_says_what_to_do() {
        let error =
            sqlx::Error::Tls("invalid peer certificate: Other(OtherError(UnsupportedCertVersion))".into());
        assert!(connect_hint(&error).contains("version 1"), "{}", connect_hint(&error));
        assert_eq!(connect_hint(&sqlx::Error::PoolTimedOut), sqlx::Error::PoolTimedOut.to_string());
    }
}
