//! `music-analytics import FILE...`: imports CSV files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use indicatif::{ProgressBar, ProgressStyle};

use super::{PARTLY_DONE, print};
use crate::domain::catalogue::file_kind::FileKind;
use crate::domain::text::format::grouped;
use crate::server::accounts::Person;
use crate::server::base::clock::rfc3339;
use crate::server::base::terminal::tell;
use crate::server::error::Error;
use crate::server::ingest::import::watch::ImportProgress;
use crate::server::ingest::import::{self, FileReport, ImportOutcome, Mode, undo};
use crate::server::store::{Db, imports};
use crate::view::analytics::syncing::format_timestamp;

/// What to import.
#[derive(Debug, Args)]
#[command(after_long_help = columns(), args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ImportArgs {
    /// Of earlier imports; without it, files are imported.
    #[command(subcommand)]
    pub command: Option<ImportCommand>,
    /// Files with a header line, in any order, which tells what each holds. CSV with commas, semicolons, tabs or "|", in
    /// UTF-8 or UTF-16, plain or .gz, and Excel workbooks (their first sheet).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Import the good lines of a file that has bad ones, too.
    #[arg(long, conflicts_with = "check")]
    skip_bad: bool,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    pub check: bool,
}

/// What to do with earlier imports.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// List what was imported, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Take an import back as a whole: the values that it replaced return, and later ones stay.
    Undo {
        /// Its id, as the list has it.
        id: i64,
    },
}

/// The columns of each kind of file.
fn columns() -> String {
    let kinds: Vec<String> =
        FileKind::ALL.iter().map(|kind| format!("  {}", kind.column_summary())).collect();
    format!(
        "Columns, in any order; those in brackets may be missing:\n{}\n\nThe role \"none\" ends the link of an artist to a \
         track. docs/import.md has an example of every file.",
        kinds.join("\n")
    )
}

/// Imports the files, with a progress bar on a terminal; on Ctrl-C nothing of the current file is kept.
pub async fn import(db: &Db, args: ImportArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Some(ImportCommand::List { limit }) => return super::usage_or_error(list(db, limit).await),
        Some(ImportCommand::Undo { id }) => {
            let operator = Person::operator();
            let undoing = undo::undo(db, &operator, id);
            let undone = super::or_interrupted(undoing, "nothing was changed").await;
            return super::usage_or_error(undone.map(|sentence| tell(&sentence)));
        }
        None => {}
    }
    let watch = ImportProgress::new(bar());
    let stop = watch.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.stop();
        }
    });
    let mut printed = Ok(());
    let mode = match (args.check, args.skip_bad) {
        (true, _) => Mode::Check,
        (_, true) => Mode::SkipBad,
        _ => Mode::Keep,
    };
    let ending = import::run(db, &args.files, mode, &watch, |report| {
        watch.aside(|| {
            tell_of_bad_lines(report);
            if let Err(error) = print(&sentence(report, mode)) {
                printed = Err(error);
            }
        });
    })
    .await;
    watch.end();
    printed?;
    if mode == Mode::Check {
        tell("Nothing was changed: this was a check.");
    }
    Ok(match ending? {
        ImportOutcome::Done => ExitCode::SUCCESS,
        ImportOutcome::Partly => ExitCode::from(PARTLY_DONE),
        ImportOutcome::Failed => ExitCode::FAILURE,
    })
}

/// Prints one line per file.
async fn list(db: &Db, limit: u32) -> Result<(), Error> {
    let mut table = Table::new();
    let head = ["id", "imported", "by", "file", "kind", "lines", "new", "changed", "undone"];
    table.load_style(NOTHING).set_header(head);
    for import in imports::list(&mut *db.read().await?, None, limit).await? {
        let time = |at: i64| format_timestamp(&rfc3339(at));
        let undone = match (&import.undone, import.is_legacy) {
            (Some(by), _) => format!("{} by {}", time(by.at), by.who),
            (None, true) => "cannot be".to_owned(),
            (None, false) => String::new(),
        };
        for file in &import.files {
            let number = |number: u64| grouped(i128::from(number));
            table.add_row([
                import.id.to_string(),
                time(import.by.at),
                import.by.who.clone(),
                file.file.clone(),
                file.kind.map(|kind| kind.to_string()).unwrap_or_default(),
                number(file.counts.lines),
                number(file.counts.added),
                number(file.counts.changed),
                undone.clone(),
            ]);
        }
    }
    print(&format!("{table}\n"))
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} %, {eta} left");
    ProgressBar::new(0).with_style(style.expect("a template that indicatif knows"))
}

fn tell_of_bad_lines(report: &FileReport) {
    if !report.bad.is_empty() {
        tell(report.bad.describe(&report.file).trim_end());
    }
}

/// One line on the outcome of a file, or the expected outcome of a dry run.
fn sentence(report: &FileReport, mode: Mode) -> String {
    let FileReport { file, lines, counts, bad, kept, repeated, .. } = report;
    let number = |number: u64| grouped(i128::from(number));
    let bad_lines =
        if bad.count() == 1 { "1 bad line".to_owned() } else { format!("{} bad lines", number(bad.count())) };
    let Some(kind) = report.kind else { return format!("{file}: not imported\n") };
    match (kept, bad.is_empty()) {
        (true, _) => {
            let (added, changed, same) = (number(counts.added), number(counts.changed), number(counts.same));
            let repeated =
                if *repeated == 0 { String::new() } else { format!(", {} repeated", number(*repeated)) };
            let skipped = if bad.is_empty() { String::new() } else { format!("; {bad_lines} skipped") };
            let would = if mode == Mode::Check { "would be " } else { "" };
            format!(
                "{file}: {kind}, {} lines: {would}{added} new, {changed} changed, {same} as before{repeated}{skipped}\n",
                number(*lines)
            )
        }
        (false, false) if mode == Mode::Check => {
            format!("{file}: {bad_lines}, so nothing of this file would be imported\n")
        }
        (false, false) => format!(
            "{file}: {bad_lines}, so nothing of this file was imported (--skip-bad imports the others)\n"
        ),
        (false, true) => format!("{file}: not begun\n"),
    }
}
