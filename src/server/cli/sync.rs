//! `music-analytics sync`: fetches what a report lacks, with or without a running server.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use super::query_args::ReportQueryArgs;
use super::{PARTLY_DONE, WRONG_USAGE, print_field_errors};
use crate::domain::query::Parameters;
use crate::domain::sync::{SyncState, SyncStatus};
use crate::server::base::terminal::tell;
use crate::server::config::Config;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::sync::{self, Provider, Request, Started, WorkerConfig, Workers};

/// Refresh interval of the progress display.
const LOOK: Duration = Duration::from_millis(250);

/// What to fetch.
#[derive(Debug, Args)]
pub struct SyncArgs {
    #[command(flatten)]
    question: ReportQueryArgs,
    /// Fetch again what was fetched before, too: the provider may have corrected it.
    #[arg(long)]
    refresh: bool,
}

/// Fetches, with a progress bar on a terminal. Ctrl-C stops only this process: the sync continues with the next run
/// of the command, or immediately if a server process also runs workers.
pub async fn sync(config: Config, db: &Db, args: SyncArgs) -> anyhow::Result<ExitCode> {
    let refresh = args.refresh;
    let request = match Parameters::from(args.question).check() {
        Ok(query) => Request::from_query(&query, refresh),
        Err(errors) => {
            print_field_errors(&errors);
            return Ok(ExitCode::from(WRONG_USAGE));
        }
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let provider = Provider::choose(&config, db).await?;
    let id = match sync::start(db, &provider, &request).await {
        Ok(Started::Open(id, _)) => id,
        Ok(Started::NothingMissing(_)) => {
            tell("Nothing is missing");
            return Ok(ExitCode::SUCCESS);
        }
        Err(Error::Invalid(errors)) => {
            print_field_errors(&errors);
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        Err(error) => return Err(error.into()),
    };
    let workers = Workers::start(db, &provider, config.sync_workers.max(1), WorkerConfig::default()).await?;
    let bar = bar();
    let ended = tokio::select! {
        ended = watch(db, id, &bar) => Some(ended),
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| None)?,
        _ = terminate.recv() => None,
    };
    bar.finish_and_clear();
    workers.stop().await;
    match ended {
        Some(status) => Ok(report(&status?)),
        None => {
            tell(
                "Stopped: what was fetched is kept, and the rest is fetched when the command is given again",
            );
            Ok(ExitCode::FAILURE)
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent} %  {msg}");
    ProgressBar::new(100).with_style(style.expect("a template that indicatif knows"))
}

/// Shows the progress of a sync until it ends.
async fn watch(db: &Db, id: Uuid, bar: &ProgressBar) -> Result<SyncStatus, Error> {
    loop {
        let status = match sync::status(db, id).await {
            // Temporary: the workers wait for it as well.
            Err(error @ (Error::Unreachable(_) | Error::Overloaded)) => {
                bar.set_message(error.to_string());
                tokio::time::sleep(LOOK).await;
                continue;
            }
            status => status?,
        };
        if !status.state.is_open() {
            return Ok(status);
        }
        bar.set_position(status.percent.into());
        bar.set_message(status.message);
        tokio::time::sleep(LOOK).await;
    }
}

fn report(status: &SyncStatus) -> ExitCode {
    tell(&format!("{}: {} of {} done", status.message, status.done, status.total));
    for failure in &status.failures {
        let of = [&failure.artist, &failure.track, &failure.platform];
        let of: Vec<&str> = of.into_iter().flatten().map(String::as_str).collect();
        let about = if of.is_empty() { String::new() } else { format!("{}: ", of.join(", ")) };
        tell(&format!("- {about}{}", failure.reason));
    }
    match status.state {
        SyncState::Complete => ExitCode::SUCCESS,
        SyncState::Partial => ExitCode::from(PARTLY_DONE),
        SyncState::Failed | SyncState::Cancelled | SyncState::Queued | SyncState::Running => {
            ExitCode::FAILURE
        }
    }
}
