//! `music-analytics demo`: fills an empty database with the demo catalogue.

use super::tell;
use crate::server::clock::{now, today};
use crate::server::db::{Db, counts};
use crate::server::error::Error;
use crate::server::{demo, fill};

/// Fills the database, and says with what.
pub async fn demo(db: &Db) -> Result<(), Error> {
    fill::demo(db, &demo::catalogue(today()), now()).await?;
    let counts = counts::all(&mut *db.read().await?).await?;
    tell(&format!(
        "Demo catalogue: {} artists, {} tracks, {} observations, {} chart positions",
        counts.artists, counts.tracks, counts.observations, counts.chart_entries
    ));
    Ok(())
}
