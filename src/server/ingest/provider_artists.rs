//! Artists of the provider: search, add by UUID, and link to local artists (S20 of docs/semantics.md). Names
//! are not unique, so artists are never linked by name alone.

use uuid::Uuid;

use crate::domain::ArtistId;
use crate::domain::accounts::Action;
use crate::domain::catalogue::{Artist, Source};
use crate::domain::query::FieldError;
use crate::domain::query::listing::{ArtistItem, ProviderArtist};
use crate::domain::registry::artist_id::parse_uuid;
use crate::server::accounts::{Person, audit};
use crate::server::base::clock::now;
use crate::server::base::fold::fold;
use crate::server::error::Error;
use crate::server::provider;
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::store::tables::{artists, meta, provider_searches};

/// Search results are cached for a day.
const KEPT: i64 = 24 * 60 * 60;

/// The provider's artist to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtistTarget {
    /// By UUID, chosen by a user.
    Uuid(Uuid),
    /// By Spotify id.
    Spotify(String),
    /// By the ISRC of one of the artist's recordings.
    Isrc(String),
}

impl ArtistTarget {
    /// Requires exactly one of the three.
    ///
    /// # Errors
    /// None or several are given, or the value is invalid.
    pub fn parse(
        uuid: Option<&str>,
        spotify_id: Option<&str>,
        isrc: Option<&str>,
    ) -> Result<Self, FieldError> {
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        match (given(uuid), given(spotify_id), given(isrc)) {
            (Some(uuid), None, None) => parse_uuid(&uuid).map(ArtistTarget::Uuid).ok_or_else(|| {
                FieldError::new("uuid", "expected a UUID, such as 11e81bcc-9c1c-ce38-b96b-a0369fe50396")
            }),
            (None, Some(id), None) if id.len() == 22 && id.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Ok(ArtistTarget::Spotify(id))
            }
            (None, Some(_), None) => Err(FieldError::new(
                "spotify_id",
                "expected the 22 letters and digits of a Spotify artist id",
            )),
            (None, None, Some(text)) => {
                let isrc = text.replace('-', "").to_ascii_uppercase();
                let is_one =
                    text.len() <= 15 && isrc.len() == 12 && isrc.chars().all(|c| c.is_ascii_alphanumeric());
                is_one.then_some(ArtistTarget::Isrc(isrc)).ok_or_else(|| {
                    FieldError::new("isrc", "expected an ISRC: 12 letters and digits, such as USUM71900764")
                })
            }
            _ => Err(FieldError::new("uuid", "give one of uuid, spotify_id and isrc")),
        }
    }
}

/// Searches the provider's artists by name, at most 20, in its order. Results are cached for a day.
///
/// # Errors
/// Sync is off; those of the provider.
pub async fn search(context: &Context, text: &str) -> Result<Vec<ProviderArtist>, Error> {
    let text = text.trim().to_lowercase();
    let since = now() - KEPT;
    let kept = {
        let mut tx = context.db.read().await?;
        context.provider.require_usable(&mut tx).await?;
        provider_searches::get(&mut tx, &text, since).await?
    };
    let mut found: Vec<ProviderArtist> = match kept {
        Some(json) => serde_json::from_str(&json).map_err(Error::damaged)?,
        None => {
            let found = context.provider.client().await?.search_artists(&text).await?;
            let found: Vec<ProviderArtist> = found.into_iter().map(item).collect();
            let json = serde_json::to_string(&found).map_err(Error::damaged)?;
            let mut tx = context.db.write().await?;
            provider_searches::put(&mut tx, &text, &json, now(), since).await?;
            tx.commit().await?;
            found
        }
    };
    // Looked up each time, because artists may have been added since the result was cached.
    let ids: Vec<ArtistId> = found.iter().map(|artist| ArtistId::Uuid(artist.uuid)).collect();
    let here = artists::by_ids(&mut *context.db.read().await?, &ids).await?;
    for artist in &mut found {
        artist.is_here = here.iter().any(|stored| stored.artist.uuid == Some(artist.uuid));
    }
    Ok(found)
}

fn item(artist: provider::Artist) -> ProviderArtist {
    ProviderArtist {
        uuid: artist.uuid,
        name: artist.name,
        country: artist.country_code,
        image_url: artist.image_url,
        is_here: false,
    }
}

/// Adds the provider's artist with this UUID; its songs are fetched by its first sync. Returns whether it is
/// new.
///
/// # Errors
/// Sync is off; those of the provider.
pub async fn add(context: &Context, person: &Person, uuid: Uuid) -> Result<(bool, ArtistItem), Error> {
    context.provider.require_usable(&mut *context.db.read().await?).await?;
    let found = context.provider.client().await?.artist(uuid).await?;
    let mut tx = context.db.write().await?;
    let holding = context.provider.require_usable(&mut tx).await?.holding();
    meta::claim_as(&mut tx, holding).await?;
    let name = found.name.clone();
    let counts = artists::put(&mut tx, &[artist(found)]).await?;
    if counts.added > 0 {
        audit::write(&mut tx, person, Action::ArtistAdded, format!("{name} ({uuid})")).await?;
    }
    tx.commit().await?;
    Ok((counts.added > 0, one(context, ArtistId::Uuid(uuid)).await?))
}

