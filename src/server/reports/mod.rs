//! Computes reports: reads the data in one transaction, so that a report describes one state of the database,
//! and passes it to the engine. Shared by the JSON API, the page and the command line, which check the
//! caller's right.

pub mod listings;

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use rayon::iter::ParallelIterator as _;
use rayon::slice::ParallelSlice as _;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::domain::query::FieldError;
use crate::domain::registry::platform::ReportPlatform;
use crate::domain::report::{
    self, Aggregation, ArtistSeries, Availability, ChartAppearance, CountryCharts, Evidence, Report,
    ReportSums, SelectedArtist, SharedIdentifier, SkippedArtist, TrackEvidence,
};
use crate::domain::sync::FailureCause;
use crate::domain::{ArtistId, Day, Level, Query};
use crate::server::base::clock::{now, rfc3339};
use crate::server::error::Error;
use crate::server::store::Db;
use crate::server::store::read_model::ReadModel;
use crate::server::store::tables::artists::StoredArtist;
use crate::server::store::tables::failed_series::FailedSeries;
use crate::server::store::tables::identifiers;
use crate::server::store::tables::meta::Versions;
use crate::server::store::tables::platforms::Platform;

/// Reports on fewer tracks are computed by one thread: starting others would take longer.
const TRACKS_IN_PARALLEL: usize = 500;
/// Chunk size per thread, in tracks.
const TRACKS_PER_CHUNK: usize = 64;

/// Up to this many track-days, a report is computed on the request's own thread (about a millisecond).
const MAX_INLINE_TRACK_DAYS: usize = 4_000;

/// Concurrency of larger reports: two per processor, so that the next one is ready when one is done. FIFO,
/// bounded so that one large report cannot starve the rest.
static COMPUTE_PERMITS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(compute_permit_count()));

fn compute_permit_count() -> usize {
    2 * available_parallelism().map_or(1, NonZero::get)
}

/// Computes a report on the current data.
///
/// # Errors
/// [`Error::Invalid`] if the parameters name something unknown or not reportable.
pub async fn report(db: &Db, query: &Query, today: Day) -> Result<Report, Error> {
    Ok(report_with_versions(db, query, today, |report| report).await?.0)
}

/// Computes a report and applies a function to it; returns the result with the versions of the data. Equal
/// parameters at equal versions give equal results, so the result can be cached.
///
/// # Errors
/// Those of [`report()`].
pub async fn report_with_versions<T: Send + 'static>(
    db: &Db,
    query: &Query,
    today: Day,
    make: impl FnOnce(Report) -> T + Send + 'static,
) -> Result<(T, Versions), Error> {
    let (evidence, versions) = evidence(db, query, today).await?;
    let engine = move |evidence: &Evidence, query: &Query| make(build_report(evidence, query, today));
    Ok((run_engine(evidence, query, engine).await, versions))
}

fn build_report(evidence: &Evidence, query: &Query, today: Day) -> Report {
    Report { generated_at: rfc3339(now()), ..report_in_parallel(evidence, query, today) }
}

/// [`report::report`] on all processors.
fn report_in_parallel(evidence: &Evidence, query: &Query, today: Day) -> Report {
    if evidence.tracks.len() < TRACKS_IN_PARALLEL {
        return report::report(evidence, query, today);
    }
    let whole = Aggregation::new(evidence, query, today);
    let none = || whole.sums();
    let chunks = evidence.tracks.par_chunks(TRACKS_PER_CHUNK);
    let sums = chunks.fold(none, |sums, tracks| whole.with(sums, tracks)).reduce(none, ReportSums::merged);
    let data_version = whole.data_version(&sums);
    Report { data_version, ..whole.report(sums) }
}

/// Report and availability for a page, from the same data.
pub async fn report_and_availability(
    evidence: Evidence,
    query: &Query,
    today: Day,
) -> (Report, Availability) {
    let engine = move |evidence: &Evidence, query: &Query| {
        (build_report(evidence, query, today), report::availability(evidence, query, today))
    };
    run_engine(evidence, query, engine).await
}

