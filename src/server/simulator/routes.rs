//! The router.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use super::endpoint::Endpoint;
use super::layers::authorize;
use super::refusal::Refusal;
use super::{
    Simulator, artist_audience, artist_songs, artist_streaming, artists, charts, control, ranking,
    referential, search, song_audience, songs, token, usage,
};
use crate::server::web::guard;

/// The provider's API. Rejects requests for non-loopback host names and from other sites.
pub fn router(simulator: Arc<Simulator>) -> Router {
    let mut router = Router::new()
        .route(Endpoint::Platforms.route(), get(referential::all))
        .route(Endpoint::SocialPlatforms.route(), get(referential::social))
        .route(Endpoint::StreamingPlatforms.route(), get(referential::streaming))
        .route(Endpoint::ArtistSearch.route(), get(search::artists))
        .route(Endpoint::Artist.route(), get(artists::artist))
        .route(Endpoint::ArtistByPlatform.route(), get(artists::on_platform))
        .route(Endpoint::ArtistIdentifiers.route(), get(artists::identifiers))
        .route(Endpoint::ArtistSongs.route(), get(artist_songs::list))
        .route(Endpoint::ArtistAudience.route(), get(artist_audience::list))
        .route(Endpoint::ArtistStreaming.route(), get(artist_streaming::list))
        .route(Endpoint::Song.route(), get(songs::song))
        .route(Endpoint::SongByIsrc.route(), get(songs::of_isrc))
        .route(Endpoint::SongByPlatform.route(), get(songs::on_platform))
        .route(Endpoint::SongIdentifiers.route(), get(songs::identifiers))
        .route(Endpoint::SongAudience.route(), get(song_audience::list))
        .route(Endpoint::ChartPlatforms.route(), get(referential::with_charts))
        .route(Endpoint::ChartList.route(), get(charts::list))
        .route(Endpoint::ChartDates.route(), get(charts::dates))
        .route(Endpoint::Ranking.route(), get(ranking::ranking))
        .route(Endpoint::Usage.route(), get(usage::usage))
        .route(Endpoint::Token.route(), post(token::give))
        .fallback(async || Refusal::not_found())
        .layer(from_fn_with_state(Arc::clone(&simulator), authorize));
    if simulator.settings.control {
        router = router.route("/control", get(control::show).post(control::turn).delete(control::reset));
    }
    router.with_state(simulator).layer(guard::same_site_changes(None)).layer(from_fn(guard::loopback_host))
}
