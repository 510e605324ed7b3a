//! Writes answers: a batch is one transaction with its fetch record, the end of its units and the progress
//! of their syncs, and nothing of a unit that is no longer this worker's (the fence).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::brought::{Brought, KnownPlatform};
use super::pace::Pace;
use super::provider::Kind;
use super::rounds;
use crate::domain::query::Country;
use crate::domain::series::Observation;
use crate::domain::{Day, Level, Metric, PlatformType, Role};
use crate::server::catalogue::{Frequency, Track};
use crate::server::clock::now_ms;
use crate::server::db::artist_observations::{self, ArtistSeries};
use crate::server::db::charts::{self, ChartFacts, Place};
use crate::server::db::fetched::{self, List};
use crate::server::db::fetches::{self, FetchSource};
use crate::server::db::observations::{self, IdentifierNews, TrackNews, Window};
use crate::server::db::platforms::{self, PlatformMetric};
use crate::server::db::track_artists::{self, Part};
use crate::server::db::units::{self, Claimed, Ending, Task};
use crate::server::db::{Conn, Db, meta, sync_needs, tracks};
use crate::server::error::Error;
use crate::server::soundcharts::{self, Chart, Outlook, QuotaLeft, Ranked, Song, TimeSeries};

/// A unit that was asked, and what came of it.
#[derive(Debug)]
pub struct Finished {
    /// The unit.
    pub claimed: Claimed,
    /// When it was asked, in seconds since 1970-01-01.
    pub asked_at: i64,
    /// What came.
    pub result: Result<Brought, soundcharts::Error>,
}

/// What a batch is written with.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The store.
    pub db: &'a Db,
    /// Who answered.
    pub kind: Kind,
    /// Waits and numbers.
    pub pace: &'a Pace,
    /// What is known about the quota.
    pub quota: Option<QuotaLeft>,
}

