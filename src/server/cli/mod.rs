//! The subcommands of `music-analytics`, one file each. Results go to standard output, messages to standard
//! error.

pub mod artist;
pub mod backup;
pub mod check;
pub mod copy;
pub mod demo;
pub mod distribute;
pub mod import;
pub mod query_args;
pub mod rebuild;
pub mod report;
pub mod restore;
pub mod simulate;
pub mod sync;
pub mod token;
pub mod user;

use std::io::{ErrorKind, IsTerminal as _, Write as _, stdout};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::query::FieldError;
use crate::server::base::terminal::{printable, tell};
use crate::server::error::Error;

/// Exit code for invalid usage.
pub const WRONG_USAGE: u8 = 2;
/// Exit code for partly completed work.
pub const PARTLY_DONE: u8 = 3;

/// Prints a command's result.
fn print(text: &str) -> Result<(), Error> {
    print_exactly(&printable(text))
}

/// Prints data; unescaped if the output is not a terminal.
fn print_data(text: &str) -> Result<(), Error> {
    if stdout().is_terminal() { print(text) } else { print_exactly(text) }
}

/// A reader that closes the pipe early (`| head`) is not an error.
fn print_exactly(text: &str) -> Result<(), Error> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Error::io("cannot write to standard output")),
    }
}

/// Prints invalid options, one per line.
fn print_field_errors(errors: &[FieldError]) {
    for error in errors {
        tell(&format!("music-analytics: --{}: {}", error.field, error.message));
    }
}

/// The exit code of a command: wrong usage for invalid arguments.
fn usage_or_error(done: Result<(), Error>) -> anyhow::Result<ExitCode> {
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Error::Invalid(errors)) => {
            print_field_errors(&errors);
            Ok(ExitCode::from(WRONG_USAGE))
        }
        Err(error) => Err(error.into()),
    }
}

/// A progress bar on standard error, if that is a terminal.
fn bar(unit: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!(
        "{{wide_bar}} {{human_pos}} of {{human_len}} {unit}, {{eta}} left"
    ));
    ProgressBar::new(0).with_style(style.expect("a template that indicatif knows"))
}

/// A callback that updates a progress bar.
fn update_bar(bar: &ProgressBar) -> impl FnMut(u64, u64) {
    |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    }
}

/// Runs `work` until it completes or Ctrl-C or SIGTERM cancels it; cancellation rolls back.
async fn or_interrupted<T>(work: impl Future<Output = Result<T, Error>>, left: &str) -> Result<T, Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::io("listen to SIGTERM"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::io("listen to Ctrl-C"))?;
    tokio::select! {
        done = work => done,
        Some(()) = interrupt.recv() => Err(Error::Stopped(left.to_owned())),
        Some(()) = terminate.recv() => Err(Error::Stopped(left.to_owned())),
    }
}
