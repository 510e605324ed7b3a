//! Songs: details and platform identifiers.

use serde::de::IgnoredAny;
use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::wire::{Identifier, Song};

/// Songs per batch request.
pub const SONGS_AT_ONCE: usize = 10;

impl Client {
    ///
    /// # Errors
    /// [`Error::NotFound`]; those of every request.
    pub async fn song(&self, song: Uuid) -> Result<Song, Error> {
        let (what, song) = (format!("song {song}"), song.to_string());
        self.single(&ApiRequest::new(what, ["api", "v2.25", "song", &song])?).await
    }

    /// The existing songs with these UUIDs, with ISRC and artists. Ten per request if the provider supports that,
    /// which its documentation does not say.
    ///
    /// # Errors
    /// Those of every request.
    pub async fn songs(&self, songs: &[Uuid]) -> Result<Vec<Song>, Error> {
        let mut found = Vec::with_capacity(songs.len());
        for songs in songs.chunks(SONGS_AT_ONCE) {
            match self.songs_at_once(songs).await? {
                Some(several) => found.extend(several),
                None => {
                    for song in songs {
                        match self.song(*song).await {
                            Err(Error::NotFound { .. } | Error::Ambiguous { .. }) => {}
                            song => found.push(song?),
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// `None` if songs have to be fetched individually.
    async fn songs_at_once(&self, songs: &[Uuid]) -> Result<Option<Vec<Song>>, Error> {
        if songs.len() < 2 || self.lacks_song_batches() {
            return Ok(None);
        }
        let uuids: Vec<String> = songs.iter().map(Uuid::to_string).collect();
        let what = format!("{} songs", songs.len());
        match self
            .rows::<Song, IgnoredAny>(&ApiRequest::new(what, ["api", "v2.25", "song", &uuids.join(",")])?)
            .await
        {
            Ok(rows) => Ok(Some(rows.items).filter(|songs| !songs.is_empty())),
            Err(
                error @ (Error::NotFound { .. }
                | Error::Refused { .. }
                | Error::Malformed { .. }
                | Error::Unreadable { .. }),
            ) => {
                tracing::info!(%error, "fetching songs one by one");
                self.note_no_song_batches();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The song with this ISRC and its artists, to find an artist by a recording.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Ambiguous`] if several recordings share it; those of every request.
    pub async fn song_by_isrc(&self, isrc: &str) -> Result<Song, Error> {
        self.single(&ApiRequest::new(format!("ISRC {isrc}"), ["api", "v2.25", "song", "by-isrc", isrc])?)
            .await
    }

    /// A song's platform identifiers, optionally of one platform. Popular songs have tens of thousands on TikTok:
    /// `only_default` requests the main one per platform.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::MissingRows`]; those of every request.
    pub async fn song_identifiers(
        &self,
        song: Uuid,
        platform: Option<&str>,
        only_default: bool,
    ) -> Result<Vec<Identifier>, Error> {
        let (what, song) = (format!("the identifiers of song {song}"), song.to_string());
        let ask = ApiRequest::new(what, ["api", "v2", "song", &song, "identifiers"])?
            .with_some("platform", platform)
            .with_some("onlyDefault", only_default.then_some(true));
        self.list(&ask).await
    }
}
