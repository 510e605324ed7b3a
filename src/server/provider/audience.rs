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

/// Account-level counts of an artist on a platform: stocks, each sorted by day, one per day; empty if the platform
/// does not provide one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistAudience {
    /// Followers, subscribers, fans: the platform's main metric.
    pub followers: Vec<Observation>,
    pub likes: Vec<Observation>,
    /// Accounts that the artist follows.
    pub following: Vec<Observation>,
    pub posts: Vec<Observation>,
    /// All-time views of the channel.
    pub views: Vec<Observation>,
    /// Values that could not be stored, at most 50.
    pub complaints: Vec<Complaint>,
    /// Number of further complaints.
    pub more_complaints: u64,
}

/// An artist's listeners, streams or views.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistStreaming {
    /// Sorted by day, one per day.
    pub values: Vec<Observation>,
    /// Values that could not be stored, at most 50.
    pub complaints: Vec<Complaint>,
    /// Number of further complaints.
    pub more_complaints: u64,
}

impl Client {
    /// A song's values on a platform within the window, by platform identifier; only the first days if all would
    /// not fit in memory ([`TimeSeries::rest`]). Of different values for one day the largest is kept.
    ///
    /// # Errors
    /// Those of every request. A value that cannot be stored is a complaint, not an error.
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

    /// An artist's followers on a platform, and its other counts.
    ///
    /// # Errors
    /// Those of [`Client::song_audience`].
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

    /// An artist on a streaming platform: monthly listeners (Spotify and others) or daily views (YouTube),
    /// according to the registry.
    ///
    /// # Errors
    /// Those of [`Client::song_audience`].
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
