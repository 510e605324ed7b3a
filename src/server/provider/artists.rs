//! Artists: search, lookup, and their songs.

use std::collections::HashSet;

use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::pager::ListRows;
use super::request::ApiRequest;
use super::wire::{ApiPage, Artist, Song, SongsRelated};
use crate::domain::Role;

/// Maximum number of search results.
const FOUND: u64 = 20;

/// The provider's list of an artist's songs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SongList {
    /// Without duplicates.
    pub songs: Vec<Song>,
    /// Whether the list is complete, so that a missing song is no longer the artist's (S24 in docs/semantics.md).
    /// False if rows were unreadable, or if the list is empty and gives no total.
    pub is_complete: bool,
    /// The artist's current name.
    pub artist_name: Option<String>,
    /// Why rows could not be read.
    pub lost: Vec<String>,
}

impl Client {
    /// Up to 20 artists whose name or id resembles the text, in the provider's order. Names are not unique, so the
    /// user has to choose. An empty text returns nothing without a request.
    ///
    /// # Errors
    /// Those of every request.
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

    ///
    /// # Errors
    /// [`Error::NotFound`]; those of every request.
    pub async fn artist(&self, artist: Uuid) -> Result<Artist, Error> {
        let (what, artist) = (format!("artist {artist}"), artist.to_string());
        self.single(&ApiRequest::new(what, ["api", "v2.9", "artist", &artist])?).await
    }

    /// The artist with this platform id, for example "spotify" and "6qqNVTkY8uBg9cP3Jd7DAH".
    ///
    /// # Errors
    /// [`Error::LookupPending`] if the provider has started to look up the artist (costs no call); those of every
    /// request.
    pub async fn artist_by_platform(&self, platform: &str, identifier: &str) -> Result<Artist, Error> {
        let what = format!("the artist {identifier} of {platform}");
        let ask = ApiRequest::new(what, ["api", "v2.9", "artist", "by-platform", platform, identifier])?;
        self.single(&ask).await.map_err(|error| match error {
            Error::NotFound { what, .. } => Error::LookupPending { what },
            error => error,
        })
    }

    /// The songs of an artist without duplicates, optionally only those in one role. The response does not contain
    /// the role, so a caller that needs it requests each role.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::MissingRows`]; those of every request.
    pub async fn artist_songs(&self, artist: Uuid, role: Option<Role>) -> Result<SongList, Error> {
        let (what, artist) = (format!("the songs of artist {artist}"), artist.to_string());
        let main = role.map(|role| u8::from(role == Role::Main));
        let ask = ApiRequest::new(what, ["api", "v2.21", "artist", &artist, "songs"])?
            .with_some("mainPerformer", main);
        let rows: ListRows<Song, SongsRelated> = self.rows(&ask).await?;
        rows.ensure_complete(&ask)?;
        let mut songs = rows.items;
        // A song added while pages are read shifts another one to the next page.
        let mut seen = HashSet::with_capacity(songs.len());
        songs.retain(|song| seen.insert(song.uuid));
        // If one was delivered twice, another may be missing.
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
