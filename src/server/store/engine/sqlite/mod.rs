//! SQLite specifics: URL, settings, one write connection and a pool of read connections.

pub mod lock;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::OpenFlags;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use sqlx::{Connection as _, Executor as _};

use super::{Column, Reference};
use crate::server::error::Error;
use crate::server::store::Conn;

/// Size of the read pool. All connections are opened at startup: a connection's thread inherits the priority
/// of the thread that opens it, which may be a background one.
const READERS: u32 = 8;

/// Write lock timeout.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings of every connection. `full`: a commit that was answered survives a power cut. Pages are
/// mapped as far as SQLite allows (2 GiB), so that readers share the operating system's cache.
const SETTINGS: &str = "pragma busy_timeout = 10000; pragma synchronous = full; pragma foreign_keys = on; \
                        pragma mmap_size = 2147418112; pragma journal_size_limit = 67108864;";

/// Settings of a new database. Page size: rows of a few kilobytes leave less of a large page empty (measured in
/// docs/performance.md). Write-ahead log: readers continue during a write.
const NEW: &str = "pragma page_size = 16384; pragma journal_mode = wal;";

/// The file of `sqlite://PATH`.
pub fn path_from_url(url: &str) -> Result<PathBuf, Error> {
    let path = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).ok_or_else(|| {
        Error::Setting(format!(
            "DATABASE_URL = {:?}: expected sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME",
            // The rest may contain a password.
            url.split_once("://").map_or(url, |(scheme, _)| scheme)
        ))
    })?;
    if let Some(fault) = unsupported_path(path) {
        return Err(Error::Setting(format!("DATABASE_URL = \"{url}\": {fault}")));
    }
    let absolute = std::path::absolute(path).map_err(Error::io(format!("cannot find {path}")))?;
    Ok(real(absolute))
}

/// Rejects what is not a plain path: it would open another, empty database.
fn unsupported_path(path: &str) -> Option<&'static str> {
    let is_setting = |part: &str| {
        part.split_once('=').is_some_and(|(key, _)| {
            !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        })
    };
    let has_settings = path.rsplit_once('?').is_some_and(|(_, rest)| rest.split('&').all(is_setting));
    match path {
        _ if has_settings => Some("settings after \"?\" are not understood: give the path alone"),
        "~" => Some("\"~\" is not understood in a URL: write the whole path"),
        _ if path.starts_with("~/") => Some("\"~\" is not understood in a URL: write the whole path"),
        _ if path.starts_with(":memory:") => {
            Some("a database in memory is none that can be kept: give a path")
        }
        _ => None,
    }
}

/// The path with links resolved: the lock files must be beside the file itself, whichever name opens it.
fn real(path: PathBuf) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    if let Ok(target) = path.read_link() {
        let target = path.parent().map_or_else(|| target.clone(), |directory| directory.join(&target));
        return if target == path { path } else { real(target) };
    }
    let parent = path.parent().and_then(|directory| directory.canonicalize().ok());
    match (parent, path.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => path,
    }
}

/// The path of an existing database.
pub fn require_existing(name: &str, url: &str) -> Result<PathBuf, Error> {
    let path = path_from_url(url)?;
    if !path.is_file() {
        return Err(Error::Unusable(format!(
            "there is no database at {}: does {name} name the right one?",
            path.display()
        )));
    }
    match file_fault(&path) {
        None => Ok(path),
        Some(fault) => Err(unusable(name, &path, fault)),
    }
}

/// Checks a file that may also be empty: an interrupted first start leaves an empty file.
pub fn require_own_or_new(path: &Path) -> Result<(), Error> {
    match file_fault(path) {
        Some(FileFault::Empty) => {
            tracing::warn!("{} is empty: a new database is made in it", path.display());
            Ok(())
        }
        None | Some(FileFault::WithoutTables) => Ok(()),
        Some(fault) => Err(unusable("DATABASE_URL", path, fault)),
    }
}

fn unusable(name: &str, path: &Path, fault: FileFault) -> Error {
    Error::Unusable(format!(
        "{} {fault}: does {name} name the right file? docs/operations.md says how to restore a backup",
        path.display()
    ))
}

/// Why a file is no database of this product.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum FileFault {
    #[error("is empty")]
    Empty,
    #[error("is a database with nothing in it")]
    WithoutTables,
    #[error("is no SQLite database, or a damaged one")]
    NotSqlite,
    #[error("is a SQLite database of something else")]
    Foreign,
    #[error("is damaged")]
    Damaged,
}

