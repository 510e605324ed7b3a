//! Assembles the data of `/analytics` in one call.

use std::sync::Arc;

use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::resolve::{SpotifyLookups, look_up_spotify, resolve};
use super::status::with_status;
use super::syncs;
use crate::domain::query::listing::ArtistItem;
use crate::domain::query::{FieldError, Query};
use crate::domain::{ArtistId, Day, Problem};
use crate::server::base::clock::today;
use crate::server::error::Error;
use crate::server::reports::{self, listings};
use crate::server::state::context::Context;
use crate::server::store::read_model::ReadModel;
use crate::view::analytics::page::{MissingData, PlatformChoice, QueryOutcome, ReportData};
use crate::view::analytics::pasted_list::{ResolvedArtists, is_list};
use crate::view::{Address, AnalyticsView};

/// Matches listed by the artist picker.
const MATCHES: u32 = 10;
/// Suggested artists on an empty page.
const EXAMPLES: usize = 3;

/// All data of the page for a query string. A query without a period is redirected to one with the default month.
///
/// # Errors
/// The database failed. Invalid parameters are part of the page.
pub async fn analytics(context: &Context, search: &str) -> Result<AnalyticsView, Problem> {
    with_status(assemble(context, search).await)
}

async fn assemble(context: &Context, search: &str) -> Result<AnalyticsView, Problem> {
    let address = Address::parse(search);
    let today = today();
    let mut state = context.db.snapshot().await?;
    let platforms = listings::platforms(state.conn().await?).await?;
    let platforms: Vec<PlatformChoice> = platforms.iter().filter_map(PlatformChoice::from_item).collect();
    let mut page = AnalyticsView {
        today,
        platforms,
        countries: listings::countries(state.conn().await?).await?,
        artists: listings::artists_by_id(state.conn().await?, &known_ids(&address)).await?,
        matches: Vec::new(),
        unmatched: Vec::new(),
        is_list_matched: false,
        examples: Vec::new(),
        outcome: QueryOutcome::Nothing,
    };
    let redirect = address.redirect(Address::default_month(today), &page.platform_codes());
    if let Some(href) = redirect.filter(|_| use_context::<ResponseOptions>().is_some()) {
        leptos_axum::redirect(&href);
    }
    if let Some(q) = &address.q {
        page.matches = listings::best_matches(&mut state, q.trim(), MATCHES).await?;
        if page.matches.is_empty() && is_list(q) {
            let resolved = resolve(&mut state, q, &SpotifyLookups::new()).await?;
            page.unmatched = resolved.missing;
            page.matches = resolved.found;
            page.is_list_matched = true;
        }
    }
    if address.has_query() {
        page.outcome = answer(context, state, &address, &page).await?;
    } else {
        let artists = listings::largest_artists(&mut state, EXAMPLES * 4).await?;
        page.examples = artists.into_iter().filter(is_example).take(EXAMPLES).collect();
    }
    Ok(page)
}

/// Artists that match a text, or those of a pasted list.
pub async fn find_artists(context: &Context, q: &str, is_list: bool) -> Result<ResolvedArtists, Problem> {
    if is_list {
        let asked = look_up_spotify(context, q).await?;
        return Ok(resolve(&mut context.db.snapshot().await?, q, &asked).await?);
    }
    let found = listings::artists(&context.db, q.trim(), MATCHES, None).await?.items;
    Ok(ResolvedArtists { found, missing: Vec::new() })
}

fn is_example(artist: &ArtistItem) -> bool {
    artist.selectable && artist.tracks > 0
}

fn known_ids(address: &Address) -> Vec<ArtistId> {
    let mut ids: Vec<ArtistId> = address.parameters.artists.iter().filter_map(|id| id.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(crate::domain::query::MAX_ARTISTS);
    ids
}

async fn answer(
    context: &Context,
    state: ReadModel<'_>,
    address: &Address,
    page: &AnalyticsView,
) -> Result<QueryOutcome, Problem> {
    let today = page.today;
    if let (Some(q), true) = (&address.q, address.parameters.artists.is_empty()) {
        return Ok(if page.matches.is_empty() {
            QueryOutcome::Invalid(vec![FieldError::new("artist", format!("no artist matches “{q}”"))])
        } else {
            QueryOutcome::Matches
        });
    }
    let settled = address.clone().settled(Address::default_month(today), &page.platform_codes());
    let query = match settled.query() {
        Ok(query) => query,
        Err(errors) => return Ok(QueryOutcome::Invalid(errors)),
    };
    match report(context, state, &query, today).await {
        Ok(answer) => Ok(QueryOutcome::Report(Arc::new(answer))),
        Err(error) => match Problem::from(error) {
            problem if problem.status >= 500 => Err(problem),
            problem if problem.errors.is_empty() => {
                Ok(QueryOutcome::Invalid(vec![FieldError::new("query", problem.detail)]))
            }
            problem => Ok(QueryOutcome::Invalid(problem.errors)),
        },
    }
}

/// Reads everything from one snapshot, which is released before the computation.
async fn report(
    context: &Context,
    mut state: ReadModel<'_>,
    query: &Query,
    today: Day,
) -> Result<ReportData, Error> {
    let evidence = reports::evidence_at(&mut state, query, today).await?;
    let syncing = syncs::syncing(context, &mut state, query, today).await?;
    drop(state);
    let (report, availability) = reports::report_and_availability(evidence, query, today).await;
    let missing = MissingData::from(&availability);
    if syncing.is_open() {
        syncs::refresh_later();
    }
    Ok(ReportData { report: Arc::new(report), missing, syncing })
}
