//! Imports CSV files: kinds are detected from header lines and processed in order of dependence, one
//! transaction per file. A file is parsed, validated and sorted before its transaction begins, so that
//! writers are blocked only briefly. A file with invalid lines is rejected as a whole, unless they are to be
//! skipped. Importing a file twice changes nothing.
//!
//! Memory: about 200 MB for files of observations, fetched windows or chart entries of any length, plus about
//! 50 bytes per known track; catalogue files are held whole.

pub mod bad_lines;
mod catalogue;
mod chart_entries;
mod collect;
mod existing_rows;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod line_endings;
mod merge;
mod observations;
mod parsed;
mod platforms;
mod row;
mod rows;
mod sorter;
mod source;
pub mod undo;
pub mod watch;
mod write;

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::catalogue::file_kind::FileKind;
use bad_lines::BadLines;
use existing_rows::ExistingRows;
use parsed::ParsedFile;
use rows::ImportFile;
use watch::ImportProgress;
use write::Outcome;

use crate::domain::accounts::Action;
use crate::server::accounts::{Person, audit};
use crate::server::base::clock::now;
use crate::server::error::Error;
use crate::server::store::imports::{self, Attribution, FileCounts};
use crate::server::store::tables::artists::UpsertCounts;
use crate::server::store::tables::fetches::{self, FetchSource};
use crate::server::store::tables::meta::{self, DataKind};
use crate::server::store::{Db, Tx};

/// How long a parsed file waits for the write lock.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Result of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// As given by the caller.
    pub file: String,
    /// Kind of the file; `None` if its header line is not recognized.
    pub kind: Option<FileKind>,
    /// Lines below the header line.
    pub lines: u64,
    /// Rows or observations; all zero if nothing was written.
    pub counts: UpsertCounts,
    /// Duplicate lines.
    pub repeated: u64,
    /// Rejected lines.
    pub bad: BadLines,
    /// Whether its valid lines were written.
    pub kept: bool,
}

/// Outcome of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// All lines were written.
    Done,
    /// All valid lines were written; invalid ones were skipped as requested.
    Partly,
    /// A file had invalid lines: nothing of it was written, and later files were not started.
    Failed,
}

/// Import mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write if all lines are valid.
    Keep,
    /// Write valid lines, skip invalid ones.
    SkipBad,
    /// Dry run.
    Check,
}

/// Imports files. `report` receives the result of each.
///
/// # Errors
/// The database holds demo data; a file cannot be read; the database is busy or fails; the import was cancelled.
/// Nothing of the current file is written then.
pub async fn run(
    db: &Db,
    paths: &[PathBuf],
    mode: Mode,
    watch: &ImportProgress,
    mut report: impl FnMut(&FileReport),
) -> Result<ImportOutcome, Error> {
    refuse_demo(db).await?;
    let mut files = Vec::with_capacity(paths.len());
    let mut understood = true;
    for path in paths {
        match ImportFile::open(path)? {
            Ok(file) => files.push(file),
            Err(reason) => {
                understood = false;
                report(&FileReport::of_bad_header(path.display().to_string(), reason));
            }
        }
    }
    if !understood {
        return Ok(ImportOutcome::Failed);
    }
    files.sort_by_key(|file| file.kind);
    let mut ending = ImportOutcome::Done;
    // A dry run is one transaction, so that each file sees the rows of earlier ones. The first file is parsed
    // before it begins.
    let mut trial = None;
    let mut import = None;
    for file in files {
        let file_report = if ending == ImportOutcome::Failed {
            FileReport::new(&file)
        } else {
            import_file(db, &mut trial, &mut import, file, mode, watch).await?
        };
        report(&file_report);
        match (file_report.kept, file_report.bad.is_empty()) {
            (true, true) => {}
            (true, false) => ending = ImportOutcome::Partly,
            (false, _) => ending = ImportOutcome::Failed,
        }
    }
    if let Some(trial) = trial {
        trial.rollback().await?;
    }
    Ok(ending)
}

/// Fails early with the error that the transaction would return.
async fn refuse_demo(db: &Db) -> Result<(), Error> {
    let mut tx = db.read().await?;
    meta::ensure_compatible(meta::data_kind(&mut tx).await?, DataKind::Real)
}