/// Looks at the file's header and tables.
fn file_fault(path: &Path) -> Option<FileFault> {
    let mut head = [0; 16];
    let read =
        std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut head)).ok()?;
    if read == 0 {
        return Some(FileFault::Empty);
    }
    if &head[..read] != b"SQLite format 3\0" {
        return Some(FileFault::NotSqlite);
    }
    let conn = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    let sql = "select count(*), count(*) filter (where name = '_sqlx_migrations') from sqlite_master";
    match conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))) {
        Ok((0_i64, _)) => Some(FileFault::WithoutTables),
        Ok((_, 0_i64)) => Some(FileFault::Foreign),
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(
                error.code,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
            ) =>
        {
            Some(FileFault::Damaged)
        }
        _ => None,
    }
}

/// Device and inode of a file.
pub fn file_id(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

pub fn make_directory(path: &Path) -> Result<(), Error> {
    let Some(directory) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(directory).map_err(Error::io(format!("cannot make {}", directory.display())))
}

pub async fn writer(path: &Path) -> Result<AnyPool, Error> {
    // Connects without the pool first: the pool would retry until its timeout instead of reporting the cause.
    sqlx::any::install_default_drivers();
    let first = async { Conn::connect(&address(path, "rwc")).await?.close().await };
    first.await.map_err(|error| Error::Unusable(format!("cannot open {}: {error}", path.display())))?;
    let setting = format!("{NEW}{SETTINGS} pragma cache_size = -65536;");
    pool(path, "rwc", 1, setting.leak()).await
}

/// A connection outside the pools, to an existing file.
pub async fn open_dedicated(path: &Path, mode: &str) -> Result<Conn, Error> {
    sqlx::any::install_default_drivers();
    let mut conn = Conn::connect(&address(path, mode)).await?;
    conn.execute(SETTINGS).await?;
    Ok(conn)
}

/// A connection to a new file that is discarded on failure: no journal.
pub async fn new(path: &Path) -> Result<Conn, Error> {
    sqlx::any::install_default_drivers();
    let mut conn = Conn::connect(&address(path, "rwc")).await?;
    conn.execute("pragma page_size = 16384; pragma journal_mode = off; pragma synchronous = off").await?;
    conn.execute("pragma foreign_keys = on; pragma cache_size = -65536").await?;
    Ok(conn)
}

/// Writes the log into the database file and turns it off, so that the file is complete on its own.
///
/// # Errors
/// [`Error::Busy`] where another connection has the file open.
pub async fn disable_wal(conn: &mut Conn) -> Result<(), Error> {
    conn.execute("pragma busy_timeout = 1000").await?;
    let mode: String = sqlx::query_scalar("pragma journal_mode = delete").fetch_one(conn).await?;
    if mode == "delete" { Ok(()) } else { Err(Error::Busy) }
}

/// A connection used on the calling thread, for queries so small that switching threads would take longer.
#[derive(Debug)]
pub struct InlineReader(Mutex<Option<rusqlite::Connection>>);

impl InlineReader {
    /// Opens an existing file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = rusqlite::Connection::open_with_flags(path, flags).and_then(|conn| {
            // Never block: fall back to the pool.
            conn.execute_batch(&format!("{SETTINGS} pragma query_only = on; pragma busy_timeout = 0;"))?;
            Ok(conn)
        });
        let unusable = |error| Error::Unusable(format!("cannot open {}: {error}", path.display()));
        Ok(InlineReader(Mutex::new(Some(conn.map_err(unusable)?))))
    }

    /// The text result of a select; `None` if the connection is in use or the query failed: the caller then
    /// uses the pool, which reports the error.
    pub fn text(&self, sql: &str) -> Option<String> {
        let conn = self.0.try_lock().ok()?;
        let mut select = conn.as_ref()?.prepare_cached(sql).ok()?;
        select.query_row([], |row| row.get(0)).ok()
    }

    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

pub async fn readers(path: &Path) -> Result<AnyPool, Error> {
    let setting = format!("{SETTINGS} pragma query_only = on; pragma cache_size = -16384;");
    pool(path, "rw", READERS, setting.leak()).await
}

pub(in crate::server::store) async fn columns(conn: &mut Conn) -> Result<Vec<Column>, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select t.name, c.name from sqlite_master t cross join pragma_table_info(t.name) c
         where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(table, name)| Column { table, name }).collect())
}

pub(in crate::server::store) async fn references(conn: &mut Conn) -> Result<Vec<Reference>, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select t.name, f.\"table\" from sqlite_master t cross join pragma_foreign_key_list(t.name) f
         where t.type = 'table'",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(table, to)| Reference { table, to }).collect())
}

async fn pool(path: &Path, mode: &str, connections: u32, settings: &'static str) -> Result<AnyPool, Error> {
    let options = AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(BUSY_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                conn.execute(settings).await?;
                Ok(())
            })
        });
    Ok(options.connect(&address(path, mode)).await?)
}

