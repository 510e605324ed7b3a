//! `music-analytics distribute`: distributes a PostgreSQL database over Citus workers.

use std::process::ExitCode;

use super::{WRONG_USAGE, bar, update_bar};
use crate::server::base::terminal::tell;
use crate::server::store::Db;
use crate::server::store::engine::postgres::is_postgres;
use crate::server::store::ops::distribute::{self, StaleSnapshot};

/// Distributes all tables not distributed yet, with a progress bar on a terminal.
pub async fn distribute(url: &str) -> anyhow::Result<ExitCode> {
    if !is_postgres(url) {
        tell(
            "music-analytics: distribute is for PostgreSQL with Citus: `music-analytics copy` moves a SQLite database there",
        );
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    // Creates the tables of an empty database first, so that they are distributed before any data has to be moved.
    let db = Db::open(url).await?;
    let bar = bar("tables");
    let moved = distribute::distribute(&db, update_bar(&bar)).await;
    bar.finish_and_clear();
    db.close().await;
    let StaleSnapshot { distributed, gathered } = moved?;
    for (what, tables) in [("Distributed", &distributed), ("On the coordinator alone again", &gathered)] {
        if !tables.is_empty() {
            tell(&format!("{what}: {}", tables.join(", ")));
        }
    }
    if distributed.is_empty() && gathered.is_empty() {
        tell("All tables were distributed before");
    }
    Ok(ExitCode::SUCCESS)
}