impl Writer<'_> {
    /// Writes a batch, of which nothing is lost where this fails: it can be written again.
    pub async fn write(self, finished: &[Finished]) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.pace.patience).await?;
        let leases: Vec<(i64, i64)> = finished.iter().map(|f| (f.claimed.id, f.claimed.lease)).collect();
        let held: HashSet<i64> = units::held(&mut tx, &leases).await?.into_iter().collect();
        let mine: Vec<&Finished> = finished.iter().filter(|f| held.contains(&f.claimed.id)).collect();
        if mine.is_empty() {
            return Ok(());
        }
        self.keep(&mut tx, &mine).await?;
        let mut ended: Vec<i64> = Vec::with_capacity(mine.len());
        let mut stop = None;
        for finished in &mine {
            let ending = self.ending(finished);
            units::end(&mut tx, finished.claimed.id, &ending).await?;
            ended.push(finished.claimed.id);
            if let Err(error) = &finished.result
                && error.outlook() == Outlook::Everything
            {
                stop = Some(error.to_string());
            }
        }
        if let Some(reason) = stop {
            ended.extend(units::give_up(&mut tx, &reason).await?);
        }
        for sync in sync_needs::of_units(&mut tx, &ended).await? {
            rounds::note_progress(&mut tx, sync).await?;
        }
        if let Some(quota) = self.quota {
            meta::put_quota(&mut tx, quota).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Gives up a unit whose answer cannot be written, whatever is tried.
    pub async fn give_up(self, claimed: &Claimed, reason: String) -> Result<(), Error> {
        let mut tx = self.db.write_within(self.pace.patience).await?;
        if !units::held(&mut tx, &[(claimed.id, claimed.lease)]).await?.is_empty() {
            units::end(&mut tx, claimed.id, &Ending::Failed(reason)).await?;
            for sync in sync_needs::of_units(&mut tx, &[claimed.id]).await? {
                rounds::note_progress(&mut tx, sync).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    fn ending(self, finished: &Finished) -> Ending {
        let failed = finished.claimed.attempts + 1;
        match &finished.result {
            Ok(brought) => Ending::Done(brought.complaint()),
            Err(error) => match error.outlook() {
                Outlook::Later(told) if failed < self.pace.attempts => {
                    let wait = i64::try_from(self.pace.wait(failed, told).as_millis()).unwrap_or(i64::MAX);
                    Ending::Again { reason: error.to_string(), ready_at: now_ms() + wait }
                }
                Outlook::Later(_) | Outlook::OnlyThis | Outlook::Everything => {
                    Ending::Failed(error.to_string())
                }
            },
        }
    }

    /// Keeps what came.
    async fn keep(self, conn: &mut Conn, finished: &[&Finished]) -> Result<(), Error> {
        let came: Vec<(&Finished, &Brought)> =
            finished.iter().filter_map(|f| Some((*f, f.result.as_ref().ok()?))).collect();
        let Some(asked_at) = came.iter().map(|(f, _)| f.asked_at).min() else { return Ok(()) };
        meta::make(conn, self.kind.holding()).await?;
        let detail = match &came[..] {
            [(only, _)] => only.claimed.unit.label.clone(),
            [(first, _), rest @ ..] => format!("{} and {} more", first.claimed.unit.label, rest.len()),
            [] => return Ok(()),
        };
        let fetch = fetches::start(conn, FetchSource::Soundcharts, &detail, asked_at).await?;
        let mut news = News::default();
        for (finished, brought) in came {
            let task = finished.claimed.unit.task;
            match (task, brought) {
                (Task::Audience { track, platform, window }, Brought::Audience(series)) => {
                    news.add(track, platform, (window.from(), window.to()), series);
                }
                (Task::Artist { artist, platform, metric, window }, Brought::Artist { values, .. }) => {
                    let series = ArtistSeries {
                        artist_id: artist,
                        platform_id: platform,
                        metric,
                        observations: values.clone(),
                    };
                    artist_observations::write(conn, fetch, &series).await?;
                    let days = (window.from(), window.to());
                    fetched::put_artist(conn, (artist, platform, metric), days, fetch).await?;
                }
                (Task::Songs { artist }, Brought::Songs(songs)) => {
                    keep_songs(conn, artist, songs).await?;
                    fetched::put_list(conn, List::Songs, artist, fetch).await?;
                }
                (Task::Charts { platform }, Brought::Charts(charts)) => {
                    keep_charts(conn, platform, charts).await?;
                    fetched::put_list(conn, List::Charts, platform, fetch).await?;
                }
                (Task::Platforms, Brought::Platforms(platforms)) => {
                    keep_platforms(conn, platforms).await?;
                    fetched::put_list(conn, List::Platforms, 0, fetch).await?;
                }
                (Task::Rankings { chart, window }, Brought::Rankings(rankings)) => {
                    keep_rankings(conn, fetch, chart, rankings).await?;
                    fetched::put_chart(conn, chart, (window.from(), window.to()), fetch).await?;
                }
                (task, _) => return Err(Error::Damaged(format!("another answer than {task:?} asked for"))),
            }
        }
        news.write(conn, fetch).await
    }
}

/// What a batch brought about tracks.
#[derive(Default)]
struct News(BTreeMap<i64, NewsOfTrack>);

/// Of one track: by platform and identifier its days, and what was asked for.
#[derive(Default)]
struct NewsOfTrack {
    observations: BTreeMap<(i64, String), BTreeMap<Day, i64>>,
    windows: Vec<Window>,
}

impl News {
    fn add(&mut self, track: i64, platform_id: i64, (from, to): (Day, Day), series: &TimeSeries) {
        let track = self.0.entry(track).or_default();
        track.windows.push(Window { platform_id, from, to });
        for (identifier, observations) in &series.identifiers {
            let days = track.observations.entry((platform_id, identifier.clone())).or_default();
            days.extend(observations.iter().map(|o| (o.day, o.value)));
        }
    }

    async fn write(self, conn: &mut Conn, fetch: i64) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let news: Vec<TrackNews> = self
            .0
            .into_iter()
            .map(|(track_id, NewsOfTrack { observations, windows })| TrackNews {
                track_id,
                observations: observations
                    .into_iter()
                    .map(|((platform_id, identifier), days)| IdentifierNews {
                        platform_id,
                        identifier,
                        observations: days
                            .into_iter()
                            .map(|(day, value)| Observation { day, value })
                            .collect(),
                    })
                    .collect(),
                windows,
            })
            .collect();
        let readings = platforms::readings(conn).await?;
        observations::write(conn, &readings, fetch, &news).await.map(drop)
    }
}

async fn keep_songs(conn: &mut Conn, artist: i64, songs: &[(Song, Role)]) -> Result<(), Error> {
    // Who is named in both roles is a main artist.
    let mut roles: HashMap<Uuid, Role> = HashMap::new();
    let mut known: Vec<Track> = Vec::with_capacity(songs.len());
    for (song, role) in songs {
        match roles.get_mut(&song.uuid) {
            Some(kept) => *kept = (*kept).min(*role),
            None => {
                roles.insert(song.uuid, *role);
                known.push(track(song));
            }
        }
    }
    tracks::put(conn, &known).await?;
    let uuids: Vec<Uuid> = known.iter().map(|track| track.uuid).collect();
    let numbers = tracks::numbers_of(conn, &uuids).await?;
    let part = |uuid: &Uuid| {
        Some(Part { track_id: *numbers.get(uuid)?, artist_id: artist, role: *roles.get(uuid)? })
    };
    let parts: Vec<Part> = uuids.iter().filter_map(part).collect();
    track_artists::put(conn, &parts).await.map(drop)
}

fn track(song: &Song) -> Track {
    Track {
        uuid: song.uuid,
        name: song.name.clone(),
        credit_name: song.credit_name.clone(),
        isrc: song.isrc.clone(),
        release_date: song.release_date,
        image_url: song.image_url.clone(),
    }
}

/// Keeps a platform's charts. Of new ones, for each country without an active chart of the platform, the
/// largest that is made daily or weekly becomes active; charts of cities and genres never do by themselves.
async fn keep_charts(conn: &mut Conn, platform_id: i64, found: &[Chart]) -> Result<(), Error> {
    let known = charts::all(conn).await?;
    let served: BTreeSet<String> = charts::active_countries(conn, platform_id).await?.into_iter().collect();
    let mut largest: BTreeMap<&str, &Chart> = BTreeMap::new();
    for chart in found.iter().filter(|chart| is_of_country(chart)) {
        let Some(country) = chart.country_code.as_deref().filter(|code| !served.contains(*code)) else {
            continue;
        };
        let rank = |chart: &Chart| {
            (
                chart.positions,
                chart.frequency() == Some(Frequency::Daily),
                std::cmp::Reverse(chart.slug.clone()),
            )
        };
        let so_far = largest.entry(country).or_insert(chart);
        if rank(chart) > rank(so_far) {
            *so_far = chart;
        }
    }
    for chart in found {
        let country = chart.country_code.as_deref().and_then(|code| code.parse::<Country>().ok());
        let facts = ChartFacts {
            slug: chart.slug.clone(),
            platform_id,
            country,
            name: Some(chart.name.clone()).filter(|name| !name.is_empty()),
            frequency: chart.frequency(),
            positions: chart.positions,
        };
        let id = charts::put(conn, &facts).await?;
        let is_largest = chart
            .country_code
            .as_deref()
            .and_then(|code| largest.get(code))
            .is_some_and(|c| c.slug == chart.slug);
        // What somebody has switched since it came stays switched.
        if !known.contains_key(&chart.slug) {
            charts::set_active(conn, id, is_largest).await?;
        }
    }
    Ok(())
}

/// Whether a chart is of a country as a whole and made daily or weekly.
fn is_of_country(chart: &Chart) -> bool {
    let is_of_genre = chart.kind.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("genre"));
    chart.city_name.is_none() && !is_of_genre && chart.frequency().is_some()
}

/// Platforms that we do not know yet arrive disabled, and without kind until somebody sets it.
async fn keep_platforms(conn: &mut Conn, found: &[KnownPlatform]) -> Result<(), Error> {
    let registry = platforms::registry(conn).await?;
    for platform in found.iter().filter(|found| registry.iter().all(|known| known.code != found.code)) {
        let id = platforms::put(conn, &platform.code, &platform.name).await?;
        let metrics = [
            (Level::Track, Metric::Audience, PlatformType::Audience, true),
            (Level::Artist, Metric::Followers, PlatformType::Audience, platform.has_followers),
            (Level::Artist, Metric::Listeners, PlatformType::Streaming, platform.has_listeners),
        ];
        for (level, metric, platform_type, _) in metrics.into_iter().filter(|metric| metric.3) {
            let is_chart = platform.has_charts && level == Level::Track;
            let platform_type = if is_chart { PlatformType::SongChart } else { platform_type };
            let unknown = PlatformMetric {
                level,
                metric,
                kind: None,
                unit: None,
                platform_type,
                mirrors: false,
                enabled: false,
            };
            platforms::put_metric(conn, id, &unknown).await?;
        }
    }
    Ok(())
}

/// Keeps rankings whole: songs of artists whom nobody has asked for are kept by name, so that a ranking
/// need not be fetched again when somebody does.
async fn keep_rankings(
    conn: &mut Conn,
    fetch: i64,
    chart: i64,
    rankings: &[(Day, Vec<Ranked>)],
) -> Result<(), Error> {
    let mut named: BTreeMap<Uuid, &Ranked> = BTreeMap::new();
    for ranked in rankings.iter().flat_map(|(_, ranking)| ranking) {
        named.entry(ranked.song).or_insert(ranked);
    }
    let uuids: Vec<Uuid> = named.keys().copied().collect();
    let known = tracks::numbers_of(conn, &uuids).await?;
    let strangers: Vec<Track> = named
        .values()
        .filter(|ranked| !known.contains_key(&ranked.song))
        .map(|ranked| Track {
            uuid: ranked.song,
            name: ranked.name.clone(),
            credit_name: ranked.credit_name.clone(),
            isrc: None,
            release_date: None,
            image_url: None,
        })
        .collect();
    tracks::put(conn, &strangers).await?;
    let numbers = tracks::numbers_of(conn, &uuids).await?;
    let mut places = Vec::new();
    for (day, ranking) in rankings {
        let place = |ranked: &Ranked| {
            let track_id = *numbers.get(&ranked.song)?;
            Some(Place { track_id, chart_id: chart, day: *day, position: ranked.position })
        };
        places.extend(ranking.iter().filter_map(place));
    }
    charts::put_places(conn, &places).await?;
    let days: Vec<Day> = rankings.iter().map(|(day, _)| *day).collect();
    charts::put_days(conn, fetch, chart, &days).await
}
