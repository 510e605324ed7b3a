//! Songs by UUID, ISRC or platform identifier, and a song's identifiers.

use axum::extract::Path;
use axum::response::Response;
use serde_json::Value;

use super::artists::{PlatformPath, UuidPath, list_identifiers};
use super::page::{MOST, object};
use super::refusal::Refusal;
use super::request::SimRequest;
use super::song::Song;

/// `GET song/{uuid}`; for several comma-separated UUIDs, a page without unknown ones.
pub async fn song(ask: SimRequest, Path(UuidPath { uuid }): Path<UuidPath>) -> Result<Response, Refusal> {
    if uuid.contains(',') {
        let found: Vec<Value> = uuid
            .split(',')
            .filter_map(|uuid| Some(ask.world.song(uuid).ok()?.whole(&ask.world, ask.minor)))
            .collect();
        return Ok(ask.list(ask.slice(MOST)?, None, found));
    }
    Ok(whole(&ask, ask.world.song(&uuid)?))
}

/// `GET song/by-isrc/{isrc}`. A song may have several ISRCs, of which the provider shows one. 410 if several songs
/// share the ISRC.
pub async fn of_isrc(ask: SimRequest, Path((_, isrc)): Path<(String, String)>) -> Result<Response, Refusal> {
    if ask.simulator.state().knobs.ambiguous_isrcs.contains(&isrc) {
        return Err(Refusal::ambiguous_isrc());
    }
    Ok(whole(&ask, ask.world.song_of_isrc(&isrc)?))
}

/// `GET song/by-platform/{platform}/{identifier}`.
pub async fn on_platform(ask: SimRequest, Path(of): Path<PlatformPath>) -> Result<Response, Refusal> {
    ask.world.platform(&of.platform, |_| true)?;
    Ok(whole(&ask, ask.world.song_on(&of.platform, &of.identifier)?))
}

fn whole(ask: &SimRequest, song: &Song) -> Response {
    object("song", song.whole(&ask.world, ask.minor))
}

/// `GET song/{uuid}/identifiers`; includes the ISRC, as a platform of that name.
pub async fn identifiers(
    ask: SimRequest,
    Path(UuidPath { uuid }): Path<UuidPath>,
) -> Result<Response, Refusal> {
    let song = ask.world.song(&uuid)?;
    list_identifiers(&ask, song.light(&ask.world), song.identifiers().iter())
}
