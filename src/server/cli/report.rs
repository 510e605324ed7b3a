//! `music-analytics report`: prints a report or writes it to a file.

use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::query_args::ReportQueryArgs;
use super::{WRONG_USAGE, print, print_data, print_field_errors};
use crate::domain::query::Parameters;
use crate::domain::report::Report;
use crate::server::base::clock::today;
use crate::server::base::terminal::tell;
use crate::server::config::Config;
use crate::server::error::Error;
use crate::server::export::{csv, text, workbook};
use crate::server::reports;
use crate::server::store::Db;
use crate::server::store::ops::staging::directory_of;

/// What to report on, and how to print it.
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    question: ReportQueryArgs,
    /// Only tracks on which a selected artist has this role: main or featured.
    #[arg(long)]
    role: Option<String>,
    /// Compare with the period before (previous) or with the same one a year earlier (year).
    #[arg(long, value_name = "previous|year")]
    compare: Option<String>,
    /// Include a row for each day (in the JSON).
    #[arg(long)]
    daily: bool,
    /// Print the report as JSON, the same as GET /api/v1/report.
    #[arg(long, conflicts_with_all = ["csv", "xlsx"])]
    json: bool,
    /// Print one line for each track and platform as CSV.
    #[arg(long, conflicts_with = "xlsx")]
    csv: bool,
    /// Write the report as an Excel workbook; a file that is there is replaced once the new one is whole.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
}

/// Prints the report on the current data, or writes it to a file.
pub async fn report(db: &Db, config: &Config, args: ReportArgs) -> anyhow::Result<ExitCode> {
    let (json, csv, xlsx) = (args.json, args.csv, args.xlsx);
    let parameters = Parameters {
        role: args.role,
        compare: args.compare,
        daily: args.daily.then(|| "true".to_owned()),
        ..args.question.into()
    };
    let answer = match parameters.check() {
        Ok(query) => reports::report(db, &query, today()).await,
        Err(errors) => Err(Error::Invalid(errors)),
    };
    let report = match answer {
        Ok(report) => report,
        Err(Error::Invalid(errors)) => {
            print_field_errors(&errors);
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(path) = xlsx {
        let base = config.base();
        let path = reports::compute(move || save(&report, &base, &path).map(|()| path)).await?;
        tell(&format!("{} written", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
    if json {
        print_data(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    } else if csv {
        print_data(&csv::table(&report, csv::Table::Tracks)?)?;
    } else {
        print(&text::tables(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes to a temporary file and renames it, so that the target is always complete.
fn save(report: &Report, base: &str, path: &Path) -> Result<(), Error> {
    let doing = || format!("write {}", path.display());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".music-analytics-").suffix(".xlsx");
    // The usual permissions of a new file; temporary files are private by default.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(directory_of(path)).map_err(Error::io(doing()))?;
    let mut writer = BufWriter::new(file);
    workbook::write(report, base, &mut writer)?;
    let file = writer.into_inner().map_err(|error| Error::io(doing())(error.into_error()))?;
    file.persist(path).map_err(|error| Error::io(doing())(error.error))?;
    Ok(())
}
