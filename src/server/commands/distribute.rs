//! `music-analytics distribute`: spreads a PostgreSQL database with Citus over its machines.

use std::process::ExitCode;

use super::{WRONG_USAGE, bar, follow, tell};
use crate::server::db::postgres::is_postgres;
use crate::server::db::{Db, distribute};

/// Distributes what is not distributed yet, with a progress bar on a terminal.
pub async fn distribute(url: &str) -> anyhow::Result<ExitCode> {
    if !is_postgres(url) {
        tell(
            "music-analytics: distribute is for PostgreSQL with Citus: `music-analytics copy` moves a SQLite database there",
        );
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    // An empty one gets its tables first: nothing has to be moved where they are spread before they are filled.
    let db = Db::open(url).await?;
    let bar = bar("tables");
    let distributed = distribute::distribute(&db, follow(&bar)).await;
    bar.finish_and_clear();
    db.close().await;
    match distributed?.as_slice() {
        [] => tell("All tables were distributed before"),
        tables => tell(&format!("Distributed: {}", tables.join(", "))),
    }
    Ok(ExitCode::SUCCESS)
}
