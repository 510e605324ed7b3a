//! The store. It uses sqlx's `Any` driver, so that each SQL text exists once for all engines. Functions take
//! a [`Conn`], which is a transaction of [`Db::read`] or [`Db::write`]: reads in one transaction see one
//! state of the database.

pub mod engine;
pub mod imports;
pub mod observations;
pub mod ops;
pub mod read_model;
mod sql;
pub mod tables;
mod tx;
pub mod undo;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::AnyPool;
use sqlx::pool::PoolConnection;

pub use self::sql::Conn;
use self::tables::meta::Versions;
pub use self::tx::Tx;
use crate::server::error::Error;

/// Retry interval of callers that can wait.
const PAUSE: Duration = Duration::from_millis(100);

/// The process's database handle: cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    readers: AnyPool,
    /// For single short queries; SQLite uses the read pool.
    small_readers: AnyPool,
    writer: AnyPool,
    engine: Engine,
    /// Distributed with Citus.
    is_distributed: bool,
    /// Held while a commit is verified.
    commit_lock: Arc<tokio::sync::Mutex<()>>,
    replica: Option<Arc<engine::postgres::Replica>>,
    /// Device and inode of the opened file.
    file: Option<(u64, u64)>,
    /// SQLite only: runs the smallest queries on the calling thread.
    inline_reader: Option<Arc<engine::sqlite::InlineReader>>,
    cache: Arc<read_model::ReadModelCache>,
}

/// The storage engine.
#[derive(Debug, Clone)]
enum Engine {
    Sqlite(PathBuf),
    /// A server database, which other instances may serve as well.
    Postgres(engine::postgres::Server),
}

/// Liveness lock of a worker process, held until dropped.
#[derive(Debug)]
pub enum WorkerLock {
    /// A locked file beside the database.
    File(engine::sqlite::lock::WorkerLock),
    /// An advisory lock on the server.
    Session(engine::postgres::WorkerSession),
}

