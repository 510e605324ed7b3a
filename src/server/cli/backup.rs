//! `music-analytics backup FILE`: a copy of the database while it is served.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use super::{WRONG_USAGE, or_interrupted, print};
use crate::server::base::terminal::tell;
use crate::server::store::engine::postgres::is_postgres;
use crate::server::store::ops::backup::{self, BackupStep};

/// Where to copy to.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to make; it must not be there yet.
    file: PathBuf,
}

/// Copies the database, with a progress bar on a terminal; Ctrl-C leaves nothing behind.
pub async fn backup(url: &str, args: BackupArgs) -> anyhow::Result<ExitCode> {
    if is_postgres(url) {
        tell("music-analytics: backup copies SQLite databases: back a PostgreSQL database up with pg_dump");
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    let bar = bar();
    let copying = backup::backup(url, &args.file, steps(&bar));
    let made = or_interrupted(copying, "nothing was written").await;
    bar.finish_and_clear();
    let made = made?;
    tell(&format!("{}: {}, complete", args.file.display(), HumanBytes(made.bytes)));
    print(&format!("contents {}\n", made.contents.checksum))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} %, {eta} left");
    ProgressBar::new(0).with_style(style.expect("a template that indicatif knows"))
}

/// Shows the current step and its progress.
pub(super) fn steps(bar: &ProgressBar) -> impl FnMut(BackupStep, u64, u64) {
    let mut last = None;
    move |step, done, of| {
        if last.replace(step) != Some(step) {
            bar.reset_eta();
            bar.set_message(match step {
                BackupStep::Copying => "copying",
                BackupStep::Checking => "checking",
                BackupStep::Reading => "reading",
            });
        }
        bar.set_length(of);
        bar.set_position(done);
    }
}
