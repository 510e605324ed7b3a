//! How much there is.

use super::Conn;
use crate::server::error::Error;

/// Rows, and observations within rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Artists, with and without UUID.
    pub artists: u64,
    /// Tracks.
    pub tracks: u64,
    /// Tracks on platforms by the platforms' identifiers.
    pub identifiers: u64,
    /// Observations of tracks.
    pub observations: u64,
    /// Replaced values of tracks.
    pub revisions: u64,
    /// Observations of artists as a whole.
    pub artist_observations: u64,
    /// Charts.
    pub charts: u64,
    /// Places of tracks in charts.
    pub chart_entries: u64,
}

/// Counts everything: reads whole tables.
pub async fn all(conn: &mut Conn) -> Result<Counts, Error> {
    let row: (i64, i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from artists), (select count(*) from tracks), (select count(*) from observations),
         (select cast(coalesce(sum(count), 0) as bigint) from observations), (select count(*) from revisions),
         (select count(*) from artist_observations), (select count(*) from charts),
         (select count(*) from chart_entries)",
    )
    .fetch_one(conn)
    .await?;
    let count = |number: i64| u64::try_from(number).map_err(Error::damaged);
    Ok(Counts {
        artists: count(row.0)?,
        tracks: count(row.1)?,
        identifiers: count(row.2)?,
        observations: count(row.3)?,
        revisions: count(row.4)?,
        artist_observations: count(row.5)?,
        charts: count(row.6)?,
        chart_entries: count(row.7)?,
    })
}
