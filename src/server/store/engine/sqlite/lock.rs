//! Inter-process locks on a SQLite database, as files beside it. The operating system releases them when the
//! process ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::server::error::Error;

/// The right to serve a database, because a server assumes that it is the only one. Commands do not need it.
#[derive(Debug)]
pub struct ServeLock(File);

impl ServeLock {
    pub(in crate::server::store) fn take(database: &Path) -> Result<Self, Error> {
        let path = beside(database, "serve-lock");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(ServeLock(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Unusable(format!(
                "another process serves {}: stop it first, or set DATABASE_URL to another file",
                database.display()
            ))),
            Err(TryLockError::Error(source)) => {
                Err(Error::io(format!("cannot lock {}", path.display()))(source))
            }
        }
    }
}

impl Drop for ServeLock {
    fn drop(&mut self) {
        // Closing the file also releases it, so an error does not matter.
        let _ = self.0.unlock();
    }
}

/// Marks a worker's process as alive; the operating system releases it however the process ends.
#[derive(Debug)]
pub struct WorkerLock {
    file: File,
    path: PathBuf,
}

impl WorkerLock {
    pub(in crate::server::store) fn take(database: &Path, worker: &str) -> Result<Self, Error> {
        let path = beside(database, &format!("worker-{worker}"));
        let new = beside(database, &format!("new-worker-{worker}"));
        let file = open(&new)?;
        file.lock().map_err(Error::io(format!("cannot lock {}", new.display())))?;
        // Renamed only when locked, so that it is never seen unlocked.
        std::fs::rename(&new, &path).map_err(Error::io(format!("cannot make {}", path.display())))?;
        Ok(WorkerLock { file, path })
    }
}

impl Drop for WorkerLock {
    fn drop(&mut self) {
        // If this fails, the next worker finds that the file has no owner.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Workers with a lock file, and whether their processes are alive.
pub(in crate::server::store) fn workers(database: &Path) -> Vec<(String, bool)> {
    let prefix = beside(database, "worker-");
    let Some((directory, prefix)) = prefix.parent().zip(prefix.file_name()) else { return Vec::new() };
    let prefix = prefix.to_string_lossy().into_owned();
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().strip_prefix(&prefix)?.to_owned();
            let file = File::open(entry.path()).ok()?;
            let lives = match file.try_lock() {
                Ok(()) => false,
                Err(TryLockError::WouldBlock) => true,
                // Unknown: its lease decides.
                Err(TryLockError::Error(_)) => true,
            };
            if !lives {
                let _ = std::fs::remove_file(entry.path());
            }
            Some((name, lives))
        })
        .collect()
}

/// Runs `work` while no other process opens the database: sqlx has no migration lock of its own on SQLite.
pub(in crate::server::store) async fn migration<T>(
    database: &Path,
    work: impl AsyncFnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let path = beside(database, "migrate-lock");
    let file = open(&path)?;
    let file = tokio::task::spawn_blocking(move || file.lock().map(|()| file))
        .await
        .map_err(|error| Error::Unusable(error.to_string()))?
        .map_err(Error::io(format!("cannot lock {}", path.display())))?;
    let result = work().await;
    drop(file);
    result
}

fn beside(database: &Path, what: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-");
    name.push(what);
    name.into()
}

fn open(path: &Path) -> Result<File, Error> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    file.map_err(Error::io(format!("cannot open {}", path.display())))
}

#[cfg(test)]
mod tests {
    use crate::server::store::Db;

    #[tokio::test]
    async fn one_process_serves_and_commands_work_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("a.db").display());
        let (first, second) = tokio::join!(Db::open(&url), Db::open(&url));
        let (first, second) = (first.unwrap(), second.unwrap());
        let lock = first.serve_lock().unwrap();
        assert!(second.serve_lock().unwrap_err().to_string().contains("another process serves"));
        second.write().await.unwrap().commit().await.unwrap();
        drop(lock);
        assert!(second.serve_lock().is_ok());
    }
}
