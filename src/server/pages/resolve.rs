//! Resolves a pasted list of artist names.

use std::collections::{BTreeSet, HashMap};

use super::caller;
use crate::domain::accounts::Right;
use crate::domain::query::MAX_ARTISTS;
use crate::domain::{ArtistId, Role};
use crate::server::error::Error;
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::store::read_model::{ReadModel, search};
use crate::server::store::tables::{artists, identifiers, tracks};
use crate::view::analytics::pasted_list::{ArtistRef, ResolvedArtists, entries, split_commas};

/// Maximum provider lookups of Spotify artists per list: each costs a call.
const CALLS: usize = 20;
/// Maximum entries of a list, and parts of an entry, that are looked up.
const MOST: usize = 2 * MAX_ARTISTS;

/// UUID and name by Spotify id, as returned by the provider.
pub type SpotifyLookups = HashMap<String, Option<(ArtistId, String)>>;

/// Looks up unknown Spotify artists of a list at the provider, for callers who may spend its calls.
pub async fn look_up_spotify(context: &Context, text: &str) -> Result<SpotifyLookups, Error> {
    let mut asked = SpotifyLookups::new();
    if caller::person().is_none_or(|person| person.right < Right::Sync) {
        return Ok(asked);
    }
    let ids = entries(text).into_iter().take(MOST).filter_map(|entry| match ArtistRef::parse(entry) {
        ArtistRef::SpotifyArtist(id) => Some(id),
        _ => None,
    });
    let mut unknown = Vec::new();
    {
        let mut conn = context.db.reader().await?;
        if context.provider.require_usable(&mut conn).await.is_err() {
            return Ok(asked);
        }
        for id in ids {
            if unknown.len() < CALLS
                && !unknown.contains(&id)
                && artists::by_external_id(&mut conn, &id).await?.is_none()
            {
                unknown.push(id);
            }
        }
    }
    for id in unknown {
        let found = context.provider.client().await?.artist_by_platform("spotify", &id).await.ok();
        asked.insert(id, found.map(|artist| (ArtistId::Uuid(artist.uuid), artist.name)));
    }
    Ok(asked)
}

/// The artists of a list, and the entries without a match.
pub async fn resolve(
    state: &mut ReadModel<'_>,
    text: &str,
    asked: &SpotifyLookups,
) -> Result<ResolvedArtists, Error> {
    let mut resolver = Resolver { asked, ids: Vec::new(), missing: Vec::new() };
    let all = entries(text);
    for entry in all.iter().take(MOST) {
        resolver.entry(state, entry).await?;
        tokio::task::consume_budget().await;
    }
    if all.len() > MOST {
        resolver.missing.push(format!("{} more: a list has at most {MOST} entries", all.len() - MOST));
    }
    let Resolver { ids, mut missing, .. } = resolver;
    let mut seen = BTreeSet::new();
    let mut ids: Vec<ArtistId> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
    if ids.len() > MAX_ARTISTS {
        missing
            .push(format!("{} more: a report covers at most {MAX_ARTISTS} artists", ids.len() - MAX_ARTISTS));
        ids.truncate(MAX_ARTISTS);
    }
    let mut found = listings::artists_by_id(state.conn().await?, &ids).await?;
    found.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
    for item in found.iter().filter(|item| !item.selectable) {
        missing.push(format!("{}: it has no Soundcharts UUID", item.name));
    }
    found.retain(|item| item.selectable);
    Ok(ResolvedArtists { found, missing })
}

struct Resolver<'a> {
    asked: &'a SpotifyLookups,
    ids: Vec<ArtistId>,
    missing: Vec<String>,
}

impl Resolver<'_> {
    /// Resolves an entry or, if no artist has that name, its comma-separated parts.
    async fn entry(&mut self, state: &mut ReadModel<'_>, entry: &str) -> Result<(), Error> {
        let parts = match split_commas(entry) {
            Some(parts) if self.of_name(state, entry).await?.is_err() => parts,
            _ => vec![entry],
        };
        for part in parts.into_iter().take(MOST) {
            match self.one(state, part).await? {
                Ok(ids) => self.ids.extend(ids),
                Err(reason) => self.missing.push(format!("{part}: {reason}")),
            }
        }
        Ok(())
    }

    async fn one(
        &mut self,
        state: &mut ReadModel<'_>,
        entry: &str,
    ) -> Result<Result<Vec<ArtistId>, String>, Error> {
        let tracks = match ArtistRef::parse(entry) {
            ArtistRef::Name(name) => return self.of_name(state, &name).await,
            ArtistRef::SpotifyArtist(id) => return self.of_spotify(state, &id).await,
            ArtistRef::Uuid(uuid) => {
                let artist = ArtistId::Uuid(uuid);
                if !state.artists(&[artist]).await?.is_empty() {
                    return Ok(Ok(vec![artist]));
                }
                tracks::by_uuid(state.conn().await?, uuid).await?.into_iter().map(|track| track.id).collect()
            }
            ArtistRef::Isrc(isrc) => tracks::by_isrc(state.conn().await?, &isrc).await?,
            ArtistRef::SpotifyTrack(id) => {
                identifiers::tracks_of(state.conn().await?, "spotify", &id).await?
            }
        };
        let mut artists = Vec::new();
        for track in tracks::by_numbers(state.conn().await?, &tracks).await? {
            let main = track.artists.iter().filter(|part| part.role == Role::Main);
            artists.extend(main.map(|part| part.id));
        }
        Ok(if artists.is_empty() { Err("nobody here has it".to_owned()) } else { Ok(artists) })
    }

    /// The only artist with this name, normalized as for search.
    async fn of_name(
        &self,
        state: &mut ReadModel<'_>,
        name: &str,
    ) -> Result<Result<Vec<ArtistId>, String>, Error> {
        let of_name = search::of_name(state, name, MAX_ARTISTS).await?;
        let with_uuid: Vec<ArtistId> = of_name.iter().copied().filter(|id| id.uuid().is_some()).collect();
        Ok(match (&with_uuid[..], &of_name[..]) {
            ([only], _) | ([], [only]) => Ok(vec![*only]),
            ([], []) => Err("no artist here has this name".to_owned()),
            ([], several) | (several, _) => {
                Err(format!("{} artists have this name: choose one by hand", several.len()))
            }
        })
    }

    /// Resolves a Spotify id at the provider.
    async fn of_spotify(
        &self,
        state: &mut ReadModel<'_>,
        id: &str,
    ) -> Result<Result<Vec<ArtistId>, String>, Error> {
        if let Some(known) = artists::by_external_id(state.conn().await?, id).await? {
            return Ok(Ok(vec![known]));
        }
        let Some(found) = self.asked.get(id) else {
            return Ok(Err("not known here: use the name".to_owned()));
        };
        let Some((artist, name)) = found else { return Ok(Err("Soundcharts does not know it".to_owned())) };
        Ok(if state.artists(&[*artist]).await?.is_empty() {
            Err(format!("{name} is not here yet: add it under Artists"))
        } else {
            Ok(vec![*artist])
        })
    }
}
