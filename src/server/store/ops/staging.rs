//! A temporary directory beside a file that is being made; the file is renamed when complete.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, TempPath};

use crate::server::error::Error;

/// Deleted with its contents on drop.
#[derive(Debug)]
pub(super) struct Staging(TempDir);

impl Staging {
    pub(super) fn beside(file: &Path) -> Result<Self, Error> {
        let directory = directory_of(file);
        let made = tempfile::Builder::new().prefix(".music-analytics-").tempdir_in(directory);
        made.map(Staging).map_err(Error::io(format!("write into {}", directory.display())))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Drop for Staging {
    /// SQLite's thread may continue for a while after cancellation. The directory is renamed before it is emptied,
    /// so that the thread cannot create files in it.
    fn drop(&mut self) {
        let gone = self.0.path().with_extension("gone");
        let emptied = fs::rename(self.0.path(), &gone).and_then(|()| {
            // A file created during the renaming may need the second attempt.
            fs::remove_dir_all(&gone).or_else(|_| fs::remove_dir_all(&gone))
        });
        // Errors are ignored; the directory is hidden and named after its creator.
        let _: io::Result<()> = emptied;
    }
}

/// Renames a complete copy to its target, which must not exist; returns its size in bytes.
pub(super) fn publish(copy: PathBuf, to: &Path) -> Result<u64, Error> {
    let doing = || format!("write {}", to.display());
    let file = File::open(&copy).map_err(Error::io(doing()))?;
    file.sync_all().map_err(Error::io(doing()))?;
    let bytes = file.metadata().map_err(Error::io(doing()))?.len();
    let copy = TempPath::try_from_path(copy).map_err(Error::io(doing()))?;
    copy.persist_noclobber(to).map_err(|refused| match refused.error.kind() {
        io::ErrorKind::AlreadyExists => already_exists(to),
        _ => Error::io(doing())(refused.error),
    })?;
    sync_directory_of(to)?;
    Ok(bytes)
}

pub(super) fn already_exists(file: &Path) -> Error {
    Error::Unusable(format!(
        "{} is there already, and a copy replaces nothing: give another name",
        file.display()
    ))
}

/// Makes renames in the file's directory survive a power cut.
pub(super) fn sync_directory_of(file: &Path) -> Result<(), Error> {
    let directory = directory_of(file);
    let synced = File::open(directory).and_then(|opened| opened.sync_all());
    synced.map_err(Error::io(format!("write into {}", directory.display())))
}

/// The directory of a file; empty for a bare name.
pub(in crate::server) fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs::{File, read_dir};
    use std::sync::mpsc::channel;
    use std::thread;

    use super::Staging;

    #[test]
    fn it_goes_while_somebody_goes_on_making_files_in_it() {
        let parent = tempfile::tempdir().unwrap();
        for _ in 0..100 {
            let staging = Staging::beside(&parent.path().join("a.db")).unwrap();
            let directory = staging.path("");
            let (works, begun) = channel();
            let maker = thread::spawn(move || {
                for number in 0..1000 {
                    if File::create(directory.join(number.to_string())).is_err() {
                        return;
                    }
                    let _ = works.send(());
                }
            });
            begun.recv().unwrap();
            drop(staging);
            maker.join().unwrap();
            assert_eq!(read_dir(parent.path()).unwrap().count(), 0);
        }
    }
}
