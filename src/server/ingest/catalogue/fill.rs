//! Writes an in-memory catalogue, such as the demo's, into a database: in one transaction, through the
//! functions that imports use.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::domain::Level;
use crate::domain::catalogue::{ArtistKey, Catalogue};
use crate::domain::query::Country;
use crate::server::error::Error;
use crate::server::store::imports::UndoableImports;
use crate::server::store::observations::artist_observations::{self, ArtistSeries};
use crate::server::store::observations::{self, IdentifierBatch, TrackBatch};
use crate::server::store::tables::charts::{self, ChartFacts, ChartPosition};
use crate::server::store::tables::fetched::{self, ProviderList, Window};
use crate::server::store::tables::fetches::{self, FetchSource};
use crate::server::store::tables::meta::{self, DataKind};
use crate::server::store::tables::track_artists::{self, TrackCredit};
use crate::server::store::tables::{artists, platforms, tracks};
use crate::server::store::{Conn, Db};

/// Row ids of the catalogue's entries.
struct IdMaps {
    artists: HashMap<ArtistKey, i64>,
    tracks: HashMap<Uuid, i64>,
    platforms: HashMap<String, i64>,
}

impl IdMaps {
    fn track(&self, uuid: Uuid) -> Result<i64, Error> {
        self.tracks.get(&uuid).copied().ok_or_else(|| missing("track", uuid))
    }

    fn artist(&self, key: &ArtistKey) -> Result<i64, Error> {
        self.artists.get(key).copied().ok_or_else(|| missing("artist", format!("{key:?}")))
    }

    fn platform(&self, code: &str) -> Result<i64, Error> {
        self.platforms.get(code).copied().ok_or_else(|| missing("platform", code))
    }
}

fn missing(what: &'static str, id: impl ToString) -> Error {
    Error::NotFound { what, id: id.to_string() }
}

/// Fills an empty database with the demo catalogue; `now` in seconds since 1970-01-01.
///
/// # Errors
/// The database is not empty.
pub async fn demo(db: &Db, catalogue: &Catalogue, now: i64) -> Result<(), Error> {
    let mut tx = db.write().await?;
    if meta::data_kind(&mut tx).await?.is_some() {
        let message = "this database is not empty, and the demo fills empty ones only: set DATABASE_URL to another database, \
                       such as sqlite://data/demo.db";
        return Err(Error::Unusable(message.to_owned()));
    }
    meta::claim_as(&mut tx, DataKind::Demo).await?;
    let fetch_id = write(&mut tx, FetchSource::Demo, catalogue, now).await?;
    note_fetched(&mut tx, fetch_id, catalogue).await?;
    Ok(tx.commit().await?)
}

/// Records everything in the catalogue as fetched, except the tracks' windows, which it contains itself.
async fn note_fetched(conn: &mut Conn, fetch_id: i64, catalogue: &Catalogue) -> Result<(), Error> {
    let windows = catalogue.fetched_windows.iter();
    let (Some(from), Some(to)) = (windows.clone().map(|w| w.from).min(), windows.map(|w| w.to).max()) else {
        return Ok(());
    };
    let registry = platforms::registry(conn).await?;
    fetched::put_list(conn, ProviderList::Platforms, 0, fetch_id).await?;
    for platform in registry.iter().filter(|platform| platform.track().is_some_and(|metric| metric.enabled)) {
        fetched::put_list(conn, ProviderList::Charts, platform.id, fetch_id).await?;
    }
    for artist in artists::numbers(conn).await?.into_values() {
        fetched::put_list(conn, ProviderList::Songs, artist, fetch_id).await?;
        for platform in &registry {
            let metrics = platform.metrics.iter().filter(|m| m.level == Level::Artist && m.enabled);
            for metric in metrics.map(|m| m.metric) {
                fetched::put_artist(conn, (artist, platform.id, metric), (from, to), fetch_id).await?;
            }
        }
    }
    for chart in charts::all(conn).await?.into_values() {
        fetched::put_chart(conn, chart.id, (from, to), fetch_id).await?;
    }
    Ok(())
}

