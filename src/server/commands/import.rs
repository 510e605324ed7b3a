//! `music-analytics import FILE...`: CSV files into the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{PARTLY_DONE, print, tell};
use crate::domain::format::grouped;
use crate::server::db::Db;
use crate::server::error::Error;
use crate::server::import::watch::Watch;
use crate::server::import::{self, Ending, FileReport};

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// CSV files with a header line, in any order: platforms, artists, tracks, track artists, observations,
    /// artist observations, fetched windows, chart entries. The header line tells which one it is.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Import the good lines of a file that has bad ones, too.
    #[arg(long)]
    skip_bad: bool,
}

/// Imports the files, with a progress bar on a terminal; Ctrl-C leaves of the file at work nothing behind.
pub async fn import(db: &Db, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let watch = Watch::new(bar());
    let stop = watch.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.stop();
        }
    });
    let mut printed = Ok(());
    let ending = import::run(db, &args.files, args.skip_bad, &watch, |told| {
        watch.aside(|| {
            tell_of_bad_lines(told);
            if let Err(error) = print(&sentence(told)) {
                printed = Err(error);
            }
        });
    })
    .await;
    watch.end();
    printed.map_err(Error::io("cannot write to standard output"))?;
    Ok(match ending? {
        Ending::Done => ExitCode::SUCCESS,
        Ending::Partly => ExitCode::from(PARTLY_DONE),
        Ending::Failed => ExitCode::FAILURE,
    })
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} %, {eta} left");
    ProgressBar::new(0).with_style(style.expect("a template that indicatif knows"))
}

fn tell_of_bad_lines(told: &FileReport) {
    if !told.bad.is_empty() {
        tell(told.bad.describe(&told.file).trim_end());
    }
}

/// What became of a file, in one line.
fn sentence(told: &FileReport) -> String {
    let FileReport { file, lines, counts, bad, kept, .. } = told;
    let number = |number: u64| grouped(i128::from(number));
    let bad_lines =
        if bad.count() == 1 { "1 bad line".to_owned() } else { format!("{} bad lines", number(bad.count())) };
    let Some(kind) = told.kind else { return format!("{file}: not imported\n") };
    match (kept, bad.is_empty()) {
        (true, _) => {
            let skipped = if bad.is_empty() { String::new() } else { format!("; {bad_lines} skipped") };
            let (added, changed, same) = (number(counts.added), number(counts.changed), number(counts.same));
            format!(
                "{file}: {kind}, {} lines: {added} new, {changed} changed, {same} as before{skipped}\n",
                number(*lines)
            )
        }
        (false, false) => format!(
            "{file}: {bad_lines}, so nothing of this file was imported (--skip-bad imports the others)\n"
        ),
        (false, true) => format!("{file}: not begun\n"),
    }
}
