//! Turns a unit of work into requests to the provider, and their responses into a [`FetchOutcome`].

use uuid::Uuid;

use super::outcome::{FetchOutcome, ListedPlatform, Rankings, Songs, complaint};
use crate::domain::sync::window::Window;
use crate::domain::{Day, Metric, Role};
use crate::server::error::Error as ServerError;
use crate::server::provider::{Client, Error, Referential, SeriesAnswer, frequency};
use crate::server::store::Conn;
use crate::server::store::observations::artist_observations::ArtistSeries;
use crate::server::store::tables::units::Task;
use crate::server::store::tables::{artists, charts, platforms, tracks};

/// A task with the provider's identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchRequest {
    /// The lists of platforms.
    Platforms,
    Charts {
        platform: i64,
        code: String,
    },
    Songs {
        artist: i64,
        uuid: Uuid,
    },
    /// Single songs, with our track ids.
    Details {
        songs: Vec<(i64, Uuid)>,
    },
    Artist {
        artist: i64,
        uuid: Uuid,
        platform: i64,
        code: String,
        metric: Metric,
        window: Window,
    },
    /// A track's audience on a platform.
    Audience {
        track: i64,
        uuid: Uuid,
        platform: i64,
        code: String,
        window: Window,
    },
    /// A chart's rankings, except those of stored days.
    Rankings {
        chart: i64,
        slug: String,
        window: Window,
        stored: Vec<Day>,
    },
}

impl FetchRequest {
    /// Looks up the provider's identifiers of a task.
    ///
    /// # Errors
    /// The subject is no longer stored.
    pub async fn resolve(conn: &mut Conn, task: Task) -> Result<Self, ServerError> {
        Ok(match task {
            Task::Platforms => FetchRequest::Platforms,
            Task::Charts { platform } => {
                FetchRequest::Charts { platform, code: platforms::code(conn, platform).await? }
            }
            Task::Songs { artist } => {
                FetchRequest::Songs { artist, uuid: artists::uuid(conn, artist).await? }
            }
            Task::Details { artist, first, last } => {
                FetchRequest::Details { songs: tracks::without_isrc(conn, artist, first, last).await? }
            }
            Task::Artist { artist, platform, metric, window } => {
                let uuid = artists::uuid(conn, artist).await?;
                let code = platforms::code(conn, platform).await?;
                FetchRequest::Artist { artist, uuid, platform, code, metric, window }
            }
            Task::Audience { track, platform, window } => {
                let uuid = tracks::uuid(conn, track).await?;
                let code = platforms::code(conn, platform).await?;
                FetchRequest::Audience { track, uuid, platform, code, window }
            }
            Task::Rankings { chart, window } => {
                let stored = charts::days_of(conn, chart, window.from(), window.to()).await?;
                let slug = charts::slug(conn, chart).await?;
                FetchRequest::Rankings { chart, slug, window, stored }
            }
        })
    }

    ///
    /// # Errors
    /// Those of the provider.
    pub async fn fetch(self, client: &Client) -> Result<FetchOutcome, Error> {
        Ok(match self {
            FetchRequest::Platforms => FetchOutcome::Platforms(list_platforms(client).await?),
            FetchRequest::Charts { platform, code } => {
                let charts = match client.charts(&code, None).await {
                    Err(Error::NotFound { .. }) => Vec::new(),
                    charts => charts?,
                };
                FetchOutcome::Charts { platform, charts }
            }
            FetchRequest::Songs { artist, uuid } => {
                FetchOutcome::Songs { artist, songs: list_songs(client, uuid).await? }
            }
            FetchRequest::Details { songs } => {
                let (tracks, uuids): (Vec<i64>, Vec<Uuid>) = songs.into_iter().unzip();
                FetchOutcome::Details { tracks, songs: client.songs(&uuids).await? }
            }
            FetchRequest::Artist { artist, uuid, platform, code, metric, window } => {
                let (observations, complaint) = match metric {
                    Metric::Followers => match client.artist_audience(uuid, &code, window).await? {
                        SeriesAnswer::Data(data) => {
                            (data.followers, complaint(&data.complaints, data.more_complaints))
                        }
                        SeriesAnswer::NoData { .. } => (Vec::new(), None),
                    },
                    Metric::Listeners | Metric::Views | Metric::Audience => {
                        match client.artist_streaming(uuid, &code, window).await? {
                            SeriesAnswer::Data(data) => {
                                (data.values, complaint(&data.complaints, data.more_complaints))
                            }
                            SeriesAnswer::NoData { .. } => (Vec::new(), None),
                        }
                    }
                };
                let series = ArtistSeries { artist_id: artist, platform_id: platform, metric, observations };
                FetchOutcome::Artist { window, series, complaint }
            }
            FetchRequest::Audience { track, uuid, platform, code, window } => {
                let series = match client.song_audience(uuid, &code, window).await? {
                    SeriesAnswer::Data(series) => series,
                    SeriesAnswer::NoData { .. } => Default::default(),
                };
                FetchOutcome::Audience { track, platform, window, series }
            }
            FetchRequest::Rankings { chart, slug, window, stored } => {
                let rankings = new_rankings(client, &slug, window, &stored).await?;
                FetchOutcome::Rankings { chart, window, rankings }
            }
        })
    }
}

async fn list_songs(client: &Client, artist: Uuid) -> Result<Songs, Error> {
    let mut all = Songs { is_complete: true, ..Songs::default() };
    let mut lost = Vec::new();
    for role in [Role::Main, Role::Featured] {
        let list = client.artist_songs(artist, Some(role)).await?;
        all.songs.extend(list.songs.into_iter().map(|song| (song, role)));
        all.is_complete &= list.is_complete;
        all.artist_name = all.artist_name.or(list.artist_name);
        lost.extend(list.lost);
    }
    if let Some(first) = lost.first() {
        all.complaint = Some(format!("{} songs could not be read ({first})", lost.len()));
    }
    Ok(all)
}

async fn new_rankings(
    client: &Client,
    slug: &str,
    window: Window,
    stored: &[Day],
) -> Result<Rankings, Error> {
    let dates = client.available_rankings(slug, window.from(), window.to()).await?;
    let mut rankings = Rankings { frequency: frequency(&dates), ..Rankings::default() };
    for date in dates {
        let is_new = !stored.contains(&date.day)
            && rankings.days.last().is_none_or(|(day, _): &(Day, _)| *day != date.day);
        if is_new {
            rankings.days.push((date.day, client.ranking(slug, &date).await?));
        }
    }
    Ok(rankings)
}

async fn list_platforms(client: &Client) -> Result<Vec<ListedPlatform>, Error> {
    let codes = |platforms: Vec<crate::server::provider::ApiPlatform>| {
        platforms.into_iter().map(|platform| platform.code).collect::<Vec<_>>()
    };
    let social = codes(client.platforms(Referential::Social).await?);
    let streaming = codes(client.platforms(Referential::Streaming).await?);
    let charts = codes(client.platforms(Referential::SongCharts).await?);
    let all = client.platforms(Referential::All).await?;
    let known = |platform: crate::server::provider::ApiPlatform| ListedPlatform {
        has_followers: social.contains(&platform.code),
        has_listeners: streaming.contains(&platform.code),
        has_charts: charts.contains(&platform.code),
        code: platform.code,
        name: platform.name,
    };
    Ok(all.into_iter().map(known).collect())
}
