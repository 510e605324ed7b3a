//! A copy of a SQLite database while others work on it.
//!
//! `vacuum into` copies what one read transaction sees: writers go on, and the copy is compact. It is made
//! in a directory beside its place and read back before it gets its name.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::Connection as _;
use tempfile::TempPath;

use super::contents::{self, Contents};
use super::{Conn, sqlite, version};
use crate::server::error::Error;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// What is being done, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes are copied: how many of at most how many.
    Copying,
    /// Pages and indexes are looked at, in one go.
    Checking,
    /// Rows are read for the checksum: how many of how many.
    Reading,
}

/// A copy that is complete.
#[derive(Debug)]
pub struct Backup {
    /// Its size in bytes.
    pub bytes: u64,
    /// What it holds, read back from it.
    pub contents: Contents,
}

/// Copies the database of a URL to a file that is not there yet. Dropping it half way leaves nothing behind.
///
/// # Errors
/// There is no such database, a newer version made it, or the file is there already.
pub async fn backup(url: &str, to: &Path, mut progress: impl FnMut(Step, u64, u64)) -> Result<Backup, Error> {
    let database = sqlite::existing("DATABASE_URL", url)?;
    if to.symlink_metadata().is_ok() {
        return Err(taken(to));
    }
    let mut conn = sqlite::alone(&database, "rw").await?;
    version::check(&database, &mut conn).await?;
    let staging = beside(to)?;
    let copy = staging.path().join("backup.db");
    vacuum(&mut conn, &copy, |done, of| progress(Step::Copying, done, of)).await?;
    conn.close().await?;

    let mut conn = sqlite::alone(&copy, "ro").await?;
    let contents = contents::read(&mut conn, |done, of| progress(Step::Reading, done, of)).await?;
    conn.close().await?;
    Ok(Backup { bytes: publish(copy, to)?, contents })
}

/// Gives a complete copy its name, under which nothing may be yet; answers with its size in bytes.
pub(super) fn publish(copy: PathBuf, to: &Path) -> Result<u64, Error> {
    let doing = || format!("write {}", to.display());
    let file = File::open(&copy).map_err(Error::io(doing()))?;
    file.sync_all().map_err(Error::io(doing()))?;
    let bytes = file.metadata().map_err(Error::io(doing()))?.len();
    let copy = TempPath::try_from_path(copy).map_err(Error::io(doing()))?;
    copy.persist_noclobber(to).map_err(|refused| match refused.error.kind() {
        std::io::ErrorKind::AlreadyExists => taken(to),
        _ => Error::io(doing())(refused.error),
    })?;
    sync_directory_of(to)?;
    Ok(bytes)
}

/// Copies all that one transaction sees.
async fn vacuum(conn: &mut Conn, copy: &Path, mut progress: impl FnMut(u64, u64)) -> Result<(), Error> {
    let most: i64 =
        sqlx::query_scalar("select page_count * page_size from pragma_page_count, pragma_page_size")
            .fetch_one(&mut *conn)
            .await?;
    let most = u64::try_from(most).map_err(Error::damaged)?;
    let vacuum = sqlx::query("vacuum into $1").bind(copy.to_string_lossy().into_owned()).execute(conn);
    tokio::pin!(vacuum);
    loop {
        if let Ok(copied) = tokio::time::timeout(TICK, &mut vacuum).await {
            copied?;
            return Ok(());
        }
        progress(copy.metadata().map_or(0, |metadata| metadata.len()), most);
    }
}

/// Why nothing is written to a file.
pub(super) fn taken(file: &Path) -> Error {
    Error::Unusable(format!(
        "{} is there already, and a copy replaces nothing: give another name",
        file.display()
    ))
}

/// A directory of our own beside a file; it goes when it is dropped.
pub(super) fn beside(file: &Path) -> Result<tempfile::TempDir, Error> {
    let directory = directory_of(file);
    tempfile::Builder::new()
        .prefix(".music-analytics-")
        .tempdir_in(&directory)
        .map_err(Error::io(format!("write into {}", directory.display())))
}

/// Makes sure that names which were given in the file's directory survive a power cut.
pub(super) fn sync_directory_of(file: &Path) -> Result<(), Error> {
    let directory = directory_of(file);
    let synced = File::open(&directory).and_then(|opened| opened.sync_all());
    synced.map_err(Error::io(format!("write into {}", directory.display())))
}

fn directory_of(file: &Path) -> PathBuf {
    // A bare name has an empty directory before it.
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}
