//! Row counts.

use crate::server::error::Error;
use crate::server::store::Conn;

/// Rows, and observations within rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableCounts {
    /// With and without UUID.
    pub artists: u64,
    pub tracks: u64,
    /// Pairs of track and platform identifier.
    pub identifiers: u64,
    /// Of tracks.
    pub observations: u64,
    /// Of tracks.
    pub revisions: u64,
    /// Artist-level.
    pub artist_observations: u64,
    pub charts: u64,
    /// Positions of tracks in charts.
    pub chart_entries: u64,
}

/// Counts everything: reads whole tables.
pub async fn all(conn: &mut Conn) -> Result<TableCounts, Error> {
    // One statement each: Citus does not support several of these in one.
    Ok(TableCounts {
        artists: number(conn, "select count(*) from artists").await?,
        tracks: number(conn, "select count(*) from tracks").await?,
        identifiers: number(conn, "select count(*) from observations").await?,
        observations: number(conn, "select cast(coalesce(sum(count), 0) as bigint) from observations")
            .await?,
        revisions: number(conn, "select count(*) from revisions").await?,
        artist_observations: number(conn, "select count(*) from artist_observations").await?,
        charts: number(conn, "select count(*) from charts").await?,
        chart_entries: number(conn, "select count(*) from chart_entries").await?,
    })
}

async fn number(conn: &mut Conn, sql: &'static str) -> Result<u64, Error> {
    let number: i64 = sqlx::query_scalar(sql).fetch_one(conn).await?;
    number.try_into().map_err(Error::damaged)
}
