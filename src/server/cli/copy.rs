//! `music-analytics copy FROM TO`: copies a database into an empty one.

use std::process::ExitCode;

use clap::Args;

use super::backup::{bar, steps};
use super::{WRONG_USAGE, or_interrupted, print};
use crate::domain::text::format::grouped;
use crate::server::base::terminal::tell;
use crate::server::store::engine::postgres::is_postgres;
use crate::server::store::ops::copy;

/// From where to where.
///
/// FROM may be in use, and nobody is disturbed; what is written there after the copy has begun is not copied. Stop
/// whoever serves it first where the copy is to take its place. A copy that ends half way, however that happens,
/// leaves TO as empty as it was.
#[derive(Debug, Args)]
pub struct CopyArgs {
    /// The database that there is: sqlite://PATH or postgres://USER@HOST/NAME. The password is better in PGPASSWORD or
    /// ~/.pgpass than here, where others on the machine can see it. It is brought up to date first, as by every command.
    from: String,
    /// An empty one: a file that is not there, or a database on a server that has no tables, or those of this version
    /// with nothing in them, as `distribute` leaves a new one. Nobody may serve it.
    to: String,
}

/// Copies, with a progress bar on a terminal; Ctrl-C leaves nothing behind.
pub async fn copy(args: CopyArgs) -> anyhow::Result<ExitCode> {
    for (name, url) in [("FROM", &args.from), ("TO", &args.to)] {
        if !is_postgres(url) && !url.starts_with("sqlite://") {
            tell(&format!("music-analytics: {name}: expected sqlite://PATH or postgres://USER@HOST/NAME"));
            return Ok(ExitCode::from(WRONG_USAGE));
        }
    }
    let bar = bar();
    let copying = copy::copy(&args.from, &args.to, steps(&bar));
    let copied = or_interrupted(copying, "nothing was written").await;
    bar.finish_and_clear();
    let copied = copied?;
    let rows: u64 = copied.tables.iter().map(|(_, rows)| rows).sum();
    tell(&format!("{} rows copied; both databases hold the same", grouped(i128::from(rows))));
    print(&format!("contents {}\n", copied.checksum))?;
    Ok(ExitCode::SUCCESS)
}
