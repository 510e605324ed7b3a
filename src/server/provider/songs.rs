//! Songs: details and platform identifiers.

use serde::de::IgnoredAny;
use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::wire::{Identifier, Song};

/// Songs asked for by one request.
pub const SONGS_AT_ONCE: usize = 10;

impl Client {
    /// The song of that UUID, with ISRC and artists.
    ///
    /// # Errors
    /// [`Error::NotFound`]; as of every request.
    pub async fn song(&self, song: Uuid) -> Result<Song, Error> {
        let (what, song) = (format!("song {song}"), song.to_string());
        self.single(&ApiRequest::new(what, ["api", "v2.25", "song", &song])?).await
    }

    /// The songs of these UUIDs that there are, with ISRC and artists: ten by one request where the provider answers for
    /// several at once, which its documents leave open.
    ///
    /// # Errors
    /// As of every request.
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

    /// `None` where the songs are to be asked for one by one.
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

    /// The song that carries this ISRC, with its artists: a way from a recording to whom it is by.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Ambiguous`] where several recordings carry it; as of every request.
    pub async fn song_by_isrc(&self, isrc: &str) -> Result<Song, Error> {
        self.single(&ApiRequest::new(format!("ISRC {isrc}"), ["api", "v2.25", "song", "by-isrc", isrc])?)
            .await
    }

    /// The ids that platforms have for a song; of one platform if it is named. Popular songs have tens
    /// of thousands on TikTok: `only_default` asks for the main one of each platform.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::LeftOut`]; as of every request.
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
