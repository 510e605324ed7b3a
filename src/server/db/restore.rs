//! The way back of a backup. The file is copied beside the database and the copy is checked; then the database
//! that was there gets a second name, and the copy gets the first. At every moment one of the two has the
//! name, and the old one is never without any.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sqlx::Connection as _;
use tempfile::TempDir;

use super::backup::{beside, sync_directory_of};
use super::contents::{self, Contents};
use super::{Conn, check, lock, sqlite, version};
use crate::server::clock::{now, rfc3339};
use crate::server::error::Error;

/// Bytes copied in one go, after which it can be stopped.
const AT_ONCE: u64 = 16 << 20;
/// What SQLite keeps beside a file, and would apply to whatever file has that name.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A restored database.
#[derive(Debug)]
pub struct Restored {
    /// What it holds.
    pub contents: Contents,
    /// The name of the database that was there.
    pub kept: Option<PathBuf>,
}

/// Puts a backup in the place of the database of a URL. `progress` is told how many bytes of how many are
/// copied. Dropping it half way leaves everything as it was.
///
/// # Errors
/// The file is no database of ours, is damaged or newer; somebody works on the database that is there.
pub async fn restore(url: &str, from: &Path, progress: impl FnMut(u64, u64)) -> Result<Restored, Error> {
    let database = sqlite::path(url)?;
    sqlite::make_directory(&database)?;
    let _lock = lock::ServeLock::take(&database)?;
    if lock::workers(&database).iter().any(|(_, lives)| *lives) {
        return Err(in_use(&database));
    }
    if is_same(from, &database) {
        return Err(Error::Unusable(format!("{} is the database itself", from.display())));
    }
    let staging = beside(&database)?;
    let copy = copy(from, &staging, progress).await?;
    let contents = checked(from, &copy).await?;
    let kept = lock::migration(&database, async || put_in_place(&copy, &database).await).await?;
    Ok(Restored { contents, kept })
}

/// Copies the file, and what was not yet written into it.
async fn copy(from: &Path, staging: &TempDir, mut progress: impl FnMut(u64, u64)) -> Result<PathBuf, Error> {
    let to = staging.path().join("restore.db");
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
                let copied = io::copy(&mut (&source).take(AT_ONCE), &mut target)?;
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

/// What the copy holds, once it is known to be a sound database of ours, in one file and on the disk.
async fn checked(from: &Path, copy: &Path) -> Result<Contents, Error> {
    let unsound = |why: &str| Error::Unusable(format!("{} is not a sound database: {why}", from.display()));
    let of_sqlite = |error| match error {
        Error::Db(error) => unsound(&error.to_string()),
        other => other,
    };
    let mut conn = sqlite::alone(copy, "rw").await.map_err(of_sqlite)?;
    version::check(from, &mut conn).await.map_err(of_sqlite)?;
    let findings = check::file(&mut conn).await?;
    if !findings.is_empty() {
        return Err(unsound(&findings.join("; ")));
    }
    let contents = contents::read(&mut conn, |_, _| {}).await?;
    sqlite::leave_log(&mut conn).await?;
    conn.close().await?;
    File::open(copy)
        .and_then(|file| file.sync_all())
        .map_err(Error::io(format!("write {}", copy.display())))?;
    Ok(contents)
}

/// Gives the database that is there a second name, and its first to the copy.
async fn put_in_place(copy: &Path, database: &Path) -> Result<Option<PathBuf>, Error> {
    let doing = |what: &Path| Error::io(format!("rename {}", what.display()));
    remove_names_of_interrupted_restores(database)?;
    let kept = free_name(database);
    let mut has_kept = database.exists();
    let mut _alone = None;
    if has_kept {
        _alone = alone(database).await?;
        if let Ok(before) = database.metadata() {
            std::fs::set_permissions(copy, before.permissions()).map_err(doing(copy))?;
        }
        std::fs::hard_link(database, &kept).map_err(Error::io(format!(
            "keep {} as {}; move it away yourself, and restore again",
            database.display(),
            kept.display()
        )))?;
    }
    // Of a database that SQLite cannot open.
    for suffix in BESIDE {
        let left = with(database, suffix);
        if left.exists() {
            std::fs::rename(&left, with(&kept, suffix)).map_err(doing(&left))?;
            has_kept = true;
        }
    }
    sync_directory_of(database)?;
    std::fs::rename(copy, database).map_err(doing(copy))?;
    sync_directory_of(database)?;
    Ok(has_kept.then_some(kept))
}

/// Makes the database one file that nobody else has open; `None` where it is damaged.
async fn alone(database: &Path) -> Result<Option<Conn>, Error> {
    let opened = async {
        let mut conn = sqlite::alone(database, "rw").await?;
        sqlite::leave_log(&mut conn).await?;
        Ok(conn)
    };
    match opened.await {
        Ok(conn) => Ok(Some(conn)),
        Err(Error::Busy) => Err(in_use(database)),
        Err(Error::Db(error)) => {
            tracing::warn!(%error, "the database that is there cannot be opened; it is kept as it is");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn in_use(database: &Path) -> Error {
    Error::Unusable(format!(
        "another process works on {}: wait for its end or stop it, then restore again",
        database.display()
    ))
}

/// `DATABASE-before-restore-2026-11-22T10-00-00Z`, with a number where that is taken.
fn free_name(database: &Path) -> PathBuf {
    let name = with(database, &format!("-before-restore-{}", rfc3339(now()).replace(':', "-")));
    let is_free =
        |name: &PathBuf| ["", "-wal", "-shm", "-journal"].iter().all(|suffix| !with(name, suffix).exists());
    let numbered = (2..).map(|number| with(&name, &format!("-{number}")));
    std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name)
}

/// A restore that was killed between its two steps leaves a second name of the database that is there.
fn remove_names_of_interrupted_restores(database: &Path) -> Result<(), Error> {
    let prefix = with(database, "-before-restore-");
    let Some((directory, prefix)) = prefix.parent().zip(prefix.file_name()) else { return Ok(()) };
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        if ours && is_same(&entry.path(), database) {
            std::fs::remove_file(entry.path())
                .map_err(Error::io(format!("remove {}", entry.path().display())))?;
        }
    }
    Ok(())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.metadata().map(|metadata| (metadata.dev(), metadata.ino()));
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