/// Which data a report has and lacks (S17).
///
/// # Errors
/// Those of [`report()`].
pub async fn availability(db: &Db, query: &Query, today: Day) -> Result<Availability, Error> {
    Ok(availability_from(evidence(db, query, today).await?.0, query, today).await)
}

/// Availability of the loaded data (S17).
pub async fn availability_from(evidence: Evidence, query: &Query, today: Day) -> Availability {
    run_engine(evidence, query, move |evidence: &Evidence, query: &Query| {
        report::availability(evidence, query, today)
    })
    .await
}

/// Runs the engine; large reports run off the threads that handle requests.
async fn run_engine<T: Send + 'static>(
    evidence: Evidence,
    query: &Query,
    engine: impl FnOnce(&Evidence, &Query) -> T + Send + 'static,
) -> T {
    // The threads that handle requests must not wait for the engine's pool.
    let is_small = evidence.tracks.len() < TRACKS_IN_PARALLEL;
    if is_small && evidence.tracks.len() * query.period.range().day_count() <= MAX_INLINE_TRACK_DAYS {
        return engine(&evidence, query);
    }
    let query = query.clone();
    with_compute_permit(move || engine(&evidence, &query)).await
}

/// Computes after acquiring a permit.
async fn with_compute_permit<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let turn = COMPUTE_PERMITS.acquire().await;
    compute(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
}

/// Computes on a blocking thread.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let result = tokio::task::spawn_blocking(work).await;
    result.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

/// Loads the data of a report, with the versions at which it was read.
///
/// # Errors
/// Those of [`report()`].
pub async fn evidence(db: &Db, query: &Query, today: Day) -> Result<(Evidence, Versions), Error> {
    let mut stored = db.read_model().await?;
    let evidence = evidence_at(&mut stored, query, today).await?;
    Ok((evidence, stored.versions))
}

/// Loads the data in an open snapshot; renews the snapshot after concurrent writes.
///
/// # Errors
/// Those of [`report()`].
pub async fn evidence_at(stored: &mut ReadModel<'_>, query: &Query, today: Day) -> Result<Evidence, Error> {
    loop {
        match load_evidence(stored, query, today).await {
            Err(Error::StaleSnapshot) => stored.refresh().await?,
            result => return result,
        }
    }
}

async fn load_evidence(stored: &mut ReadModel<'_>, query: &Query, today: Day) -> Result<Evidence, Error> {
    let range = query.period.range();
    if range.from() > today {
        let message = format!("the range starts on {}, in the future: today is {today}", range.from());
        return Err(Error::invalid(query.period.field(), message));
    }
    let (selected, skipped) = select_artists(&query.artists, stored.artists(&query.artists).await?)?;
    let registry = stored.registry().await?;
    let platforms = select_platforms(&query.platforms, &registry)?;
    let numbers: Vec<i64> = selected.iter().map(|artist| artist.id).collect();
    let tracks = track_evidence(stored, query, &numbers).await?;
    let artist_level = artist_level(stored, query, &selected, &registry).await?;
    let charts = match query.country {
        Some(country) => Some(CountryCharts { days_fetched: stored.chart_days(country, range).await? }),
        None => None,
    };
    let shared_identifiers = shared_identifiers(stored, &tracks, &platforms).await?;
    let failed = failed_series(stored, &tracks).await?;
    let tracks: Vec<TrackEvidence> = tracks.into_iter().map(|(_, track)| track).collect();
    let unlisted = unlisted(stored, query, &selected, &tracks).await?;
    Ok(Evidence {
        shared_identifiers,
        failed,
        unlisted,
        artists: selected
            .iter()
            .filter_map(|artist| {
                Some(SelectedArtist { uuid: artist.artist.uuid?, name: artist.artist.name.clone() })
            })
            .collect(),
        skipped,
        platforms,
        tracks,
        charts,
        artist_level,
    })
}

