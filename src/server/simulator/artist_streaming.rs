//! An artist's streaming audience on a platform, daily: monthly listeners on most, daily views on YouTube.
//! The response does not say which.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::artist_audience::{no_account, related};
use super::bent_series::CorruptibleRow;
use super::endpoint::Endpoint;
use super::platform::is_social;
use super::refusal::Refusal;
use super::request::SimRequest;
use super::series::SeriesQuery;
use super::song_audience::SeriesPath;
use super::timestamp::Style;

#[derive(Debug, Clone, Serialize)]
struct Row {
    date: String,
    value: Option<i128>,
}

impl CorruptibleRow for Row {
    fn date(&self) -> &str {
        &self.date
    }

    fn value(&mut self) -> Option<&mut i128> {
        self.value.as_mut()
    }

    fn bare(&mut self) {
        self.value = None;
    }
}

/// `GET artist/{uuid}/streaming/{platform}/listening`: oldest first, unless `sort` is given. 404 if there are no
/// data on the artist, or none of any artist on the platform.
pub async fn list(ask: SimRequest, Path(of): Path<SeriesPath>) -> Result<Response, Refusal> {
    let artist = ask.world.artist(&of.uuid)?;
    if !ask.world.platform(&of.platform, |_| true)?.is_streaming {
        return Err(Refusal::missing(format!("{} is not a streaming platform.", of.platform)));
    }
    let line = artist.series.iter().find(|line| line.platform == of.platform && !is_social(line.metric));
    let line = line.ok_or_else(no_account)?;
    let wanted = SeriesQuery::new(&ask, Endpoint::ArtistStreaming, artist.uuid, &of.platform)?;
    let style = Style::for_series(&["artist streaming", &of.platform, &of.uuid]);
    let days = wanted.within(&ask, &line.observations).iter();
    let rows = days.map(|o| Row { date: style.stamp(o.day), value: Some(o.value.into()) }).collect();
    wanted.answer(&ask, related(artist, line), rows, false)
}
