//! The store. It uses sqlx's `Any` driver, so that each SQL text exists once for all engines. Functions take
//! a [`Conn`], which is a transaction of [`Db::read`] or [`Db::write`]: reads in one transaction see one
//! state of the database.

pub mod api_calls;
pub mod api_tokens;
pub mod artist_observations;
pub mod artists;
pub mod audit_log;
pub mod backup;
mod change;
pub mod charts;
pub mod check;
mod confirmations;
pub mod contents;
pub mod copy;
pub mod counts;
pub mod distribute;
pub mod failed_series;
pub mod fetched;
pub mod fetches;
pub mod half_sign_ins;
mod history;
pub mod identifiers;
pub mod identities;
pub mod ids;
pub mod import_changes;
mod import_splice;
pub mod imports;
mod joined;
pub mod lock;
mod many;
pub mod meta;
pub mod observations;
pub mod packed;
pub mod platforms;
pub mod postgres;
pub mod provider_searches;
pub mod rate_limits;
pub mod read_model;
pub mod rebuild;
pub mod refusals;
mod replace;
pub mod restore;
pub mod revisions;
pub mod search;
pub mod second_factors;
pub mod series;
pub mod sessions;
pub mod sign_in_flows;
pub mod sign_in_tries;
mod sqlite;
pub(super) mod staging;
pub mod sync_needs;
pub mod syncs;
mod task;
pub mod track_artists;
pub mod tracks;
mod tx;
pub mod undo;
pub mod units;
pub mod users;
mod version;
pub mod windows;
pub mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::AnyPool;
use sqlx::pool::PoolConnection;

use self::meta::Versions;
pub use self::tx::Tx;
use crate::domain::Day;
use crate::server::error::Error;

/// A connection, or the transaction that it is in.
pub type Conn = sqlx::AnyConnection;
/// Retry interval of callers that can wait.
const PAUSE: Duration = Duration::from_millis(100);

/// Rows per statement.
const ROWS_AT_ONCE: usize = 500;

/// A transaction as the driver has it.
type Transaction = sqlx::Transaction<'static, sqlx::Any>;

/// The process's database handle: cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    readers: AnyPool,
    /// For single small queries; SQLite uses the read pool.
    small: AnyPool,
    writer: AnyPool,
    engine: Engine,
    /// Whether its tables are spread over machines.
    is_distributed: bool,
    /// Held while a commit is verified.
    settling: Arc<tokio::sync::Mutex<()>>,
    replica: Option<Arc<postgres::Replica>>,
    /// Which file was opened.
    file: Option<(u64, u64)>,
    /// A file's, for the smallest of questions.
    in_thread: Option<Arc<sqlite::InThread>>,
    memory: Arc<read_model::Memory>,
}

/// Where engines differ, this says which one it is.
#[derive(Debug, Clone)]
enum Engine {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a server, which other instances may serve as well.
    Postgres(postgres::Server),
}

/// Liveness lock of a worker process, held until dropped.
#[derive(Debug)]
pub enum WorkerLock {
    /// A locked file beside the database.
    File(lock::WorkerLock),
    /// A lock on the server.
    Session(postgres::WorkerSession),
}