/// Splits the selected artists into those that can be aggregated and those that cannot (S20).
pub fn select_artists(
    asked: &[ArtistId],
    stored: Vec<Arc<StoredArtist>>,
) -> Result<(Vec<Arc<StoredArtist>>, Vec<SkippedArtist>), Error> {
    let unknown = asked.iter().filter(|id| !stored.iter().any(|artist| artist.artist_id() == **id));
    let errors: Vec<FieldError> = unknown
        .map(|id| {
            FieldError::new(
                "artist",
                format!("there is no artist {id} in the database: search for the artist by name"),
            )
        })
        .collect();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let (selected, others): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|artist| artist.artist.uuid.is_some());
    if selected.is_empty() {
        let names: Vec<&str> = others.iter().map(|artist| artist.artist.name.as_str()).collect();
        let message = format!(
            "{} has no Soundcharts UUID, so there is nothing to aggregate: link the artist to the provider's one first",
            names.join(", ")
        );
        return Err(Error::invalid("artist", message));
    }
    let mut skipped: Vec<SkippedArtist> = others
        .into_iter()
        .map(|artist| SkippedArtist { id: artist.artist_id(), name: artist.artist.name.clone() })
        .collect();
    skipped.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok((selected, skipped))
}

/// Selected platforms in registry order; by default all enabled, additive ones.
pub fn select_platforms(asked: &[String], registry: &[Platform]) -> Result<Vec<ReportPlatform>, Error> {
    let mut errors: Vec<FieldError> = Vec::new();
    let unknown = asked.iter().filter(|code| !registry.iter().any(|platform| platform.code == **code));
    errors
        .extend(unknown.map(|code| FieldError::new("platform", format!("there is no platform \"{code}\""))));
    let mut chosen = Vec::new();
    for platform in registry {
        let is_named = asked.contains(&platform.code);
        match report_platform(platform) {
            Ok(track_platform) if is_named || asked.is_empty() => chosen.push(track_platform),
            Err(reason) if is_named => {
                errors.push(FieldError::new(
                    "platform",
                    format!("{} cannot be reported on: {reason}", platform.name),
                ));
            }
            _ => {}
        }
    }
    if errors.is_empty() { Ok(chosen) } else { Err(Error::Invalid(errors)) }
}

/// The platform as used by the engine, or why it cannot be reported on.
pub fn report_platform(platform: &Platform) -> Result<ReportPlatform, &'static str> {
    let metric = platform.track().ok_or("it has no track data")?;
    let (Some(kind), Some(unit)) = (metric.kind, &metric.unit) else {
        return Err("the type of its values is not set yet");
    };
    let additive = kind.additive().ok_or(kind.why_not_additive())?;
    if !metric.enabled {
        return Err("it is disabled");
    }
    Ok(ReportPlatform {
        number: platform.id,
        code: platform.code.clone(),
        name: platform.name.clone(),
        kind: additive,
        unit: unit.clone(),
    })
}

/// Artist-level observations on the selected platforms (S19).
async fn artist_level(
    stored: &mut ReadModel<'_>,
    query: &Query,
    artists: &[Arc<StoredArtist>],
    registry: &[Platform],
) -> Result<Vec<ArtistSeries>, Error> {
    let range = query.period.range();
    let numbers: Vec<i64> = artists.iter().map(|artist| artist.id).collect();
    let observed = stored.artist_level(&numbers).await?;
    let mut all = Vec::new();
    for artist in artists {
        let Some(uuid) = artist.artist.uuid else { continue };
        for platform in registry {
            if !query.platforms.is_empty() && !query.platforms.contains(&platform.code) {
                continue;
            }
            for metric in platform.metrics.iter().filter(|m| m.level == Level::Artist && m.enabled) {
                let (Some(kind), Some(unit)) = (metric.kind, &metric.unit) else { continue };
                let series = observed.iter().flat_map(|of_artist| of_artist.iter()).find(|series| {
                    (series.artist_id, series.platform_id, series.metric)
                        == (artist.id, platform.id, metric.metric)
                });
                let Some(series) = series else { continue };
                let place = |day: Day| series.observations.partition_point(|o| o.day < day);
                let inside = place(range.from())..place(range.to() + 1);
                if inside.is_empty() {
                    continue;
                }
                all.push(ArtistSeries {
                    artist: uuid,
                    platform: platform.code.clone(),
                    platform_name: platform.name.clone(),
                    metric: metric.metric,
                    kind,
                    unit: unit.clone(),
                    observations: series.observations[inside].to_vec(),
                });
            }
        }
    }
    Ok(all)
}

