//! A song's audience on a platform: the daily lifetime total of each of its identifiers. Two identifiers may
//! repeat one counter; the response does not say so.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::bent_series::CorruptibleRow;
use super::endpoint::Endpoint;
use super::refusal::Refusal;
use super::request::SimRequest;
use super::series::SeriesQuery;
use super::timestamp::Style;
use crate::domain::Day;

#[derive(Debug, Deserialize)]
pub struct SeriesPath {
    /// The UUID of the song or artist, unparsed.
    pub uuid: String,
    /// The platform's code.
    pub platform: String,
}

/// The value of an identifier.
#[derive(Debug, Clone, Serialize)]
struct Plot {
    identifier: String,
    value: i128,
}

#[derive(Debug, Clone, Serialize)]
struct Row {
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plots: Option<Vec<Plot>>,
}

impl CorruptibleRow for Row {
    fn date(&self) -> &str {
        &self.date
    }

    fn value(&mut self) -> Option<&mut i128> {
        self.plots.as_mut()?.first_mut().map(|plot| &mut plot.value)
    }

    fn bare(&mut self) {
        self.plots = None;
    }
}

/// `GET song/{uuid}/audience/{platform}`: newest first, unless `sort` is given; optionally of one `identifier`. A
/// song that is not on the platform has no rows; a platform without songs is 400.
pub async fn list(ask: SimRequest, Path(of): Path<SeriesPath>) -> Result<Response, Refusal> {
    ask.world.platform(&of.platform, |platform| platform.has_songs)?;
    let song = ask.world.song(&of.uuid)?;
    let wanted = SeriesQuery::new(&ask, Endpoint::SongAudience, song.track.uuid, &of.platform)?;
    let only = ask.text("identifier");
    let mut days: BTreeMap<Day, Vec<Plot>> = BTreeMap::new();
    let lines = song.audience.iter().filter(|line| line.platform == of.platform);
    for line in lines.filter(|line| only.is_none_or(|only| only == line.identifier)) {
        for observation in wanted.within(&ask, &line.observations) {
            let plot = Plot { identifier: line.identifier.clone(), value: observation.value.into() };
            days.entry(observation.day).or_default().push(plot);
        }
    }
    let style = Style::for_series(&["song audience", &of.platform, &of.uuid]);
    let row = |(day, plots)| Row { date: style.stamp(day), plots: Some(plots) };
    let rows = days.into_iter().map(row).collect();
    wanted.answer(&ask, song.light(&ask.world), rows, true)
}
