//! Stores fetched data: observations as one update per track, songs with their artists, charts with rankings,
//! and new platforms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::outcome::{ListedPlatform, Rankings, Songs};
use crate::domain::catalogue::{Frequency, Track};
use crate::domain::query::Country;
use crate::domain::series::Observation;
use crate::domain::{Day, Level, Metric, PlatformType, Role};
use crate::server::error::Error;
use crate::server::provider::{Chart, Ranked, Song, TimeSeries};
use crate::server::store::Conn;
use crate::server::store::imports::UndoableImports;
use crate::server::store::observations::{self, IdentifierBatch, TrackBatch};
use crate::server::store::tables::charts::{self, ChartFacts, ChartPosition};
use crate::server::store::tables::fetched::{self, ProviderList, Window};
use crate::server::store::tables::platforms::{self, Platform, PlatformMetric};
use crate::server::store::tables::track_artists::{self, TrackCredit};
use crate::server::store::tables::{artists, tracks};

/// Track data of a batch.
#[derive(Default)]
pub struct ObservationBatch(BTreeMap<i64, PendingTrack>);

/// For one track: days by platform and identifier, and fetched windows.
#[derive(Default)]
struct PendingTrack {
    observations: BTreeMap<(i64, String), BTreeMap<Day, i64>>,
    windows: Vec<Window>,
}

impl ObservationBatch {
    /// Adds the fetched data of a track on a platform over a window.
    pub fn add(&mut self, track: i64, platform_id: i64, (from, to): (Day, Day), series: &TimeSeries) {
        let track = self.0.entry(track).or_default();
        track.windows.push(Window { platform_id, from, to });
        for (identifier, observations) in &series.identifiers {
            let days = track.observations.entry((platform_id, identifier.clone())).or_default();
            days.extend(observations.iter().map(|o| (o.day, o.value)));
        }
    }

    pub async fn write(self, conn: &mut Conn, imports: &UndoableImports, fetch: i64) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let news: Vec<TrackBatch> = self
            .0
            .into_iter()
            .map(|(track_id, PendingTrack { observations, windows })| TrackBatch {
                track_id,
                observations: observations
                    .into_iter()
                    .map(|((platform_id, identifier), days)| IdentifierBatch {
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
        observations::write(conn, &readings, imports, fetch, &news).await.map(drop)
    }
}

/// Stores an artist's songs with roles, and the artist's current name.
pub async fn songs(conn: &mut Conn, fetch: i64, artist: i64, list: &Songs) -> Result<(), Error> {
    let Songs { songs, is_complete, artist_name, .. } = list;
    if let Some(name) = artist_name {
        artists::rename(conn, artist, name).await?;
    }
    // An artist in both roles is a main artist.
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
        Some(TrackCredit { track_id: *numbers.get(uuid)?, artist_id: artist, role: *roles.get(uuid)? })
    };
    let parts: Vec<TrackCredit> = uuids.iter().filter_map(part).collect();
    track_artists::put_list(conn, fetch, artist, &parts, *is_complete).await
}

/// Stores song details. They are not fetched again, even without an ISRC.
pub async fn details(conn: &mut Conn, fetch: i64, asked: &[i64], songs: &[Song]) -> Result<(), Error> {
    let known: Vec<Track> = songs.iter().map(track).collect();
    let uuids: Vec<Uuid> = known.iter().map(|track| track.uuid).collect();
    let numbers = tracks::numbers_of(conn, &uuids).await?;
    let is_asked = |track: &Track| numbers.get(&track.uuid).is_some_and(|number| asked.contains(number));
    let known: Vec<Track> = known.into_iter().filter(is_asked).collect();
    tracks::put(conn, &known).await?;
    for track in asked {
        fetched::put_list(conn, ProviderList::Details, *track, fetch).await?;
    }
    Ok(())
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

/// Stores a platform's charts. Among new ones, for each country without an active chart of the platform, the
/// largest daily or weekly chart becomes active, or else the largest; charts of cities and genres never
/// become active automatically.
pub async fn charts(conn: &mut Conn, platform_id: i64, found: &[Chart]) -> Result<(), Error> {
    let known = charts::all(conn).await?;
    let served: BTreeSet<String> = charts::active_countries(conn, platform_id).await?.into_iter().collect();
    let mut largest: BTreeMap<&str, &Chart> = BTreeMap::new();
    for chart in found.iter().filter(|chart| is_of_country(chart)) {
        let Some(country) = chart.country_code.as_deref().filter(|code| !served.contains(*code)) else {
            continue;
        };
        let rank = |chart: &Chart| {
            (
                chart.frequency().is_some(),
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
        // A manual change made since is kept.
        if !known.contains_key(&chart.slug) {
            charts::set_active(conn, id, is_largest).await?;
        }
    }
    Ok(())
}

/// Whether a chart covers a whole country.
fn is_of_country(chart: &Chart) -> bool {
    let is_of_genre = chart.kind.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("genre"));
    chart.city_name.is_none() && !is_of_genre
}

/// Stores new platforms, disabled and without a kind until one is set. Returns a warning for each fetched
/// series that the provider does not list.
pub async fn platforms(conn: &mut Conn, found: &[ListedPlatform]) -> Result<Option<String>, Error> {
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
    Ok(unlisted(&registry, found))
}

/// Warnings about fetched series that the provider does not list.
fn unlisted(registry: &[Platform], found: &[ListedPlatform]) -> Option<String> {
    let is_listed = |platform: &Platform, metric: &PlatformMetric| {
        found.iter().filter(|found| found.code == platform.code).any(|found| {
            match (metric.level, metric.metric) {
                (Level::Track, _) => true,
                (Level::Artist, Metric::Followers) => found.has_followers,
                (Level::Artist, _) => found.has_listeners,
            }
        })
    };
    let of_platform = |platform: &Platform| {
        let fetched = platform.metrics.iter().filter(|metric| metric.enabled && metric.kind.is_some());
        let unlisted = fetched.filter(|metric| !is_listed(platform, metric));
        let names: Vec<String> = unlisted.map(|m| format!("{} of {}s", m.metric, m.level)).collect();
        (!names.is_empty()).then(|| format!("{} ({}): {}", platform.name, platform.code, names.join(", ")))
    };
    let lacking: Vec<String> = registry.iter().filter_map(of_platform).collect();
    (!lacking.is_empty()).then(|| {
        format!(
            "Soundcharts does not list what is fetched of {}. It may have nothing: look at Platforms",
            lacking.join("; ")
        )
    })
}

/// Stores complete rankings: songs of unknown artists are stored by name, so that the ranking need not be
/// fetched again when such an artist is added.
pub async fn rankings(
    conn: &mut Conn,
    fetch: i64,
    chart: i64,
    Rankings { days: rankings, frequency }: &Rankings,
) -> Result<(), Error> {
    if let Some(frequency) = frequency {
        charts::note_frequency(conn, chart, *frequency).await?;
    }
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
            Some(ChartPosition { track_id, chart_id: chart, day: *day, position: ranked.position })
        };
        places.extend(ranking.iter().filter_map(place));
    }
    charts::put_positions(conn, &places).await?;
    let days: Vec<Day> = rankings.iter().map(|(day, _)| *day).collect();
    charts::put_days(conn, fetch, chart, &days).await
}
