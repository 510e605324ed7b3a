//! An artist's audience on a platform: daily levels. Followers are always in `followerCount`, whatever the
//! platform calls them; some platforms have further counts.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::artist::Artist;
use super::bent_series::CorruptibleRow;
use super::endpoint::Endpoint;
use super::platform::is_social;
use super::refusal::Refusal;
use super::request::SimRequest;
use super::series::SeriesQuery;
use super::song_audience::SeriesPath;
use super::timestamp::{Style, noon};
use crate::domain::catalogue::ArtistObservations;
use crate::domain::series::Observation;

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    date: String,
    like_count: Option<i128>,
    follower_count: Option<i128>,
    following_count: Option<i128>,
    post_count: Option<i128>,
    view_count: Option<i128>,
}

impl CorruptibleRow for Row {
    fn date(&self) -> &str {
        &self.date
    }

    fn value(&mut self) -> Option<&mut i128> {
        self.follower_count.as_mut()
    }

    fn bare(&mut self) {
        self.follower_count = None;
    }
}

impl Row {
    /// The other counts are derived from the followers.
    fn new(platform: &str, style: Style, observation: &Observation) -> Self {
        let followers = i128::from(observation.value);
        let some = |platforms: &[&str], count| platforms.contains(&platform).then_some(count);
        Row {
            date: style.stamp(observation.day),
            like_count: some(&["tiktok"], followers * 12),
            follower_count: Some(followers),
            following_count: some(&["tiktok", "instagram", "soundcloud", "x"], 250),
            post_count: some(&["youtube", "tiktok", "instagram", "soundcloud", "x"], 400),
            view_count: some(&["youtube"], followers * 60),
        }
    }
}

/// `GET artist/{uuid}/audience/{platform}`: oldest first, unless `sort` is given. 404 if the artist has no account
/// there, or if the platform has no such data.
pub async fn list(ask: SimRequest, Path(of): Path<SeriesPath>) -> Result<Response, Refusal> {
    let artist = ask.world.artist(&of.uuid)?;
    if !ask.world.platform(&of.platform, |_| true)?.is_social {
        return Err(Refusal::missing(format!("{} is not a social platform.", of.platform)));
    }
    let line = artist.series.iter().find(|line| line.platform == of.platform && is_social(line.metric));
    let line = line.ok_or_else(no_account)?;
    let wanted = SeriesQuery::new(&ask, Endpoint::ArtistAudience, artist.uuid, &of.platform)?;
    let style = Style::for_series(&["artist audience", &of.platform, &of.uuid]);
    let rows =
        wanted.within(&ask, &line.observations).iter().map(|o| Row::new(&of.platform, style, o)).collect();
    wanted.answer(&ask, related(artist, line), rows, false)
}

/// 404: the artist has nothing on a platform.
pub fn no_account() -> Refusal {
    Refusal::missing("No social account found for artist.")
}

/// The metadata of an artist's series.
pub fn related(artist: &Artist, line: &ArtistObservations) -> Value {
    let last = line.observations.last().map(|observation| noon(observation.day));
    json!({"artist": artist.summary_json(), "platform": line.platform, "lastCrawlDate": last})
}