impl Db {
    /// Opens the database of `DATABASE_URL` and brings its tables up to date. A file is made if there is none.
    ///
    /// # Errors
    /// A URL of another engine, a database that cannot be opened or that a newer version made.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if postgres::is_postgres(url) {
            let server = postgres::Server::open(url).await?;
            let (writer, readers, small) =
                (server.writer().await?, server.readers().await?, server.small().await?);
            let db = Self::of(Engine::Postgres(server), writer, readers).await?;
            return Ok(Db { small, ..db });
        }
        let path = sqlite::path(url)?;
        sqlite::make_directory(&path)?;
        // All under the lock, so that a restore cannot replace the file in between.
        let (writer, readers) = lock::migration(&path, async || {
            sqlite::made_or_new(&path)?;
            let writer = sqlite::writer(&path).await?;
            version::migrate(&path.display().to_string(), &mut *writer.acquire().await?).await?;
            Ok((writer, sqlite::readers(&path).await?))
        })
        .await?;
        let in_thread = Some(Arc::new(sqlite::InThread::open(&path)?));
        let file = sqlite::identity(&path);
        Ok(Db { in_thread, file, ..Self::of(Engine::Sqlite(path), writer, readers).await? })
    }

    /// With the read model in this version's layout.
    async fn of(engine: Engine, writer: AnyPool, readers: AnyPool) -> Result<Self, Error> {
        let memory = Arc::default();
        let mut db = Db {
            small: readers.clone(),
            readers,
            writer,
            engine,
            is_distributed: false,
            settling: Arc::default(),
            replica: None,
            file: None,
            in_thread: None,
            memory,
        };
        db.is_distributed = meta::is_distributed(&mut *db.read().await?).await?;
        rebuild::after_upgrade(&db).await?;
        Ok(db)
    }

    /// The same, but makes no database.
    ///
    /// # Errors
    /// There is none; the sentence says which name, such as `DATABASE_URL`, the URL has.
    pub async fn open_existing(name: &str, url: &str) -> Result<Self, Error> {
        if postgres::is_postgres(url) {
            postgres::Server::existing(name, url).await?;
        } else {
            sqlite::existing(name, url)?;
        }
        Self::open(url).await
    }

    /// Whether the URL names a file that is not there.
    ///
    /// # Errors
    /// It names nothing that could be a database.
    pub fn is_missing(url: &str) -> Result<bool, Error> {
        Ok(!postgres::is_postgres(url) && !sqlite::path(url)?.exists())
    }

    /// With a replica, of `DATABASE_READ_URL`, that reports are read from.
    ///
    /// # Errors
    /// It is a replica of something else; the database is a file, or distributed.
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
            Engine::Postgres(_) => postgres::Replica::open(url, &mut *self.read().await?).await?,
        };
        Ok(Db { replica: Some(Arc::new(replica)), ..self })
    }

    /// Begins a read transaction, which sees one state of the database.
    ///
    /// # Errors
    /// [`Error::Overloaded`] where no connection became free in time, [`Error::Unreachable`] where the server
    /// does not answer.
    pub async fn read(&self) -> Result<Tx, Error> {
        let begun = match &self.engine {
            Engine::Sqlite(_) => self.readers.begin().await.map_err(Error::from),
            Engine::Postgres(server) => server.read(&self.readers).await,
        };
        begun.map(Tx::beside).map_err(overloaded)
    }

    /// A connection for a single small question that only reads: reports keep none of these waiting.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn reader(&self) -> Result<PoolConnection<sqlx::Any>, Error> {
        let reader = match &self.engine {
            Engine::Sqlite(_) => self.readers.acquire().await.map_err(Error::from),
            Engine::Postgres(server) => server.reader(&self.small).await,
        };
        reader.map_err(overloaded)
    }

    /// The versions of everything, as the database has them now.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn versions(&self) -> Result<Versions, Error> {
        match self.in_thread.as_ref().and_then(|conn| conn.text(&meta::VERSIONS)) {
            Some(text) => meta::read_versions(&text),
            None => meta::versions(&mut *self.reader().await?).await,
        }
    }

    /// The same as [`Self::read`] for reports and lists, which may come from a replica: of the state that this
    /// process has left, or of a later one.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_report(&self) -> Result<Tx, Error> {
        if let (Some(replica), Engine::Postgres(server)) = (&self.replica, &self.engine)
            && let Some(tx) = replica.read(server, &self.readers, &self.writer).await
        {
            return Ok(Tx::beside(tx));
        }
        self.read().await
    }

    /// Begins the write transaction: one at a time over all processes; others wait.
    ///
    /// # Errors
    /// [`Error::Busy`] where another one writes for more than ten seconds; [`Error::Displaced`] where the file is no longer
    /// at its path.
    pub async fn write(&self) -> Result<Tx, Error> {
        if !self.is_in_place() {
            return Err(Error::Displaced);
        }
        let begun = match &self.engine {
            // A deferred transaction that begins to write after another has written fails at once.
            Engine::Sqlite(_) => match self.writer.begin_with("begin immediate").await {
                // Where the disk is full SQLite ends a transaction by itself, and the driver does not know: it
                // would wait for an end that has been.
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

    /// Says that all can be seen that was committed up to this sum of versions; answers whether that is so.
    async fn settle(&self, raised: i64) -> Result<bool, Error> {
        // One after the other: where a machine hangs, they take no more than one of the readers.
        let Ok(_turn) = tokio::time::timeout(tx::LONGEST, self.settling.lock()).await else {
            return Ok(false);
        };
        let mut conn = match &self.engine {
            Engine::Sqlite(_) => self.writer.acquire().await?,
            // Concurrently with the next writer: this may take long.
            Engine::Postgres(server) => server.reader(&self.readers).await?,
        };
        meta::settle(&mut conn, raised).await
    }

    /// The same for work that can wait for others longer than a person would.
    ///
    /// # Errors
    /// [`Error::Busy`] where the others did not end in time, [`Error::Unreachable`] where the server did not
    /// come back in time.
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

    /// A transaction beside the one that may write, for small tables which that one leaves alone; `None` where
    /// the engine has no such thing, and no other process serves.
    pub async fn write_beside(&self) -> Result<Option<Tx>, Error> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(server) => Ok(Some(Tx::beside(server.write_beside(&self.readers).await?))),
        }
    }

    /// Whether no other process serves it: what this one knows, all who serve it know.
    pub const fn is_served_by_one(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// Whether the file that was opened is still the one at its path: what is written to one that was deleted or replaced
    /// nobody finds again.
    pub fn is_in_place(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(path) => self.file.is_none_or(|file| sqlite::identity(path) == Some(file)),
            Engine::Postgres(_) => true,
        }
    }

    /// Where large temporary files and pictures are kept: beside the database's file, or in `data`.
    pub fn directory(&self) -> &Path {
        match &self.engine {
            Engine::Sqlite(path) => path.parent().unwrap_or(Path::new(".")),
            Engine::Postgres(server) => server.directory(),
        }
    }

    /// Locks this database for serving, until dropped; on a server several instances may serve.
    ///
    /// # Errors
    /// Another process on this machine serves the same file.
    pub fn serve_lock(&self) -> Result<Option<lock::ServeLock>, Error> {
        match &self.engine {
            Engine::Sqlite(path) => lock::ServeLock::take(path).map(Some),
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Says that a worker's process lives, until this is dropped.
    ///
    /// # Errors
    /// The file beside the database cannot be made; the server cannot be reached.
    pub async fn worker_lock(&self, worker: &str) -> Result<WorkerLock, Error> {
        match &self.engine {
            Engine::Sqlite(path) => lock::WorkerLock::take(path, worker).map(WorkerLock::File),
            Engine::Postgres(server) => server.worker_session(worker).await.map(WorkerLock::Session),
        }
    }

    /// Whether a worker's process is known to have ended. One that lives may have been paused.
    pub async fn has_gone(&self, worker: &str) -> Result<bool, Error> {
        match &self.engine {
            Engine::Sqlite(path) => {
                Ok(!lock::workers(path).iter().any(|(name, lives)| name == worker && *lives))
            }
            Engine::Postgres(_) => postgres::has_gone(&mut *self.read().await?, worker).await,
        }
    }

    /// How many workers' processes live; a process counts its own once it has one.
    pub async fn other_workers(&self) -> Result<u32, Error> {
        let living = match &self.engine {
            Engine::Sqlite(path) => {
                let living = lock::workers(path).iter().filter(|(_, lives)| *lives).count();
                u32::try_from(living).unwrap_or(u32::MAX)
            }
            Engine::Postgres(_) => postgres::workers(&mut *self.read().await?).await?,
        };
        Ok(living.saturating_sub(1))
    }

    /// Closes all connections, after which files can be moved or deleted.
    pub async fn close(&self) {
        self.readers.close().await;
        self.small.close().await;
        self.writer.close().await;
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
        if let Some(in_thread) = &self.in_thread {
            in_thread.close();
        }
    }
}

/// Readers wait for a connection, never for a writer.
fn overloaded(error: Error) -> Error {
    if matches!(error, Error::Busy) { Error::Overloaded } else { error }
}

/// A column of a table.
#[derive(Debug)]
struct Column {
    table: String,
    name: String,
}

/// A table whose rows name rows of another one.
#[derive(Debug)]
struct Reference {
    table: String,
    to: String,
}

/// The tables that name others, and these.
async fn references(conn: &mut Conn) -> Result<Vec<Reference>, Error> {
    if !is_postgres(conn) {
        return sqlite::references(conn).await;
    }
    Ok(postgres::foreign_keys(conn).await?.into_iter().map(|key| key.reference).collect())
}

/// Whether a connection is one to PostgreSQL.
fn is_postgres(conn: &Conn) -> bool {
    conn.backend_name() == "PostgreSQL"
}

/// A stored day.
fn day(number: i64) -> Result<Day, Error> {
    Day::from_number(number).map_err(Error::damaged)
}

/// Parses a stored enum, UUID or similar value.
fn word<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(Error::damaged)
}

/// A stored number that is never negative and small.
fn small(number: i64) -> Result<u32, Error> {
    number.try_into().map_err(Error::damaged)
}

/// Numbers as a list of literals for `in (...)`: no driver takes arrays on every engine, and literals
/// let a distributed database see which machines are concerned. `null` where there are none.
fn list(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut list = String::new();
    for number in numbers {
        if !list.is_empty() {
            list.push(',');
        }
        list += &number.to_string();
    }
    if list.is_empty() { "null".to_owned() } else { list }
}

/// A parameter list for `in (...)`, from `$first` on.
fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",")
}

/// Rows of numbers as literals for `values ...`: many rows in one statement.
fn rows<const COLUMNS: usize>(rows: impl Iterator<Item = [i64; COLUMNS]>) -> String {
    rows.map(|row| format!("({})", list(row))).collect::<Vec<_>>().join(",")
}
