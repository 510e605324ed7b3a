//! Songs: their particulars, and their ids on the platforms.

use uuid::Uuid;

use super::ask::Ask;
use super::client::Client;
use super::error::Error;
use super::wire::{Identifier, Song};

impl Client {
    /// The song of that UUID, with ISRC and artists.
    ///
    /// # Errors
    /// [`Error::NotFound`]; as of every request.
    pub async fn song(&self, song: Uuid) -> Result<Song, Error> {
        let (what, song) = (format!("song {song}"), song.to_string());
        self.single(&Ask::new(what, ["api", "v2.25", "song", &song])?).await
    }

    /// The song that carries this ISRC, with its artists: a way from a recording to whom it is by.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Ambiguous`] where several recordings carry it; as of every request.
    pub async fn song_by_isrc(&self, isrc: &str) -> Result<Song, Error> {
        self.single(&Ask::new(format!("ISRC {isrc}"), ["api", "v2.25", "song", "by-isrc", isrc])?).await
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
        let ask = Ask::new(what, ["api", "v2", "song", &song, "identifiers"])?
            .with_some("platform", platform)
            .with_some("onlyDefault", only_default.then_some(true));
        self.list(&ask).await
    }
}
