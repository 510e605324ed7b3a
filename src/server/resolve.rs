//! Finds the artists of a pasted list.

use std::collections::BTreeSet;

use super::accounts::Right;
use super::caller;
use super::context::Context;
use super::db::read_model::ReadModel;
use super::db::{artists, identifiers, search, tracks};
use super::error::Error;
use super::listings;
use crate::domain::query::MAX_ARTISTS;
use crate::domain::view::pasted::{Named, Resolved, entries, parted};
use crate::domain::{ArtistId, Role};

/// Spotify's artists that are asked of the provider for one list: each costs a call.
const CALLS: usize = 20;

/// The artists of a list, and what of it is nobody here.
///
/// # Errors
/// The database failed.
pub async fn resolve(context: &Context, state: &mut ReadModel<'_>, text: &str) -> Result<Resolved, Error> {
    let mut resolver = Resolver { context, ids: Vec::new(), missing: Vec::new(), calls: 0 };
    for entry in entries(text) {
        resolver.entry(state, entry).await?;
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
    Ok(Resolved { found, missing })
}

struct Resolver<'a> {
    context: &'a Context,
    ids: Vec<ArtistId>,
    missing: Vec<String>,
    calls: usize,
}

impl Resolver<'_> {
    /// An entry, or, where it is nobody's name, its parts between commas.
    async fn entry(&mut self, state: &mut ReadModel<'_>, entry: &str) -> Result<(), Error> {
        let parts = match parted(entry) {
            Some(parts) if self.of_name(state, entry).await?.is_err() => parts,
            _ => vec![entry],
        };
        for part in parts {
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
        let tracks = match Named::of(entry) {
            Named::Name(name) => return self.of_name(state, &name).await,
            Named::SpotifyArtist(id) => return self.of_spotify(state, &id).await,
            Named::Uuid(uuid) => {
                let artist = ArtistId::Uuid(uuid);
                if !state.artists(&[artist]).await?.is_empty() {
                    return Ok(Ok(vec![artist]));
                }
                tracks::by_uuid(state.conn().await?, uuid).await?.into_iter().map(|track| track.id).collect()
            }
            Named::Isrc(isrc) => tracks::of_isrc(state.conn().await?, &isrc).await?,
            Named::SpotifyTrack(id) => identifiers::tracks_of(state.conn().await?, "spotify", &id).await?,
        };
        let mut artists = Vec::new();
        for track in tracks::by_numbers(state.conn().await?, &tracks).await? {
            let main = track.artists.iter().filter(|part| part.role == Role::Main);
            artists.extend(main.map(|part| part.id));
        }
        Ok(if artists.is_empty() { Err("nobody here has it".to_owned()) } else { Ok(artists) })
    }

    /// The one artist of a name, as people type it.
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
            (several, _) => {
                Err(format!("{} artists have this name: choose one by hand", several.len().max(2)))
            }
        })
    }

    /// The artist whom Spotify knows by an id: the provider tells which one that is.
    async fn of_spotify(
        &mut self,
        state: &mut ReadModel<'_>,
        id: &str,
    ) -> Result<Result<Vec<ArtistId>, String>, Error> {
        if let Some(known) = artists::of_external_id(state.conn().await?, id).await? {
            return Ok(Ok(vec![known]));
        }
        let may_ask = caller::person().is_some_and(|person| person.right >= Right::Sync);
        if !may_ask || self.calls >= CALLS || self.context.provider.usable(state.conn().await?).await.is_err()
        {
            return Ok(Err("not known here: use the name".to_owned()));
        }
        self.calls += 1;
        let Ok(found) = self.context.provider.client().await?.artist_by_platform("spotify", id).await else {
            return Ok(Err("Soundcharts does not know it".to_owned()));
        };
        let artist = ArtistId::Uuid(found.uuid);
        Ok(if state.artists(&[artist]).await?.is_empty() {
            Err(format!("{} is not here yet: add it under Artists", found.name))
        } else {
            Ok(vec![artist])
        })
    }
}