async fn track_evidence(
    stored: &mut ReadModel<'_>,
    query: &Query,
    artists: &[i64],
) -> Result<Vec<(i64, TrackEvidence)>, Error> {
    let mut tracks = stored.tracks(artists).await?;
    let mut appearances: HashMap<i64, Vec<ChartAppearance>> = HashMap::new();
    if let Some(country) = query.country {
        let numbers: Vec<i64> = tracks.iter().map(|(number, _)| *number).collect();
        appearances = stored.appearances(&numbers, country, query.period.range()).await?;
        tracks.retain(|(number, _)| appearances.contains_key(number));
    }
    let numbers: Vec<i64> = tracks.iter().map(|(number, _)| *number).collect();
    let series = stored.series(&numbers).await?;
    let mut charts = |number| appearances.remove(&number).unwrap_or_default();
    let evidence = tracks.into_iter().zip(series);
    Ok(evidence
        .map(|((number, facts), pairs)| (number, TrackEvidence { facts, pairs, charts: charts(number) }))
        .collect())
}

/// Fetch failures of the series of these tracks.
async fn failed_series(
    stored: &mut ReadModel<'_>,
    tracks: &[(i64, TrackEvidence)],
) -> Result<HashMap<(Uuid, i64), FailureCause>, Error> {
    let all = stored.failed_series().await?;
    let of_report = |failed: &FailedSeries| {
        let place = tracks.binary_search_by_key(&failed.track_id, |(number, _)| *number).ok()?;
        Some(((tracks[place].1.uuid, failed.platform_id), failed.cause))
    };
    Ok(all.iter().filter_map(of_report).collect())
}

/// Artists without tracks whose songs were never fetched.
async fn unlisted(
    stored: &mut ReadModel<'_>,
    query: &Query,
    artists: &[Arc<StoredArtist>],
    tracks: &[TrackEvidence],
) -> Result<Vec<Uuid>, Error> {
    // With a filter, an artist may have no track although the songs are known.
    let is_filtered = query.country.is_some();
    let has_track = |artist: &StoredArtist| {
        tracks.iter().any(|track| track.artists.iter().any(|part| part.id == artist.artist_id()))
    };
    let without: Vec<i64> =
        artists.iter().filter(|artist| !is_filtered && !has_track(artist)).map(|artist| artist.id).collect();
    if without.is_empty() {
        return Ok(Vec::new());
    }
    let never = stored.never_listed(&without).await?;
    let artists = artists.iter().filter(|artist| never.contains(&artist.id));
    Ok(artists.filter_map(|artist| artist.artist.uuid).collect())
}

/// Identifiers shared by several tracks of the report (S24).
async fn shared_identifiers(
    stored: &mut ReadModel<'_>,
    tracks: &[(i64, TrackEvidence)],
    platforms: &[ReportPlatform],
) -> Result<Vec<SharedIdentifier>, Error> {
    let all = stored.shared_identifiers().await?;
    let uuid = |number: &i64| {
        let place = tracks.binary_search_by_key(number, |(number, _)| *number).ok()?;
        Some(tracks[place].1.uuid)
    };
    let of_report = |shared: &identifiers::SharedIdentifier| {
        let platform = platforms.iter().find(|platform| platform.number == shared.platform_id)?;
        let tracks: Vec<Uuid> = shared.tracks.iter().filter_map(uuid).collect();
        let (platform, identifier) = (platform.code.clone(), shared.identifier.clone());
        (tracks.len() > 1).then_some(SharedIdentifier { platform, identifier, tracks })
    };
    Ok(all.iter().filter_map(of_report).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::sleep;
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn few_are_computed_at_once() {
        static BUSY: AtomicUsize = AtomicUsize::new(0);
        let busy = join_all((0..64).map(|_| {
            with_compute_permit(|| {
                let busy = BUSY.fetch_add(1, Ordering::SeqCst) + 1;
                sleep(Duration::from_millis(1));
                BUSY.fetch_sub(1, Ordering::SeqCst);
                busy
            })
        }))
        .await;
        assert!(busy.iter().all(|busy| *busy <= compute_permit_count()), "{busy:?}");
    }
}
