//! `music-analytics demo`: fills an empty database with the demo catalogue.

use crate::server::base::clock::{now, today};
use crate::server::base::terminal::tell;
use crate::server::demo;
use crate::server::error::Error;
use crate::server::ingest::catalogue::fill;
use crate::server::store::Db;
use crate::server::store::tables::counts;

/// Fills the database and prints a summary.
pub async fn demo(db: &Db) -> Result<(), Error> {
    fill::demo(db, &demo::catalogue(today()), now()).await?;
    let counts = counts::all(&mut *db.read().await?).await?;
    tell(&format!(
        "Demo catalogue: {} artists, {} tracks, {} observations, {} chart positions",
        counts.artists, counts.tracks, counts.observations, counts.chart_entries
    ));
    Ok(())
}