/// Links an artist without UUID to the provider's. If that one is already stored, the two are merged.
///
/// # Errors
/// The artist does not exist or has a UUID; the target is missing or ambiguous; sync is off.
pub async fn link(
    context: &Context,
    person: &Person,
    id: ArtistId,
    link: ArtistTarget,
) -> Result<ArtistItem, Error> {
    let name = {
        let mut tx = context.db.read().await?;
        context.provider.require_usable(&mut tx).await?;
        let stored = artists::by_ids(&mut tx, &[id]).await?.into_iter().next();
        let stored = stored.ok_or_else(|| Error::NotFound { what: "artist", id: id.to_string() })?;
        if stored.artist.uuid.is_some() {
            return Err(Error::invalid("id", format!("{} has a UUID already", stored.artist.name)));
        }
        stored.artist.name
    };
    let found = find(context.provider.client().await?, &name, link).await?;
    let uuid = found.uuid;
    let mut tx = context.db.write().await?;
    let holding = context.provider.require_usable(&mut tx).await?.holding();
    meta::claim_as(&mut tx, holding).await?;
    let ArtistId::Local(number) = id else {
        return Err(Error::NotFound { what: "artist", id: id.to_string() });
    };
    artists::link(&mut tx, number, &artist(found)).await?;
    audit::write(&mut tx, person, Action::ArtistLinked, format!("{name} ({id}) to {uuid}")).await?;
    tx.commit().await?;
    one(context, ArtistId::Uuid(uuid)).await
}

async fn find(client: &provider::Client, name: &str, link: ArtistTarget) -> Result<provider::Artist, Error> {
    let isrc = match link {
        ArtistTarget::Uuid(uuid) => return Ok(client.artist(uuid).await?),
        ArtistTarget::Spotify(id) => return Ok(client.artist_by_platform("spotify", &id).await?),
        ArtistTarget::Isrc(isrc) => isrc,
    };
    let song = client.song_by_isrc(&isrc).await?;
    let artists = if song.main_artists.is_empty() { song.artists } else { song.main_artists };
    let same: Vec<&provider::Artist> =
        artists.iter().filter(|artist| fold(&artist.name) == fold(name)).collect();
    let all: Vec<&provider::Artist> = artists.iter().collect();
    match (&same[..], &all[..]) {
        ([only], _) | ([], [only]) => Ok((*only).clone()),
        ([], []) => Err(Error::invalid("isrc", format!("the provider names no artist of {isrc}"))),
        _ => {
            let names: Vec<String> =
                artists.iter().map(|artist| format!("{} ({})", artist.name, artist.uuid)).collect();
            let message =
                format!("{isrc} is by several artists: link by uuid to one of {}", names.join(", "));
            Err(Error::invalid("isrc", message))
        }
    }
}

fn artist(found: provider::Artist) -> Artist {
    Artist {
        uuid: Some(found.uuid),
        name: found.name,
        slug: found.slug,
        country_code: found.country_code,
        image_url: found.image_url,
        source: Source::Soundcharts,
        external_id: None,
    }
}

async fn one(context: &Context, id: ArtistId) -> Result<ArtistItem, Error> {
    let items = listings::artists_by_id(&mut *context.db.read_report().await?, &[id]).await?;
    items.into_iter().next().ok_or_else(|| Error::NotFound { what: "artist", id: id.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_one_thing_that_can_be() {
        let of = |uuid, spotify, isrc| ArtistTarget::parse(uuid, spotify, isrc).map_err(|error| error.field);
        let uuid = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";
        assert_eq!(of(Some(uuid), None, None), Ok(ArtistTarget::Uuid(uuid.parse().unwrap())));
        assert_eq!(
            of(None, None, Some("us-um7-19-00764")),
            Ok(ArtistTarget::Isrc("USUM71900764".to_owned()))
        );
        let spotify = "6qqNVTkY8uBg9cP3Jd7DAH";
        assert_eq!(of(Some(""), Some(spotify), None), Ok(ArtistTarget::Spotify(spotify.to_owned())));
        assert_eq!(of(None, Some("x/../y"), None), Err("spotify_id".to_owned()));
        assert_eq!(of(None, None, Some("USUM7190076")), Err("isrc".to_owned()));
        assert_eq!(of(None, None, Some("US----UM71900764")), Err("isrc".to_owned()));
        assert_eq!(of(Some(uuid), Some(spotify), None), Err("uuid".to_owned()));
        assert_eq!(of(None, None, None), Err("uuid".to_owned()));
    }
}
