//! Atomically replaces one database file by another. The old file gets a second name, then the new file is
//! renamed over the first: one of the two has the name at every moment, and the old one always has a name.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::staging::sync_directory_of;
use crate::server::base::clock::{now, rfc3339};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::sqlite;

/// SQLite's companion files, which it would apply to whatever file has the name.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Renames the current database, puts the copy in its place, and returns the old one's new name. No process may
/// open it meanwhile.
///
/// # Errors
/// Another process has the database open.
pub(super) async fn put_in_place(copy: &Path, database: &Path) -> Result<Option<PathBuf>, Error> {
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
    // Companion files of a database that SQLite cannot open.
    for suffix in SIDE_FILES {
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

/// Converts the database to a single file that no other process has open; `None` if damaged.
async fn alone(database: &Path) -> Result<Option<Conn>, Error> {
    if !is_sqlite_file(database) {
        tracing::warn!("the existing file is not a database; keeping it unchanged");
        return Ok(None);
    }
    let opened = async {
        let mut conn = sqlite::open_dedicated(database, "rw").await?;
        sqlite::disable_wal(&mut conn).await?;
        Ok(conn)
    };
    match opened.await {
        Ok(conn) => Ok(Some(conn)),
        Err(Error::Busy) => Err(in_use(database)),
        Err(Error::Db(error)) => {
            tracing::warn!(%error, "the existing database cannot be opened; keeping it unchanged");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether a file has SQLite's header. For any other, SQLite would delete the log beside it.
fn is_sqlite_file(file: &Path) -> bool {
    const MARK: &[u8; 16] = b"SQLite format 3\0";
    let mut first = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut first));
    read.is_ok() && (first.is_empty() || first == MARK)
}

pub(super) fn in_use(database: &Path) -> Error {
    Error::Unusable(format!(
        "another process works on {}: wait for its end or stop it, then restore again",
        database.display()
    ))
}

/// `DATABASE-before-restore-2026-11-22T10-00-00Z`, with a number if taken.
fn free_name(database: &Path) -> PathBuf {
    let name = with(database, &format!("-before-restore-{}", rfc3339(now()).replace(':', "-")));
    let is_free = |name: &PathBuf| !name.exists() && is_alone(name);
    let numbered = (2..).map(|number| with(&name, &format!("-{number}")));
    std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name)
}

/// A restore killed between its two steps leaves a second name of the current database.
fn remove_names_of_interrupted_restores(database: &Path) -> Result<(), Error> {
    let prefix = with(database, "-before-restore-");
    let Some((directory, prefix)) = prefix.parent().zip(prefix.file_name()) else { return Ok(()) };
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        if ours && is_same(&entry.path(), database) && is_alone(&entry.path()) {
            std::fs::remove_file(entry.path())
                .map_err(Error::io(format!("remove {}", entry.path().display())))?;
        }
    }
    Ok(())
}

/// Whether SQLite has left no companion files.
fn is_alone(file: &Path) -> bool {
    SIDE_FILES.iter().all(|suffix| !with(file, suffix).exists())
}

/// Whether two paths lead to the same file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.metadata().map(|metadata| (metadata.dev(), metadata.ino()));
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

pub(super) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
