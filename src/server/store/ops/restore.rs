//! Restores a backup: the file is copied beside the database and verified before it replaces it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sqlx::Connection as _;

use super::backup::BackupStep;
use super::check;
use super::checksum::{self, Contents};
use super::replace::{in_use, is_same, put_in_place, with};
use super::staging::Staging;
use crate::server::error::Error;
use crate::server::store::engine::sqlite::{self, lock};
use crate::server::store::engine::version;

/// Bytes copied per step; cancellation is possible in between.
const COPY_CHUNK: u64 = 16 << 20;

/// A restored database.
#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// The new name of the previous database.
    pub kept: Option<PathBuf>,
}

/// Replaces the database of a URL by a backup. Cancelling changes nothing.
///
/// # Errors
/// The file is not a valid database of ours or is newer; the current database is in use.
pub async fn restore(
    url: &str,
    from: &Path,
    mut progress: impl FnMut(BackupStep, u64, u64),
) -> Result<Restored, Error> {
    let database = sqlite::path_from_url(url)?;
    sqlite::make_directory(&database)?;
    let _lock = lock::ServeLock::take(&database)?;
    if lock::workers(&database).iter().any(|(_, lives)| *lives) {
        return Err(in_use(&database));
    }
    if is_same(from, &database) {
        return Err(Error::Unusable(format!("{} is the database itself", from.display())));
    }
    let staging = Staging::beside(&database)?;
    let copy = copy(from, &staging, |done, of| progress(BackupStep::Copying, done, of)).await?;
    let contents = checked(from, &copy, progress).await?;
    let kept = lock::migration(&database, async || put_in_place(&copy, &database).await).await?;
    Ok(Restored { contents, kept })
}

/// Copies the file and its write-ahead log.
async fn copy(from: &Path, staging: &Staging, mut progress: impl FnMut(u64, u64)) -> Result<PathBuf, Error> {
    let to = staging.path("restore.db");
    for suffix in ["", "-wal", "-journal"] {
        let from = with(from, suffix);
        let doing = || format!("copy {}", from.display());
        if !suffix.is_empty() && !from.exists() {
            continue;
        }
        let mut source = File::open(&from).map_err(Error::io(doing()))?;
        let mut target = File::create_new(with(&to, suffix)).map_err(Error::io(doing()))?;
        let of = source.metadata().map_err(Error::io(doing()))?.len();
        let mut done = 0;
        loop {
            let copied;
            (source, target, copied) = tokio::task::spawn_blocking(move || {
                let copied = io::copy(&mut (&source).take(COPY_CHUNK), &mut target)?;
                Ok((source, target, copied))
            })
            .await
            .map_err(|error| Error::Unusable(error.to_string()))?
            .map_err(Error::io(doing()))?;
            done += copied;
            progress(done, of);
            if copied == 0 {
                break;
            }
        }
    }
    Ok(to)
}

/// The contents of the copy, after verifying it and converting it to a single file on disk.
async fn checked(
    from: &Path,
    copy: &Path,
    mut progress: impl FnMut(BackupStep, u64, u64),
) -> Result<Contents, Error> {
    let unsound = |why: &str| Error::Unusable(format!("{} is not a sound database: {why}", from.display()));
    let of_sqlite = |error| match error {
        Error::Db(error) => unsound(&error.to_string()),
        Error::Damaged(why) => unsound(&why),
        other => other,
    };
    let mut conn = sqlite::open_dedicated(copy, "rw").await.map_err(of_sqlite)?;
    version::check(from, &mut conn).await.map_err(of_sqlite)?;
    progress(BackupStep::Checking, 0, 0);
    let findings = check::find_damage(&mut conn).await?;
    if !findings.is_empty() {
        return Err(unsound(&findings.join("; ")));
    }
    let contents = checksum::read(&mut conn, |done, of| progress(BackupStep::Reading, done, of)).await?;
    sqlite::disable_wal(&mut conn).await?;
    conn.close().await?;
    File::open(copy)
        .and_then(|file| file.sync_all())
        .map_err(Error::io(format!("write {}", copy.display())))?;
    Ok(contents)
}
