//! Audience of songs; audience and streaming of artists.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::series::SeriesAnswer;
use super::time_series::{Complaint, TimeSeries};
use super::wire::{ArtistAudienceRow, SongAudienceRow, StreamingRow};
use crate::domain::series::Observation;
use crate::domain::sync::window::Window;

/// What a platform counts about an artist's account: stocks, each in order of days, one a day, and
/// empty where the platform does not count it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistAudience {
    /// Followers, subscribers, fans: the platform's main number.
    pub followers: Vec<Observation>,
    pub likes: Vec<Observation>,
    /// Accounts that the artist follows.
    pub following: Vec<Observation>,
    pub posts: Vec<Observation>,
    /// Views of the channel since it exists.
    pub views: Vec<Observation>,
    /// Values that could not be kept, the first 50 of them.
    pub complaints: Vec<Complaint>,
    /// Complaints beyond those.
    pub more_complaints: u64,
}

/// An artist's listeners, streams or views.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistStreaming {
    /// In order of days, one a day.
    pub values: Vec<Observation>,
    /// Values that could not be kept, the first 50 of them.
    pub complaints: Vec<Complaint>,
    /// Complaints beyond those.
    pub more_complaints: u64,
}

impl Client {
    /// A song on a platform: for each of the platform's ids of it the values of the window, or of its first days where
    /// they are too many to be held ([`TimeSeries::rest`]). Of different values of one day the largest is kept.
    ///
    /// # Errors
    /// As of every request; a value that cannot be stored is a complaint, no error.
    pub async fn song_audience(
        &self,
        song: Uuid,
        platform: &str,
        window: Window,
    ) -> Result<SeriesAnswer<TimeSeries>, Error> {
        let (what, song) = (format!("the audience of song {song} on {platform}"), song.to_string());
        let ask = ApiRequest::new(what, ["api", "v2", "song", &song, "audience", platform])?;
        self.first_days::<SongAudienceRow>(&ask, window).await
    }

    /// An artist's followers on a platform, and what else it counts.
    ///
    /// # Errors
    /// As of [`Client::song_audience`].
    pub async fn artist_audience(
        &self,
        artist: Uuid,
        platform: &str,
        window: Window,
    ) -> Result<SeriesAnswer<ArtistAudience>, Error> {
        let (what, artist) = (format!("the followers of artist {artist} on {platform}"), artist.to_string());
        let ask = ApiRequest::new(what, ["api", "v2", "artist", &artist, "audience", platform])?;
        let answer = self.series::<ArtistAudienceRow>(&ask, window).await?;
        if let SeriesAnswer::Data(series) = &answer
            && let Some(field) = [ArtistAudienceRow::FOLLOWERS, ArtistAudienceRow::VIEWS]
                .into_iter()
                .find(|field| series.unread.contains(*field))
        {
            return Err(Error::Unreadable { what: ask.what().to_owned(), reason: field.to_owned() });
        }
        Ok(answer.map(|TimeSeries { mut identifiers, complaints, more_complaints, .. }| ArtistAudience {
            followers: take(&mut identifiers, ArtistAudienceRow::FOLLOWERS),
            likes: take(&mut identifiers, ArtistAudienceRow::LIKES),
            following: take(&mut identifiers, ArtistAudienceRow::FOLLOWING),
            posts: take(&mut identifiers, ArtistAudienceRow::POSTS),
            views: take(&mut identifiers, ArtistAudienceRow::VIEWS),
            complaints,
            more_complaints,
        }))
    }

    /// An artist on a streaming platform: monthly listeners (Spotify and others) or views a day
    /// (YouTube); the registry says which.
    ///
    /// # Errors
    /// As of [`Client::song_audience`].
    pub async fn artist_streaming(
        &self,
        artist: Uuid,
        platform: &str,
        window: Window,
    ) -> Result<SeriesAnswer<ArtistStreaming>, Error> {
        let (what, artist) = (format!("the listeners of artist {artist} on {platform}"), artist.to_string());
        let ask =
            ApiRequest::new(what, ["api", "v2", "artist", &artist, "streaming", platform, "listening"])?;
        let answer = self.series::<StreamingRow>(&ask, window).await?;
        Ok(answer.map(|TimeSeries { mut identifiers, complaints, more_complaints, .. }| ArtistStreaming {
            values: take(&mut identifiers, StreamingRow::VALUE),
            complaints,
            more_complaints,
        }))
    }
}

fn take(identifiers: &mut BTreeMap<String, Vec<Observation>>, of: &str) -> Vec<Observation> {
    identifiers.remove(of).unwrap_or_default()
}
