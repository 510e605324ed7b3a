//! Artists: search, lookup, and their songs.

use std::collections::HashSet;

use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::pager::ListRows;
use super::request::ApiRequest;
use super::wire::{ApiPage, Artist, Song, SongsRelated};
use crate::domain::Role;

/// The most artists that a search finds.
const FOUND: u64 = 20;

/// The songs of an artist as the provider lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SongList {
    /// Each once.
    pub songs: Vec<Song>,
    /// Whether these are all: a song that is not named is no longer the artist's (S24 in docs/semantics.md). Not where
    /// rows could not be read, nor where the answer was empty without a word about how many there are.
    pub is_complete: bool,
    /// The artist's current name.
    pub artist_name: Option<String>,
    /// Why rows could not be read.
    pub lost: Vec<String>,
}

impl Client {
    /// Up to 20 artists whose name or id is like the text, in the provider's order. Names are not
    /// unique: a choice is a person's. An empty text finds nobody and asks nothing.
    ///
    /// # Errors
    /// As of every request.
    pub async fn search_artists(&self, text: &str) -> Result<Vec<Artist>, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let ask = ApiRequest::new("artists of that name", ["api", "v2", "artist", "search", text])?;
        match self.get::<ApiPage<Artist>>(&ask.page(0, FOUND)).await {
            Err(Error::NotFound { .. }) => Ok(Vec::new()),
            page => Ok(page?.items.rows),
        }
    }

    /// The artist of that UUID.
    ///
    /// # Errors
    /// [`Error::NotFound`]; as of every request.
    pub async fn artist(&self, artist: Uuid) -> Result<Artist, Error> {
        let (what, artist) = (format!("artist {artist}"), artist.to_string());
        self.single(&ApiRequest::new(what, ["api", "v2.9", "artist", &artist])?).await
    }

    /// The artist whom a platform knows by that id, such as "spotify" and "6qqNVTkY8uBg9cP3Jd7DAH".
    ///
    /// # Errors
    /// [`Error::NotYet`] where the provider begins to look for the artist (costs no call); as of every
    /// request.
    pub async fn artist_by_platform(&self, platform: &str, identifier: &str) -> Result<Artist, Error> {
        let what = format!("the artist {identifier} of {platform}");
        let ask = ApiRequest::new(what, ["api", "v2.9", "artist", "by-platform", platform, identifier])?;
        self.single(&ask).await.map_err(|error| match error {
            Error::NotFound { what, .. } => Error::LookupPending { what },
            error => error,
        })
    }

    /// The songs of an artist, each once; with a role only those in which the artist has it. The answer
    /// does not tell the role, so that who needs it asks for each.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::LeftOut`]; as of every request.
    pub async fn artist_songs(&self, artist: Uuid, role: Option<Role>) -> Result<SongList, Error> {
        let (what, artist) = (format!("the songs of artist {artist}"), artist.to_string());
        let main = role.map(|role| u8::from(role == Role::Main));
        let ask = ApiRequest::new(what, ["api", "v2.21", "artist", &artist, "songs"])?
            .with_some("mainPerformer", main);
        let rows: ListRows<Song, SongsRelated> = self.rows(&ask).await?;
        rows.ensure_complete(&ask)?;
        let mut songs = rows.items;
        // A song that is added while the pages are read moves another to the next page.
        let mut seen = HashSet::with_capacity(songs.len());
        songs.retain(|song| seen.insert(song.uuid));
        // Where one came twice another may have come never.
        let has_all = rows.announced.map_or(rows.delivered > 0, |announced| songs.len() as u64 >= announced);
        let is_complete = rows.unreadable.is_empty() && has_all;
        Ok(SongList {
            songs,
            is_complete,
            artist_name: rows.related.and_then(|of| of.name),
            lost: rows.unreadable,
        })
    }
}