/// Writes a whole catalogue as one fetch; returns the fetch id.
async fn write(conn: &mut Conn, source: FetchSource, catalogue: &Catalogue, now: i64) -> Result<i64, Error> {
    let fetch_id = fetches::start(conn, source, "demo catalogue", now).await?;
    artists::put(conn, &catalogue.artists).await?;
    tracks::put(conn, &catalogue.tracks).await?;
    let numbers = IdMaps {
        artists: artists::numbers_by_key(conn).await?,
        tracks: tracks::numbers(conn).await?,
        platforms: platforms::registry(conn).await?.into_iter().map(|p| (p.code, p.id)).collect(),
    };
    let part = |part: &crate::domain::catalogue::TrackArtist| {
        let (track_id, artist_id) = (numbers.track(part.track_uuid)?, numbers.artist(&part.artist)?);
        Ok(TrackCredit { track_id, artist_id, role: part.role })
    };
    let parts: Vec<TrackCredit> = catalogue.track_artists.iter().map(part).collect::<Result<_, Error>>()?;
    track_artists::put(conn, &parts).await?;
    let readings = platforms::readings(conn).await?;
    let no_imports = UndoableImports::default();
    observations::write(conn, &readings, &no_imports, fetch_id, &track_news(catalogue, &numbers)?).await?;
    for series in &catalogue.artist_observations {
        let news = ArtistSeries {
            artist_id: numbers.artist(&ArtistKey::Uuid(series.artist_uuid))?,
            platform_id: numbers.platform(&series.platform)?,
            metric: series.metric,
            observations: series.observations.clone(),
        };
        artist_observations::write(conn, &no_imports, fetch_id, &news).await?;
    }
    write_charts(conn, fetch_id, catalogue, &numbers).await?;
    Ok(fetch_id)
}

/// The catalogue's data by track.
fn track_news(catalogue: &Catalogue, numbers: &IdMaps) -> Result<Vec<TrackBatch>, Error> {
    let mut news: BTreeMap<i64, TrackBatch> = BTreeMap::new();
    for series in &catalogue.observations {
        let track_id = numbers.track(series.track_uuid)?;
        let track = news.entry(track_id).or_insert_with(|| TrackBatch { track_id, ..TrackBatch::default() });
        track.observations.push(IdentifierBatch {
            platform_id: numbers.platform(&series.platform)?,
            identifier: series.identifier.clone(),
            observations: series.observations.clone(),
        });
    }
    for window in &catalogue.fetched_windows {
        let track_id = numbers.track(window.track_uuid)?;
        let track = news.entry(track_id).or_insert_with(|| TrackBatch { track_id, ..TrackBatch::default() });
        track.windows.push(Window {
            platform_id: numbers.platform(&window.platform)?,
            from: window.from,
            to: window.to,
        });
    }
    Ok(news.into_values().collect())
}

async fn write_charts(
    conn: &mut Conn,
    fetch_id: i64,
    catalogue: &Catalogue,
    numbers: &IdMaps,
) -> Result<(), Error> {
    let mut ids: HashMap<&str, i64> = HashMap::new();
    for chart in &catalogue.charts {
        let facts = ChartFacts {
            slug: chart.slug.clone(),
            platform_id: numbers.platform(&chart.platform)?,
            country: Some(chart.country_code.parse::<Country>().map_err(Error::damaged)?),
            name: Some(chart.name.clone()),
            frequency: Some(chart.frequency),
            positions: Some(chart.positions),
        };
        ids.insert(&chart.slug, charts::put(conn, &facts).await?);
    }
    let mut days = BTreeMap::new();
    let mut places = Vec::with_capacity(catalogue.chart_entries.len());
    for entry in &catalogue.chart_entries {
        let chart_id =
            *ids.get(entry.chart_slug.as_str()).ok_or_else(|| missing("chart", &entry.chart_slug))?;
        days.entry(chart_id).or_insert_with(Vec::new).push(entry.date);
        let track_id = numbers.track(entry.track_uuid)?;
        places.push(ChartPosition { track_id, chart_id, day: entry.date, position: entry.position });
    }
    for (chart_id, mut days) in days {
        days.sort_unstable();
        days.dedup();
        charts::put_days(conn, fetch_id, chart_id, &days).await?;
    }
    charts::put_positions(conn, &places).await.map(drop)
}
