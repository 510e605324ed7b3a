//! `music-analytics restore FILE`: replaces the database by a backup.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::backup::{bar, steps};
use super::{WRONG_USAGE, or_interrupted, print};
use crate::server::base::terminal::tell;
use crate::server::store::engine::postgres::is_postgres;
use crate::server::store::ops::restore;

/// What to restore.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// A file that `backup` made; it is copied, and stays as it is.
    file: PathBuf,
}

/// Restores a backup, with a progress bar on a terminal; Ctrl-C changes nothing.
pub async fn restore(url: &str, args: RestoreArgs) -> anyhow::Result<ExitCode> {
    if is_postgres(url) {
        tell(
            "music-analytics: restore is for SQLite databases: restore a PostgreSQL database with pg_restore or psql",
        );
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    let bar = bar();
    let restoring = restore::restore(url, &args.file, steps(&bar));
    let restored = or_interrupted(restoring, "everything is as it was").await;
    bar.finish_and_clear();
    let restored = restored?;
    if let Some(kept) = restored.kept {
        tell(&format!("The database that was there is kept as {}", kept.display()));
    }
    tell(&format!("{} is restored", args.file.display()));
    print(&format!("contents {}\n", restored.contents.checksum))?;
    Ok(ExitCode::SUCCESS)
}
