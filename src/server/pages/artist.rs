//! Assembles the artist page: facts, and the report on that artist alone.

use std::sync::Arc;

use super::status::with_status;
use super::track::period_of;
use crate::domain::query::{Compare, Parameters};
use crate::domain::{ArtistId, Problem};
use crate::server::base::clock::today;
use crate::server::error::Error;
use crate::server::reports::{self, listings};
use crate::server::state::context::Context;
use crate::view::analytics::page::MissingData;
use crate::view::artist::ArtistView;

/// Data of the artist page for a query string with `month`, or `from` and `to`. Sets the response status if there
/// is no such page.
///
/// # Errors
/// The artist does not exist; invalid days; the database failed.
pub async fn page(context: &Context, id: &str, search: &str) -> Result<ArtistView, Problem> {
    with_status(assemble(context, id, search).await)
}

async fn assemble(context: &Context, id: &str, search: &str) -> Result<ArtistView, Problem> {
    let missing = || Error::NotFound { what: "artist", id: id.to_owned() };
    let artist_id: ArtistId = id.parse().map_err(|_| missing())?;
    let today = today();
    let mut state = context.db.snapshot().await?;
    let found = listings::artists_by_id(state.conn().await?, &[artist_id]).await?;
    let artist = found.into_iter().next().ok_or_else(missing)?;
    if !artist.selectable {
        return Ok(ArtistView { artist, today, report: None, missing: MissingData::default() });
    }
    let parameters = Parameters {
        artists: vec![id.to_owned()],
        compare: Some(Compare::Previous.to_string()),
        ..period_of(search, today)
    };
    let query = parameters.check().map_err(Problem::bad_request)?;
    let evidence = reports::evidence_at(&mut state, &query, today).await?;
    drop(state);
    let (report, availability) = reports::report_and_availability(evidence, &query, today).await;
    Ok(ArtistView {
        artist,
        today,
        report: Some(Arc::new(report)),
        missing: MissingData::from(&availability),
    })
}
