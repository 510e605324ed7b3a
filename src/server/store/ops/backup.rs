//! Online backup of a SQLite database.
//!
//! `vacuum into` copies what one read transaction sees: writers continue, and the copy is compact. It is made
//! in a directory beside its target and verified before it is renamed.

use std::path::Path;
use std::time::Duration;

use sqlx::Connection as _;

use super::checksum::{self, Contents};
use super::staging::{Staging, already_exists, publish};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::{sqlite, version};

/// Progress interval.
const TICK: Duration = Duration::from_millis(100);

/// Current phase, for display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupStep {
    /// Copying bytes: done and upper bound of the total.
    Copying,
    /// Checking pages and indexes, in one step.
    Checking,
    /// Reading rows for the checksum: done and total.
    Reading,
}

/// A complete backup.
#[derive(Debug)]
pub struct Backup {
    pub bytes: u64,
    /// Its contents, read back from the file.
    pub contents: Contents,
}

/// Copies the database of a URL to a new file. Cancelling leaves nothing behind.
///
/// # Errors
/// The database does not exist or was made by a newer version, or the target exists.
pub async fn backup(
    url: &str,
    to: &Path,
    mut progress: impl FnMut(BackupStep, u64, u64),
) -> Result<Backup, Error> {
    let database = sqlite::require_existing("DATABASE_URL", url)?;
    if to.symlink_metadata().is_ok() {
        return Err(already_exists(to));
    }
    let mut conn = sqlite::open_dedicated(&database, "rw").await?;
    version::check(&database, &mut conn).await?;
    let staging = Staging::beside(to)?;
    let copy = staging.path("backup.db");
    vacuum(&mut conn, &copy, |done, of| progress(BackupStep::Copying, done, of)).await?;
    conn.close().await?;

    let mut conn = sqlite::open_dedicated(&copy, "ro").await?;
    let contents = checksum::read(&mut conn, |done, of| progress(BackupStep::Reading, done, of)).await?;
    conn.close().await?;
    Ok(Backup { bytes: publish(copy, to)?, contents })
}

/// Copies one consistent snapshot.
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