async fn import_file(
    db: &Db,
    trial: &mut Option<Tx>,
    import: &mut Option<i64>,
    file: ImportFile,
    mode: Mode,
    watch: &ImportProgress,
) -> Result<FileReport, Error> {
    let skip_bad = mode == Mode::SkipBad;
    let known = match trial {
        Some(tx) => ExistingRows::load(tx, file.kind).await?,
        None => ExistingRows::load(&mut *db.read().await?, file.kind).await?,
    };
    let mut file_report = FileReport::new(&file);
    let detail = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (directory, reader) = (db.directory().to_owned(), watch.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut bad = BadLines::default();
        let (parsed, lines) = parsed::read(&file, &known, &directory, &reader, &mut bad)?;
        if bad.is_empty() || skip_bad {
            return Ok((Some(parsed), lines, bad));
        }
        parsed.find_repeated(&mut bad)?;
        Ok::<_, Error>((None, lines, bad))
    });
    let read = reading.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()));
    let (parsed, lines, bad) = read?;
    (file_report.lines, file_report.bad) = (lines, bad);
    let Some(parsed) = parsed else { return Ok(file_report) };
    if mode == Mode::Check {
        let tx = match trial {
            Some(tx) => tx,
            None => trial.insert(db.write_within(PATIENCE).await?),
        };
        write_to(tx, &mut file_report, None, &detail, parsed, skip_bad, watch).await?;
        return Ok(file_report);
    }
    let mut tx = db.write_within(PATIENCE).await?;
    let id = write_to(&mut tx, &mut file_report, *import, &detail, parsed, skip_bad, watch).await?;
    if !file_report.kept {
        tx.rollback().await?;
        return Ok(file_report);
    }
    // Without a change there is no fetch to undo.
    if file_report.counts.added + file_report.counts.changed > 0 {
        tx.commit().await?;
        *import = Some(id);
    } else {
        tx.rollback().await?;
    }
    Ok(file_report)
}

/// Writes a parsed file, as part of the import if it is not the first; returns the import's id.
async fn write_to(
    tx: &mut Tx,
    file_report: &mut FileReport,
    import: Option<i64>,
    detail: &str,
    parsed: ParsedFile,
    skip_bad: bool,
    watch: &ImportProgress,
) -> Result<i64, Error> {
    meta::claim_as(tx, DataKind::Real).await?;
    let operator = Person::operator();
    let by = Attribution { who: operator.email.clone(), at: now() };
    let fetch_id = fetches::start(tx, FetchSource::Import, detail, by.at).await?;
    let kind = file_report.kind.ok_or_else(|| Error::damaged("a file that was read is of no kind"))?;
    let import = imports::begin_file(tx, import, fetch_id, &by, detail, kind).await?;
    let mut outcome = write::write(tx, fetch_id, parsed, file_report.lines, watch).await?;
    watch.check()?;
    let subjects = std::mem::take(&mut outcome.subjects);
    file_report.written(outcome, skip_bad);
    let UpsertCounts { added, changed, same } = file_report.counts;
    let counts = FileCounts { lines: file_report.lines, added, changed, same, bad: file_report.bad.count() };
    imports::end_file(tx, fetch_id, counts, &subjects).await?;
    audit::write(tx, &operator, Action::Imported, format!("{detail}: {kind}")).await?;
    Ok(import)
}

impl FileReport {
    fn new(file: &ImportFile) -> Self {
        let (counts, bad) = (UpsertCounts::default(), BadLines::default());
        FileReport {
            file: file.name(),
            kind: Some(file.kind),
            lines: 0,
            counts,
            repeated: 0,
            bad,
            kept: false,
        }
    }

    /// Adds the counts of a write.
    fn written(&mut self, outcome: Outcome, skip_bad: bool) {
        self.bad.append(outcome.bad);
        if !self.bad.is_empty() && !skip_bad {
            return;
        }
        let UpsertCounts { added, changed, same } = outcome.counts;
        self.repeated = self.lines.saturating_sub(self.bad.count() + added + changed + same);
        (self.counts, self.kept) = (outcome.counts, true);
    }

    fn of_bad_header(file: String, reason: String) -> Self {
        let mut bad = BadLines::default();
        bad.add(1, reason);
        FileReport {
            file,
            kind: None,
            lines: 0,
            counts: UpsertCounts::default(),
            repeated: 0,
            bad,
            kept: false,
        }
    }
}