impl Db {
    /// Opens the database of `DATABASE_URL` and applies migrations; creates a missing SQLite file.
    ///
    /// # Errors
    /// The URL has another scheme; the database cannot be opened or was made by a newer version.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if engine::postgres::is_postgres(url) {
            let server = engine::postgres::Server::open(url).await?;
            let (writer, readers, small) =
                (server.writer().await?, server.readers().await?, server.small().await?);
            let db = Self::with_pools(Engine::Postgres(server), writer, readers).await?;
            return Ok(Db { small_readers: small, ..db });
        }
        let path = engine::sqlite::path_from_url(url)?;
        engine::sqlite::make_directory(&path)?;
        // Under the lock, so that a restore cannot replace the file in between.
        let (writer, readers) = engine::sqlite::lock::migration(&path, async || {
            engine::sqlite::require_own_or_new(&path)?;
            let writer = engine::sqlite::writer(&path).await?;
            engine::version::migrate(&path.display().to_string(), &mut *writer.acquire().await?).await?;
            Ok((writer, engine::sqlite::readers(&path).await?))
        })
        .await?;
        let in_thread = Some(Arc::new(engine::sqlite::InlineReader::open(&path)?));
        let file = engine::sqlite::file_id(&path);
        Ok(Db {
            inline_reader: in_thread,
            file,
            ..Self::with_pools(Engine::Sqlite(path), writer, readers).await?
        })
    }

    /// Rebuilds the read model if its layout is of another version.
    async fn with_pools(engine: Engine, writer: AnyPool, readers: AnyPool) -> Result<Self, Error> {
        let memory = Arc::default();
        let mut db = Db {
            small_readers: readers.clone(),
            readers,
            writer,
            engine,
            is_distributed: false,
            commit_lock: Arc::default(),
            replica: None,
            file: None,
            inline_reader: None,
            cache: memory,
        };
        db.is_distributed = tables::meta::is_distributed(&mut *db.read().await?).await?;
        observations::rebuild::after_upgrade(&db).await?;
        Ok(db)
    }

    /// Opens a database that must exist.
    ///
    /// # Errors
    /// It does not exist; the message names the URL's setting, such as `DATABASE_URL`.
    pub async fn open_existing(name: &str, url: &str) -> Result<Self, Error> {
        if engine::postgres::is_postgres(url) {
            engine::postgres::Server::existing(name, url).await?;
        } else {
            engine::sqlite::require_existing(name, url)?;
        }
        Self::open(url).await
    }

    /// Whether the URL names a missing file.
    ///
    /// # Errors
    /// The URL cannot be a database.
    pub fn is_missing(url: &str) -> Result<bool, Error> {
        Ok(!engine::postgres::is_postgres(url) && !engine::sqlite::path_from_url(url)?.exists())
    }

    /// Adds the read replica of `DATABASE_READ_URL` for reports.
    ///
    /// # Errors
    /// It is a replica of another database; the database is a file, or distributed.
    pub async fn with_replica(self, url: &str) -> Result<Self, Error> {
        let replica = match &self.engine {
            Engine::Sqlite(_) => {
                return Err(Error::Setting("DATABASE_READ_URL: a file has no replicas".to_owned()));
            }
            Engine::Postgres(_) if self.is_distributed => {
                return Err(Error::Setting(
                    "DATABASE_READ_URL: a distributed database is read as a whole, so leave it empty"
                        .to_owned(),
                ));
            }
            Engine::Postgres(_) => engine::postgres::Replica::open(url, &mut *self.read().await?).await?,
        };
        Ok(Db { replica: Some(Arc::new(replica)), ..self })
    }

    /// Begins a read transaction: a snapshot of the database.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if no connection became free in time, [`Error::Unreachable`] if the server does not
    /// answer.
    pub async fn read(&self) -> Result<Tx, Error> {
        let begun = match &self.engine {
            Engine::Sqlite(_) => self.readers.begin().await.map_err(Error::from),
            Engine::Postgres(server) => server.read(&self.readers).await,
        };
        begun.map(Tx::unversioned).map_err(overloaded)
    }

    /// A connection for one short read-only query, never blocked by reports.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn reader(&self) -> Result<PoolConnection<sqlx::Any>, Error> {
        let reader = match &self.engine {
            Engine::Sqlite(_) => self.readers.acquire().await.map_err(Error::from),
            Engine::Postgres(server) => server.reader(&self.small_readers).await,
        };
        reader.map_err(overloaded)
    }

    /// The current versions of all data.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn versions(&self) -> Result<Versions, Error> {
        match self.inline_reader.as_ref().and_then(|conn| conn.text(&tables::meta::VERSIONS)) {
            Some(text) => tables::meta::read_versions(&text),
            None => tables::meta::versions(&mut *self.reader().await?).await,
        }
    }

    /// Like [`Self::read`], for reports and lists. May use a replica, which then includes everything this process
    /// wrote.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_report(&self) -> Result<Tx, Error> {
        if let (Some(replica), Engine::Postgres(server)) = (&self.replica, &self.engine)
            && let Some(tx) = replica.read(server, &self.readers, &self.writer).await
        {
            return Ok(Tx::unversioned(tx));
        }
        self.read().await
    }

    /// Begins the write transaction: one at a time over all processes.
    ///
    /// # Errors
    /// [`Error::Busy`] if another one holds the lock for more than ten seconds; [`Error::Displaced`] if the file is
    /// no longer at its path.
    pub async fn write(&self) -> Result<Tx, Error> {
        if !self.is_file_in_place() {
            return Err(Error::Displaced);
        }
        let begun = match &self.engine {
            // A deferred transaction fails at once if another one wrote since it began.
            Engine::Sqlite(_) => match self.writer.begin_with("begin immediate").await {
                // On a full disk SQLite rolls back by itself; the driver does not notice and would wait for a
                // rollback that has already happened.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.writer.acquire().await?.close().await?;
                    self.writer.begin_with("begin immediate").await?
                }
                begun => begun?,
            },
            Engine::Postgres(server) => {
                let tx = server.write(&self.writer).await?;
                self.replica.iter().for_each(|replica| replica.begin());
                tx
            }
        };
        Ok(Tx::writing(begun, self))
    }

    /// Marks everything up to this sum of versions as visible on all nodes; returns whether it is.
    async fn settle(&self, raised: i64) -> Result<bool, Error> {
        // One at a time, so that a node that hangs blocks only one reader.
        let Ok(_turn) = tokio::time::timeout(tx::COMMIT_TIMEOUT, self.commit_lock.lock()).await else {
            return Ok(false);
        };
        let mut conn = match &self.engine {
            Engine::Sqlite(_) => self.writer.acquire().await?,
            // Not on the write connection: this may take long.
            Engine::Postgres(server) => server.reader(&self.readers).await?,
        };
        tables::meta::mark_committed(&mut conn, raised).await
    }

    /// Like [`Self::write`], for background work that can wait longer than a person.
    ///
    /// # Errors
    /// [`Error::Busy`] if the lock did not become free in time, [`Error::Unreachable`] if the server did not return
    /// in time.
    pub async fn write_within(&self, patience: Duration) -> Result<Tx, Error> {
        let until = Instant::now() + patience;
        loop {
            match self.write().await {
                Err(Error::Busy | Error::Unreachable(_)) if Instant::now() < until => {
                    tokio::time::sleep(PAUSE).await;
                }
                result => return result,
            }
        }
    }

    /// A write transaction without the writer lock, for small tables that the main writer does not touch; `None` on
    /// SQLite.
    pub async fn write_concurrently(&self) -> Result<Option<Tx>, Error> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(server) => Ok(Some(Tx::unversioned(server.write_beside(&self.readers).await?))),
        }
    }

    /// Whether this is the only serving process, so that its memory is authoritative.
    pub const fn is_served_by_one(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// Whether the opened file is still at its path: writes to a deleted or replaced file would be lost.
    pub fn is_file_in_place(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(path) => self.file.is_none_or(|file| engine::sqlite::file_id(path) == Some(file)),
            Engine::Postgres(_) => true,
        }
    }

    /// Directory for large temporary files and pictures: beside the SQLite file, or `data`.
    pub fn directory(&self) -> &Path {
        match &self.engine {
            Engine::Sqlite(path) => path.parent().unwrap_or(Path::new(".")),
            Engine::Postgres(server) => server.directory(),
        }
    }

    /// Locks this database for serving, until dropped. PostgreSQL allows several instances.
    ///
    /// # Errors
    /// Another process on this machine serves the file.
    pub fn serve_lock(&self) -> Result<Option<engine::sqlite::lock::ServeLock>, Error> {
        match &self.engine {
            Engine::Sqlite(path) => engine::sqlite::lock::ServeLock::take(path).map(Some),
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Marks a worker's process as alive, until dropped.
    ///
    /// # Errors
    /// The lock file cannot be created; the server cannot be reached.
    pub async fn worker_lock(&self, worker: &str) -> Result<WorkerLock, Error> {
        match &self.engine {
            Engine::Sqlite(path) => {
                engine::sqlite::lock::WorkerLock::take(path, worker).map(WorkerLock::File)
            }
            Engine::Postgres(server) => server.worker_session(worker).await.map(WorkerLock::Session),
        }
    }

    /// Whether a worker's process is known to have ended. A paused process counts as alive.
    pub async fn is_worker_gone(&self, worker: &str) -> Result<bool, Error> {
        match &self.engine {
            Engine::Sqlite(path) => {
                Ok(!engine::sqlite::lock::workers(path).iter().any(|(name, lives)| name == worker && *lives))
            }
            Engine::Postgres(_) => engine::postgres::has_gone(&mut *self.read().await?, worker).await,
        }
    }

    /// Number of live worker processes, including this one if it has a lock.
    pub async fn other_workers(&self) -> Result<u32, Error> {
        let living = match &self.engine {
            Engine::Sqlite(path) => {
                let living = engine::sqlite::lock::workers(path).iter().filter(|(_, lives)| *lives).count();
                u32::try_from(living).unwrap_or(u32::MAX)
            }
            Engine::Postgres(_) => engine::postgres::workers(&mut *self.read().await?).await?,
        };
        Ok(living.saturating_sub(1))
    }

    /// Closes all connections, so that files can be moved or deleted.
    pub async fn close(&self) {
        self.readers.close().await;
        self.small_readers.close().await;
        self.writer.close().await;
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
        if let Some(in_thread) = &self.inline_reader {
            in_thread.close();
        }
    }
}

/// A read that is busy has waited for a connection, never for a writer.
fn overloaded(error: Error) -> Error {
    if matches!(error, Error::Busy) { Error::Overloaded } else { error }
}
