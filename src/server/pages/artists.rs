//! Data and actions of the artists page.

use axum::http::request::Parts;
use leptos::prelude::use_context;

use super::caller;
use super::status::with_status;
use crate::domain::accounts::Right;
use crate::domain::query::listing::ArtistItem;
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::{ArtistId, Problem};
use crate::server::accounts::Person;
use crate::server::error::Error;
use crate::server::ingest::provider_artists::{self, ArtistTarget};
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::web::flash;
use crate::view::artists::ROWS;
use crate::view::forms::notice::Notice;
use crate::view::{ArtistList, ArtistsAddress};

/// Data of the page for a query string.
pub async fn list(context: &Context, search: &str) -> Result<ArtistList, Problem> {
    with_status(assemble(context, &ArtistsAddress::parse(search)).await.map_err(Problem::from))
}

async fn assemble(context: &Context, address: &ArtistsAddress) -> Result<ArtistList, Error> {
    let after = address.after.map(|id| id.to_string());
    let here = match listings::artists(&context.db, &address.q, ROWS, after.as_deref()).await {
        // The cursor's artist is gone: start over.
        Err(Error::Invalid(_)) => listings::artists(&context.db, &address.q, ROWS, None).await?,
        here => here?,
    };
    let linked = match address.link {
        Some(id) => {
            let mut tx = context.db.read_report().await?;
            listings::artists_by_id(&mut tx, &[id]).await?.into_iter().next()
        }
        None => None,
    };
    let mut notice = flash::take();
    let found = match address.provider.as_str() {
        "" => None,
        _ if !may_search() => {
            let words = "A search at Soundcharts costs a call: press Find to begin it, as an analyst.";
            notice.get_or_insert(Notice::error(words.to_owned()));
            None
        }
        text => match provider_artists::search(context, text).await {
            Ok(found) => Some(found),
            Err(error) => {
                let words = Problem::from(error).detail;
                notice.get_or_insert(Notice::error(words));
                None
            }
        },
    };
    let next = here.next.and_then(|next| next.parse().ok());
    let linked = linked.filter(|artist| artist.uuid.is_none());
    let can_fetch = context.provider.kind().is_some();
    Ok(ArtistList { artists: here.items, next, found, notice, linked, can_fetch })
}

/// Whether the caller may spend calls on a provider search; false for requests that follow a link from
/// another site.
fn may_search() -> bool {
    let is_from_elsewhere = |parts: Parts| {
        let site = parts.headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
        matches!(site, Some("cross-site" | "same-site"))
    };
    let may = caller::person().is_some_and(|person| person.right >= Right::Sync);
    may && !use_context::<Parts>().is_some_and(is_from_elsewhere)
}

/// A form action: `add` a provider artist by UUID, or `link` an artist to one.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Action {
    /// `add` or `link`.
    pub act: String,
    /// The artist to link.
    pub id: String,
    /// UUID of the provider's artist.
    pub uuid: String,
    /// Its Spotify id, as an alternative.
    pub spotify_id: String,
    /// The ISRC of one of its recordings, as an alternative.
    pub isrc: String,
}

/// Runs the action; returns the artist and a message.
///
/// # Errors
/// The problem shown to the user.
pub async fn act(
    context: &Context,
    person: &Person,
    action: &Action,
) -> Result<(ArtistItem, String), Problem> {
    let bad = |words: &str| Problem::new(400, "Bad Request", words);
    match action.act.as_str() {
        "add" => {
            let uuid = parse_uuid(action.uuid.trim())
                .ok_or_else(|| bad("Expected the artist's Soundcharts UUID."))?;
            let (is_new, artist) = provider_artists::add(context, person, uuid).await?;
            let words = if is_new {
                format!("{} was added. Tracks load with the first report.", artist.name)
            } else {
                format!("{} is here already.", artist.name)
            };
            Ok((artist, words))
        }
        "link" => {
            let id: ArtistId = action.id.parse().map_err(|_| bad("There is no such artist."))?;
            let link = ArtistTarget::parse(Some(&action.uuid), Some(&action.spotify_id), Some(&action.isrc));
            let link = link.map_err(|error| Problem::bad_request(vec![error]))?;
            let artist = provider_artists::link(context, person, id, link).await?;
            let words = format!("{} is linked now, and can be reported on.", artist.name);
            Ok((artist, words))
        }
        _ => Err(bad("Unknown action.")),
    }
}
