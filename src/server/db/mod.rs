//! The store: sqlx's `Any` driver, so that each SQL text stands once for every engine. Functions take a
//! [`Conn`], which is a transaction of [`Db::read`] or [`Db::write`]: what is read in one transaction
//! is one state of the database.

pub mod api_tokens;
pub mod artist_observations;
pub mod artists;
pub mod audit_log;
pub mod backup;
mod change;
pub mod charts;
pub mod check;
pub mod contents;
pub mod counts;
pub mod fetched;
pub mod fetches;
pub mod identifiers;
pub mod ids;
mod joined;
pub mod lock;
pub mod meta;
pub mod observations;
pub mod packed;
pub mod platforms;
pub mod provider_searches;
pub mod rate_limits;
pub mod read_model;
pub mod rebuild;
mod replace;
pub mod restore;
pub mod revisions;
pub mod search;
pub mod series;
pub mod sessions;
pub mod sign_in_tries;
mod sqlite;
pub mod sync_needs;
pub mod syncs;
mod task;
pub mod track_artists;
pub mod tracks;
pub mod units;
pub mod users;
mod version;
pub mod windows;
pub mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::AnyPool;

use crate::domain::Day;
use crate::server::error::Error;

/// A connection, or the transaction that it is in.
pub type Conn = sqlx::AnyConnection;
/// A transaction: what was written is kept by `commit` and undone otherwise.
pub type Tx = sqlx::Transaction<'static, sqlx::Any>;

/// The database of one process: cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    readers: AnyPool,
    writer: AnyPool,
    engine: Engine,
    names: Arc<search::NamesCache>,
    memory: Arc<read_model::Memory>,
}

/// Where engines differ, this says which one it is.
#[derive(Debug, Clone)]
enum Engine {
    /// A file.
    Sqlite(PathBuf),
}

impl Db {
    /// Opens the database of `DATABASE_URL`, makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// A URL of another engine, a file that cannot be opened, a database that a newer version made.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let path = sqlite::path(url)?;
        sqlite::make_directory(&path)?;
        // All of it under the lock: a restore puts another file in place while nobody is half way in.
        let (writer, readers) = lock::migration(&path, async || {
            let writer = sqlite::writer(&path).await?;
            version::migrate(&path, &writer).await?;
            Ok((writer, sqlite::readers(&path).await?))
        })
        .await?;
        let (names, memory) = Default::default();
        let db = Db { readers, writer, engine: Engine::Sqlite(path), names, memory };
        rebuild::after_upgrade(&db).await?;
        Ok(db)
    }

    /// The same, but makes no database.
    ///
    /// # Errors
    /// There is none.
    pub async fn open_existing(url: &str) -> Result<Self, Error> {
        sqlite::existing(url)?;
        Self::open(url).await
    }

    /// A transaction that only reads and sees one state of the database until it ends.
    ///
    /// # Errors
    /// [`Error::Overloaded`] where no connection became free in time.
    pub async fn read(&self) -> Result<Tx, Error> {
        self.readers.begin().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Overloaded,
            other => other.into(),
        })
    }

    /// A connection for a single question that only reads.
    ///
    /// # Errors
    /// As [`Self::read`].
    async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Any>, Error> {
        self.readers.acquire().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => Error::Overloaded,
            other => other.into(),
        })
    }

    /// The one transaction that may write at a time; others wait for its end.
    ///
    /// # Errors
    /// [`Error::Busy`] where another process writes for more than ten seconds.
    pub async fn write(&self) -> Result<Tx, Error> {
        match &self.engine {
            // A deferred transaction that begins to write after another has written fails at once.
            Engine::Sqlite(_) => match self.writer.begin_with("begin immediate").await {
                // Where the disk is full SQLite ends a transaction by itself, and the driver does not know: it
                // would wait for an end that has been.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.writer.acquire().await?.close().await?;
                    Ok(self.writer.begin_with("begin immediate").await?)
                }
                begun => Ok(begun?),
            },
        }
    }

    /// The same for work that can wait for others longer than a person would.
    ///
    /// # Errors
    /// [`Error::Busy`] where the others did not end in time.
    pub async fn write_within(&self, patience: Duration) -> Result<Tx, Error> {
        let until = Instant::now() + patience;
        loop {
            match self.write().await {
                Err(Error::Busy) if Instant::now() < until => {}
                result => return result,
            }
        }
    }

    /// The directory of the database, for large temporary files.
    pub fn directory(&self) -> &Path {
        match &self.engine {
            Engine::Sqlite(path) => path.parent().unwrap_or(Path::new(".")),
        }
    }

    /// Takes the right to serve this database; held until it is dropped.
    ///
    /// # Errors
    /// Another process on this machine serves the same file.
    pub fn serve_lock(&self) -> Result<lock::ServeLock, Error> {
        match &self.engine {
            Engine::Sqlite(path) => lock::ServeLock::take(path),
        }
    }

    /// Says that a worker's process lives, until this is dropped.
    ///
    /// # Errors
    /// The file beside the database cannot be made.
    pub fn worker_lock(&self, worker: &str) -> Result<lock::WorkerLock, Error> {
        match &self.engine {
            Engine::Sqlite(path) => lock::WorkerLock::take(path, worker),
        }
    }

    /// Whether a worker's process is known to have ended. One that lives may have been paused.
    pub fn has_gone(&self, worker: &str) -> bool {
        match &self.engine {
            Engine::Sqlite(path) => !lock::workers(path).iter().any(|(name, lives)| name == worker && *lives),
        }
    }

    /// How many workers' processes live; a process counts its own once it has one.
    pub fn other_workers(&self) -> u32 {
        match &self.engine {
            Engine::Sqlite(path) => {
                let living = lock::workers(path).iter().filter(|(_, lives)| *lives).count();
                u32::try_from(living).unwrap_or(u32::MAX).saturating_sub(1)
            }
        }
    }

    /// Closes all connections, after which the files can be moved or deleted.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A stored day.
fn day(number: i64) -> Result<Day, Error> {
    Day::from_number(number).map_err(Error::damaged)
}

/// A stored word, UUID or the like.
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

/// So many parameters as a list for `in (...)`, from `$first` on.
fn parameters(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",")
}

/// Rows of numbers as literals for `values ...`: many rows in one statement.
fn rows<const COLUMNS: usize>(rows: impl Iterator<Item = [i64; COLUMNS]>) -> String {
    rows.map(|row| format!("({})", list(row))).collect::<Vec<_>>().join(",")
}
