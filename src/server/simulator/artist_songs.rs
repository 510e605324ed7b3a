//! An artist's songs, a hundred per page, without ISRC, which only the song itself has.

use axum::extract::Path;
use axum::response::Response;

use super::artists::UuidPath;
use super::page::MOST;
use super::random::Chance;
use super::refusal::Refusal;
use super::request::SimRequest;
use super::song::Song;
use crate::domain::Role;

/// `GET artist/{uuid}/songs`. `mainPerformer` 1 selects the artist's own songs, 0 only those of others; `sortBy`
/// and `sortOrder` as documented, by default by name.
pub async fn list(ask: SimRequest, Path(UuidPath { uuid }): Path<UuidPath>) -> Result<Response, Refusal> {
    let artist = ask.world.artist(&uuid)?;
    let role = ask.flag("mainPerformer")?.map(|main| if main { Role::Main } else { Role::Featured });
    let these = artist.songs.iter().filter(|(_, its)| role.is_none_or(|role| role == *its));
    let mut songs: Vec<&Song> = these.map(|(place, _)| &ask.world.songs[*place]).collect();
    // A stable order of equal songs, so that pages do not overlap.
    songs.sort_by_key(|song| song.track.uuid);
    let most = |platform: &'static str| move |song: &Song| song.newest(platform);
    match ask.text("sortBy").unwrap_or("name") {
        "name" => songs.sort_by(|a, b| a.track.name.cmp(&b.track.name)),
        "releaseDate" => songs.sort_by_key(|song| song.track.release_date),
        "spotifyStream" => songs.sort_by_cached_key(|song| most("spotify")(song)),
        "shazamCount" => songs.sort_by_cached_key(|song| most("shazam")(song)),
        "youtubeViews" => songs.sort_by_cached_key(|song| most("youtube")(song)),
        by @ ("spotifyPopularity" | "soundchartsScore") => {
            songs.sort_by_cached_key(|song| Chance::new(&[by, &song.track.uuid.to_string()]).below(100));
        }
        _ => return Err(Refusal::argument("Invalid sortBy.")),
    }
    if ask.is_descending("sortOrder", false)? {
        songs.reverse();
    }
    let items = songs.into_iter().map(|song| song.listed(&ask.world)).collect();
    Ok(ask.list(ask.slice(MOST)?, Some(artist.summary_json()), items))
}
