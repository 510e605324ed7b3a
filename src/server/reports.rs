//! Answers questions: reads the evidence in one transaction, so that a report is about one state of the
//! database, and hands it to the engine. The JSON API, the page and the command line all come here.
//!
//! Permissions: whoever reaches the server may read every report, because it listens on loopback only.
//! Roles (admin, analyst, viewer), limits on the range by subscription, and rate limits for expensive
//! questions come with accounts; this is where they will be checked.

use std::collections::HashMap;

use crate::domain::platform::TrackPlatform;
use crate::domain::query::FieldError;
use crate::domain::report::{
    self, ArtistSeries, Availability, ChartAppearance, Charts, Evidence, PairEvidence, Report,
    SelectedArtist, SkippedArtist, TrackArtist, TrackEvidence,
};
use crate::domain::{ArtistId, Day, Level, Query};
use crate::server::clock::{now, rfc3339};
use crate::server::db::artists::StoredArtist;
use crate::server::db::platforms::Platform;
use crate::server::db::series::TrackSeries;
use crate::server::db::tracks::StoredTrack;
use crate::server::db::{Conn, Db, artist_observations, artists, charts, platforms};
use crate::server::error::Error;

/// The report as the database has it now.
///
/// # Errors
/// [`Error::Invalid`] where the question names what is not there or cannot be reported on.
pub async fn report(db: &Db, query: &Query, today: Day) -> Result<Report, Error> {
    let evidence = evidence(db, query, today).await?;
    let query = query.clone();
    let mut report =
        compute(move || report::report(&evidence, &query, today)).await.map_err(Error::damaged)?;
    report.generated_at = rfc3339(now());
    Ok(report)
}

/// What the database has for a question, and what it lacks (S17).
///
/// # Errors
/// As [`report()`].
pub async fn availability(db: &Db, query: &Query, today: Day) -> Result<Availability, Error> {
    let evidence = evidence(db, query, today).await?;
    let query = query.clone();
    compute(move || report::availability(&evidence, &query, today)).await.map_err(Error::damaged)
}

/// Computes off the threads that answer requests.
///
/// # Errors
/// Those of the work.
pub async fn compute<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let result = tokio::task::spawn_blocking(work).await;
    result.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

/// Everything stored that the question is about.
pub async fn evidence(db: &Db, query: &Query, today: Day) -> Result<Evidence, Error> {
    let range = query.period.range();
    if range.from() > today {
        let message =
            format!("the range begins on {}, which has not been yet: today is {today}", range.from());
        return Err(Error::invalid(query.period.field(), message));
    }
    let mut tx = db.read_report().await?;
    let conn = &mut *tx;
    let (selected, skipped) = choose_artists(&query.artists, artists::by_ids(conn, &query.artists).await?)?;
    let registry = platforms::registry(conn).await?;
    let platforms = choose_platforms(&query.platforms, registry.clone())?;
    let numbers: Vec<i64> = selected.iter().map(|artist| artist.id).collect();
    let tracks = track_evidence(db, conn, query, &numbers, &platforms).await?;
    let artist_level = artist_level(conn, query, &selected, &registry).await?;
    let charts = match query.country {
        Some(country) => Some(Charts { days_fetched: charts::days_fetched(conn, country, range).await? }),
        None => None,
    };
    Ok(Evidence {
        artists: selected
            .iter()
            .filter_map(|artist| {
                Some(SelectedArtist { uuid: artist.artist.uuid?, name: artist.artist.name.clone() })
            })
            .collect(),
        skipped,
        platforms: platforms.into_iter().map(|(_, platform)| platform).collect(),
        tracks,
        charts,
        artist_level,
    })
}

/// Parts the artists asked for into those that can be aggregated and those that cannot (S20).
pub fn choose_artists(
    asked: &[ArtistId],
    stored: Vec<StoredArtist>,
) -> Result<(Vec<StoredArtist>, Vec<SkippedArtist>), Error> {
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
        .map(|artist| SkippedArtist { id: artist.artist_id(), name: artist.artist.name })
        .collect();
    skipped.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok((selected, skipped))
}

