//! Artists by UUID or platform identifier, and an artist's identifiers.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::artist::Artist;
use super::page::{MOST, object};
use super::refusal::Refusal;
use super::request::SimRequest;

/// The path of an artist or a song.
#[derive(Debug, Deserialize)]
pub struct UuidPath {
    /// Unparsed.
    pub uuid: String,
}

/// The path of something on a platform.
#[derive(Debug, Deserialize)]
pub struct PlatformPath {
    /// The platform's code.
    pub platform: String,
    /// The platform's own id.
    pub identifier: String,
}

/// `GET artist/{uuid}`; for several comma-separated UUIDs, a page without unknown ones.
pub async fn artist(ask: SimRequest, Path(UuidPath { uuid }): Path<UuidPath>) -> Result<Response, Refusal> {
    if uuid.contains(',') {
        let found: Vec<Value> = uuid
            .split(',')
            .filter_map(|uuid| Some(ask.world.artist(uuid).ok()?.full_json(ask.minor)))
            .collect();
        return Ok(ask.list(ask.slice(MOST)?, None, found));
    }
    Ok(whole(&ask, ask.world.artist(&uuid)?))
}

/// `GET artist/by-platform/{platform}/{identifier}`. An unknown artist is 404 at first and available hours later,
/// because the request makes the provider look it up.
pub async fn on_platform(ask: SimRequest, Path(of): Path<PlatformPath>) -> Result<Response, Refusal> {
    ask.world.platform(&of.platform, |_| true)?;
    let artist = ask.world.artist_on(&of.platform, &of.identifier)?;
    if !ask.simulator.is_admitted(&of.platform, &of.identifier) {
        return Err(Refusal::not_found());
    }
    Ok(whole(&ask, artist))
}

fn whole(ask: &SimRequest, artist: &Artist) -> Response {
    object("artist", artist.full_json(ask.minor))
}

/// `GET artist/{uuid}/identifiers`; some platforms have several.
pub async fn identifiers(
    ask: SimRequest,
    Path(UuidPath { uuid }): Path<UuidPath>,
) -> Result<Response, Refusal> {
    let artist = ask.world.artist(&uuid)?;
    list_identifiers(&ask, artist.summary_json(), artist.identifiers().iter())
}

/// A page of identifiers, optionally of one platform.
pub fn list_identifiers<'a>(
    ask: &SimRequest,
    related: Value,
    identifiers: impl Iterator<Item = (&'a String, &'a Vec<String>)>,
) -> Result<Response, Refusal> {
    let only_default = ask.flag("onlyDefault")?.unwrap_or(false);
    let mut items = Vec::new();
    for (code, identifiers) in
        identifiers.filter(|(code, _)| ask.text("platform").is_none_or(|only| only == *code))
    {
        let most = if only_default { 1 } else { identifiers.len() };
        items.extend(identifiers.iter().take(most).enumerate().map(|(place, identifier)| {
            json!({
                "platformName": ask.world.platform_name(code),
                "platformCode": code,
                "identifier": identifier,
                "url": format!("https://{code}.example/{identifier}"),
                "verified": place == 0,
            })
        }));
    }
    Ok(ask.list(ask.slice(MOST)?, Some(related), items))
}
