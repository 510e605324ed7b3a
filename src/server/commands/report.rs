//! `music-analytics report`: the main job without a browser.

use std::process::ExitCode;

use clap::Args;

use super::question::QuestionArgs;
use super::{WRONG_USAGE, print, print_faults};
use crate::domain::query::Parameters;
use crate::server::clock::today;
use crate::server::db::Db;
use crate::server::error::Error;
use crate::server::export::{csv, text};
use crate::server::reports;

/// What to report on, and how to print it.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    question: QuestionArgs,
    /// Only tracks on which a selected artist has this role: main or featured.
    #[arg(long)]
    role: Option<String>,
    /// Include a row for each day (in the JSON).
    #[arg(long)]
    daily: bool,
    /// Print the report as JSON, the same as GET /api/v1/report.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print one line for each track and platform as CSV.
    #[arg(long)]
    csv: bool,
}

/// Prints the report as the database has it now.
pub async fn report(db: &Db, args: ReportArgs) -> anyhow::Result<ExitCode> {
    let (json, csv) = (args.json, args.csv);
    let parameters =
        Parameters { role: args.role, daily: args.daily.then(|| "true".to_owned()), ..args.question.into() };
    let answer = match parameters.check() {
        Ok(query) => reports::report(db, &query, today()).await,
        Err(errors) => Err(Error::Invalid(errors)),
    };
    let report = match answer {
        Ok(report) => report,
        Err(Error::Invalid(errors)) => {
            print_faults(&errors);
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        Err(error) => return Err(error.into()),
    };
    let text = if json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else if csv {
        csv::tracks(&report)?
    } else {
        text::tables(&report)
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