/// The platforms asked for with their numbers, in registry order; all enabled ones that can be added up
/// where none is named.
pub fn choose_platforms(
    asked: &[String],
    registry: Vec<Platform>,
) -> Result<Vec<(i64, TrackPlatform)>, Error> {
    let mut errors: Vec<FieldError> = Vec::new();
    let unknown = asked.iter().filter(|code| !registry.iter().any(|platform| platform.code == **code));
    errors
        .extend(unknown.map(|code| FieldError::new("platform", format!("there is no platform \"{code}\""))));
    let mut chosen = Vec::new();
    for platform in registry {
        let is_named = asked.contains(&platform.code);
        match reportable(&platform) {
            Ok(track_platform) if is_named || asked.is_empty() => chosen.push((platform.id, track_platform)),
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

/// The platform as a report reads it, or why it cannot be reported on.
pub fn reportable(platform: &Platform) -> Result<TrackPlatform, &'static str> {
    let metric = platform.track().ok_or("it has no numbers for tracks")?;
    let (Some(kind), Some(unit)) = (metric.kind, &metric.unit) else {
        return Err("nobody has set yet what its numbers mean");
    };
    let additive = kind.additive().ok_or(kind.why_not_additive())?;
    if !metric.enabled {
        return Err("it is disabled");
    }
    Ok(TrackPlatform {
        code: platform.code.clone(),
        name: platform.name.clone(),
        kind: additive,
        unit: unit.clone(),
    })
}

/// What was observed of the artists as a whole, on the platforms asked for (S19).
async fn artist_level(
    conn: &mut Conn,
    query: &Query,
    artists: &[StoredArtist],
    registry: &[Platform],
) -> Result<Vec<ArtistSeries>, Error> {
    let range = query.period.range();
    let numbers: Vec<i64> = artists.iter().map(|artist| artist.id).collect();
    let stored = artist_observations::of_artists(conn, &numbers, range.from(), range.to()).await?;
    let mut all = Vec::new();
    for artist in artists {
        let Some(uuid) = artist.artist.uuid else { continue };
        for platform in registry {
            if !query.platforms.is_empty() && !query.platforms.contains(&platform.code) {
                continue;
            }
            for metric in platform.metrics.iter().filter(|m| m.level == Level::Artist && m.enabled) {
                let (Some(kind), Some(unit)) = (metric.kind, &metric.unit) else { continue };
                let series = stored.iter().find(|series| {
                    (series.artist_id, series.platform_id, series.metric)
                        == (artist.id, platform.id, metric.metric)
                });
                let Some(series) = series else { continue };
                all.push(ArtistSeries {
                    artist: uuid,
                    platform: platform.code.clone(),
                    platform_name: platform.name.clone(),
                    metric: metric.metric,
                    kind,
                    unit: unit.clone(),
                    observations: series.observations.clone(),
                });
            }
        }
    }
    Ok(all)
}

async fn track_evidence(
    db: &Db,
    conn: &mut Conn,
    query: &Query,
    artists: &[i64],
    platforms: &[(i64, TrackPlatform)],
) -> Result<Vec<TrackEvidence>, Error> {
    let stored = db.tracks_of_artists(conn, artists).await?;
    let mut numbers: Vec<i64> = stored.iter().map(|track| track.id).collect();
    let mut appearances: HashMap<i64, Vec<ChartAppearance>> = HashMap::new();
    if let Some(country) = query.country {
        for (track, appearance) in charts::appearances(conn, &numbers, country, query.period.range()).await? {
            appearances.entry(track).or_default().push(appearance);
        }
        numbers.retain(|track| appearances.contains_key(track));
    }
    let series = db.series_of_tracks(conn, &numbers).await?;
    let mut all = Vec::with_capacity(stored.len());
    for stored in stored {
        let StoredTrack { id, track, artists } = &*stored;
        let row = series.get(id);
        let pairs = row.map(TrackSeries::pairs).transpose()?.unwrap_or_default();
        let pair = |(platform, _): &(i64, TrackPlatform)| {
            let found = row.zip(pairs.iter().find(|pair| pair.platform_id == *platform));
            found.map_or_else(PairEvidence::default, |(row, pair)| PairEvidence {
                packed: pair.worked_out.map(|(digest, packed)| (digest, row.keep(packed))),
                windows: pair.windows.clone(),
            })
        };
        all.push(TrackEvidence {
            uuid: track.uuid,
            name: track.name.clone(),
            credit: track.credit_name.clone(),
            release: track.release_date,
            image_url: track.image_url.clone(),
            artists: artists
                .iter()
                .map(|a| TrackArtist { id: a.id, name: a.name.clone(), role: a.role })
                .collect(),
            pairs: platforms.iter().map(pair).collect(),
            charts: appearances.remove(id).unwrap_or_default(),
        });
    }
    Ok(all)
}
