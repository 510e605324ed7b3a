//! A unit of work becomes questions to the provider, and their answers what it [`Brought`].

use uuid::Uuid;

use super::brought::{Brought, KnownPlatform, Rankings, Songs, complaint};
use crate::domain::{Day, Metric, Role};
use crate::server::db::units::Task;
use crate::server::db::{Conn, artists, charts, platforms, tracks};
use crate::server::error::Error as ServerError;
use crate::server::soundcharts::{Answer, Client, Error, Referential, Window, frequency};

/// A task in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The lists of platforms.
    Platforms,
    /// The charts of a platform.
    Charts(String),
    /// The songs of an artist.
    Songs(Uuid),
    /// Songs one by one, with our numbers of them.
    Details(Vec<(i64, Uuid)>),
    /// An artist's numbers on a platform.
    Artist(Uuid, String, Metric, Window),
    /// A song's audience on a platform.
    Audience(Uuid, String, Window),
    /// A chart's rankings, but for the days that are here.
    Rankings(String, Window, Vec<Day>),
}

/// Puts a task into the provider's words.
///
/// # Errors
/// It is about something that is no longer there.
pub async fn question(conn: &mut Conn, task: Task) -> Result<Question, ServerError> {
    Ok(match task {
        Task::Platforms => Question::Platforms,
        Task::Charts { platform } => Question::Charts(platforms::code(conn, platform).await?),
        Task::Songs { artist } => Question::Songs(artists::uuid(conn, artist).await?),
        Task::Details { artist, first, last } => {
            Question::Details(tracks::without_isrc(conn, artist, first, last).await?)
        }
        Task::Artist { artist, platform, metric, window } => Question::Artist(
            artists::uuid(conn, artist).await?,
            platforms::code(conn, platform).await?,
            metric,
            window,
        ),
        Task::Audience { track, platform, window } => Question::Audience(
            tracks::uuid(conn, track).await?,
            platforms::code(conn, platform).await?,
            window,
        ),
        Task::Rankings { chart, window } => {
            let have = charts::days_of(conn, chart, window.from(), window.to()).await?;
            Question::Rankings(charts::slug(conn, chart).await?, window, have)
        }
    })
}

/// Asks.
///
/// # Errors
/// The provider's.
pub async fn ask(client: &Client, question: Question) -> Result<Brought, Error> {
    match question {
        Question::Platforms => Ok(Brought::Platforms(list_platforms(client).await?)),
        Question::Charts(platform) => match client.charts(&platform, None).await {
            Err(Error::NotFound { .. }) => Ok(Brought::Charts(Vec::new())),
            charts => Ok(Brought::Charts(charts?)),
        },
        Question::Songs(artist) => {
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
            Ok(Brought::Songs(all))
        }
        Question::Details(asked) => {
            let (asked, uuids): (Vec<i64>, Vec<Uuid>) = asked.into_iter().unzip();
            Ok(Brought::Details { asked, songs: client.songs(&uuids).await? })
        }
        Question::Artist(artist, platform, metric, window) => {
            let (values, complaints) = match metric {
                Metric::Followers => match client.artist_audience(artist, &platform, window).await? {
                    Answer::Data(data) => (data.followers, complaint(&data.complaints, data.more_complaints)),
                    Answer::NoData { .. } => (Vec::new(), None),
                },
                Metric::Listeners | Metric::Views | Metric::Audience => {
                    match client.artist_streaming(artist, &platform, window).await? {
                        Answer::Data(data) => {
                            (data.values, complaint(&data.complaints, data.more_complaints))
                        }
                        Answer::NoData { .. } => (Vec::new(), None),
                    }
                }
            };
            Ok(Brought::Artist { values, complaints })
        }
        Question::Audience(song, platform, window) => {
            Ok(match client.song_audience(song, &platform, window).await? {
                Answer::Data(series) => Brought::Audience(series),
                Answer::NoData { .. } => Brought::Audience(Default::default()),
            })
        }
        Question::Rankings(chart, window, have) => {
            let dates = client.available_rankings(&chart, window.from(), window.to()).await?;
            let mut rankings = Rankings { frequency: frequency(&dates), ..Rankings::default() };
            for date in dates {
                let is_new = !have.contains(&date.day)
                    && rankings.days.last().is_none_or(|(day, _): &(Day, _)| *day != date.day);
                if is_new {
                    rankings.days.push((date.day, client.ranking(&chart, &date).await?));
                }
            }
            Ok(Brought::Rankings(rankings))
        }
    }
}

async fn list_platforms(client: &Client) -> Result<Vec<KnownPlatform>, Error> {
    let codes = |platforms: Vec<crate::server::soundcharts::Platform>| {
        platforms.into_iter().map(|platform| platform.code).collect::<Vec<_>>()
    };
    let social = codes(client.platforms(Referential::Social).await?);
    let streaming = codes(client.platforms(Referential::Streaming).await?);
    let charts = codes(client.platforms(Referential::SongCharts).await?);
    let all = client.platforms(Referential::All).await?;
    let known = |platform: crate::server::soundcharts::Platform| KnownPlatform {
        has_followers: social.contains(&platform.code),
        has_listeners: streaming.contains(&platform.code),
        has_charts: charts.contains(&platform.code),
        code: platform.code,
        name: platform.name,
    };
    Ok(all.into_iter().map(known).collect())
}
