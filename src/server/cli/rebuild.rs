//! `music-analytics rebuild`: recomputes every series from the stored observations.

use super::{bar, update_bar};
use crate::server::base::terminal::tell;
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::observations::rebuild;

/// Rebuilds the read model, with a progress bar on a terminal.
pub async fn rebuild(db: &Db) -> Result<(), Error> {
    let bar = bar("tracks");
    let rebuilt = rebuild::all(db, update_bar(&bar)).await?;
    bar.finish_and_clear();
    tell(&format!(
        "{} tracks recomputed; {} differed from the stored series",
        rebuilt.tracks, rebuilt.changed
    ));
    Ok(())
}