fn address(path: &Path, mode: &str) -> String {
    let mut address = "sqlite://".to_owned();
    for character in path.to_string_lossy().chars() {
        match character {
            '%' => address += "%25",
            '?' => address += "%3F",
            '#' => address += "%23",
            other => address.push(other),
        }
    }
    format!("{address}?mode={mode}")
}

#[cfg(test)]
mod tests {
    use crate::server::error::Error;
    use crate::server::store::Db;

    #[tokio::test]
    async fn opens_any_path_with_a_sound_version_and_settings() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a dir/100% of? #1.db");
        let db = Db::open(&format!("sqlite://{}", path.display())).await.unwrap();
        assert!(path.is_file());
        let mut tx = db.write().await.unwrap();
        let number = |text: String| text.split('.').map(|part| part.parse().unwrap()).collect::<Vec<u32>>();
        let version: String =
            sqlx::query_scalar("select sqlite_version()").fetch_one(&mut *tx).await.unwrap();
        assert!(number(version) >= vec![3, 51, 3], "older ones can corrupt a database in WAL mode");
        for (pragma, expected) in
            [("synchronous", 2), ("foreign_keys", 1), ("page_size", 16_384), ("busy_timeout", 10_000)]
        {
            let sql = sqlx::AssertSqlSafe(format!("pragma {pragma}"));
            let value: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
        let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(mode, "wal");
        let mut reader = db.read().await.unwrap();
        assert!(sqlx::query("delete from meta").execute(&mut *reader).await.is_err());
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for url in [
            "sqlite://a.db?mode=rwc",
            "sqlite://~/a.db",
            "sqlite://:memory:",
            "sqlite://a.db?cache=shared&mode=ro",
        ] {
            assert!(super::path_from_url(url).is_err(), "{url}");
        }
        assert!(super::path_from_url("sqlite://a dir/100% of? #1.db").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_the_file_that_it_leads_to() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().canonicalize().unwrap().join(name);
        let url = |name: &str| format!("sqlite://{}", directory.path().join(name).display());
        std::os::unix::fs::symlink(at("a.db"), at("link.db")).unwrap();
        assert_eq!(super::path_from_url(&url("link.db")).unwrap(), at("a.db"), "before there is any");
        std::fs::write(at("a.db"), "").unwrap();
        assert_eq!(super::path_from_url(&url("link.db")).unwrap(), at("a.db"));
        assert_eq!(super::path_from_url(&url("new.db")).unwrap(), at("new.db"));
    }

    #[tokio::test]
    async fn nothing_is_written_where_nobody_would_find_it() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let url = |name: &str| format!("sqlite://{}", at(name).display());
        let (db, other) = (Db::open(&url("a.db")).await.unwrap(), Db::open(&url("b.db")).await.unwrap());
        other.close().await;
        std::fs::rename(at("a.db"), at("elsewhere.db")).unwrap();
        assert!(matches!(db.write().await.map(drop), Err(Error::Displaced)), "it is gone");
        std::fs::rename(at("b.db"), at("a.db")).unwrap();
        assert!(matches!(db.write().await.map(drop), Err(Error::Displaced)), "it is another one");
        std::fs::rename(at("elsewhere.db"), at("a.db")).unwrap();
        db.write().await.unwrap().commit().await.unwrap();
    }

    #[tokio::test]
    async fn writes_again_after_a_full_disk() {
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}/a.db", directory.path().display())).await.unwrap();
        let large = "insert into meta (key, value) values ('large', hex(zeroblob(1000000)))";
        let mut tx = db.write().await.unwrap();
        sqlx::query("pragma max_page_count = 1").execute(&mut *tx).await.unwrap();
        let full = sqlx::query(large).execute(&mut *tx).await.map_err(Error::from);
        assert!(matches!(full, Err(Error::Full)), "{full:?}");
        drop(tx);
        let mut tx = db.write().await.unwrap();
        sqlx::query(large).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn says_what_is_wrong_with_a_url() {
        for url in ["mysql://ada:s3cret@localhost/x", "sqlite://", "data.db"] {
            let error = Db::open(url).await.unwrap_err().to_string();
            assert!(error.contains("sqlite://PATH or postgres://") && !error.contains("s3cret"), "{error}");
        }
        let directory = tempfile::tempdir().unwrap();
        let no_file = directory.path().join("a.db");
        std::fs::create_dir(&no_file).unwrap();
        let error = Db::open(&format!("sqlite://{}", no_file.display())).await.unwrap_err();
        assert!(error.to_string().contains("cannot open"), "{error}");
    }
}
