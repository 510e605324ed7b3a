//! Loads a catalogue from CSV files through `import` into a temporary database, so that a file means the same
//! to the product and to the simulator.

use std::path::PathBuf;

use super::stored;
use crate::domain::catalogue::Catalogue;
use crate::server::error::Error;
use crate::server::ingest::import::watch::ImportProgress;
use crate::server::ingest::import::{self, ImportOutcome};
use crate::server::store::Db;

/// Reads files in any order.
///
/// # Errors
/// A file cannot be read or has an invalid line; the message says which and why.
pub async fn catalogue(files: &[PathBuf]) -> Result<Catalogue, Error> {
    let directory = tempfile::tempdir().map_err(Error::io("cannot make a temporary directory"))?;
    let db = Db::open(&format!("sqlite://{}/catalogue.db", directory.path().display())).await?;
    let mut bad = String::new();
    let ending = import::run(&db, files, import::Mode::Keep, &ImportProgress::hidden(), |report| {
        bad += &report.bad.describe(&report.file)
    })
    .await?;
    let catalogue = match ending {
        ImportOutcome::Done | ImportOutcome::Partly => stored::catalogue(&mut *db.read().await?).await,
        ImportOutcome::Failed => {
            Err(Error::Unusable(format!("the files cannot be served:\n{}", bad.trim_end())))
        }
    };
    db.close().await;
    catalogue
}
