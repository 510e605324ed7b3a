//! Writes parsed data in one transaction, as a pipeline: one thread merges runs, one recomputes series, the
//! database thread writes.

use std::collections::{BTreeSet, HashSet};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::bad_lines::BadLines;
use super::catalogue::LinkLine;
use super::chart_entries::ChartFile;
use super::merge::{RunMerger, Series};
use super::parsed::ParsedFile;
use super::watch::ImportProgress;
use crate::domain::Metric;
use crate::domain::series::Observation;
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::imports::changes::{self, BeforeImage};
use crate::server::store::imports::{self};
use crate::server::store::observations::artist_observations::{self, ArtistSeries};
use crate::server::store::observations::{self, IdentifierBatch, TrackBatch};
use crate::server::store::tables::artists::{self, UpsertCounts};
use crate::server::store::tables::charts::{self, ChartPosition};
use crate::server::store::tables::fetched::Window;
use crate::server::store::tables::{platforms, track_artists, tracks};

/// Approximate chunk size in values; a track is never split.
const VALUES_PER_CHUNK: usize = 1 << 16;

/// Catalogue rows compared at once.
const ROWS_AT_ONCE: usize = 10_000;

/// Counts of a write, and lines rejected during the merge.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Counts of rows or observations.
    pub counts: UpsertCounts,
    /// Lines with another value for the same day than an earlier line.
    pub bad: BadLines,
    /// Tracks or artists with written values.
    pub subjects: BTreeSet<i64>,
}

pub async fn write(
    conn: &mut Conn,
    fetch_id: i64,
    parsed: ParsedFile,
    lines: u64,
    watch: &ImportProgress,
) -> Result<Outcome, Error> {
    watch.begin("writing".to_owned(), lines);
    let counts = match parsed {
        ParsedFile::Platforms(rows) => {
            let before = BeforeImage::platforms(conn).await?;
            let counts = super::platforms::write(conn, &rows).await?;
            for before in before {
                before.note(conn, fetch_id, None).await?;
            }
            counts
        }
        ParsedFile::Artists(rows) => {
            let mut counts = UpsertCounts::default();
            for rows in rows.chunks(ROWS_AT_ONCE) {
                let (uuids, local_keys) = artists::keys(rows);
                let before = BeforeImage::artists(conn, &uuids, &local_keys).await?;
                counts += artists::put(conn, rows).await?;
                before.note(conn, fetch_id, None).await?;
            }
            counts
        }
        ParsedFile::Tracks(rows) => {
            let mut counts = UpsertCounts::default();
            for rows in rows.chunks(ROWS_AT_ONCE) {
                let uuids: Vec<String> = rows.iter().map(|track| track.uuid.to_string()).collect();
                let before = BeforeImage::tracks(conn, &uuids).await?;
                counts += tracks::put(conn, rows).await?;
                before.note(conn, fetch_id, None).await?;
            }
            counts
        }
        ParsedFile::TrackArtists(rows) => {
            let mut counts = UpsertCounts::default();
            for rows in rows.chunks(ROWS_AT_ONCE) {
                counts += write_links(conn, fetch_id, rows).await?;
            }
            counts
        }
        ParsedFile::Observations(merge) => {
            return write_tracks(conn, fetch_id, merge, add_observations, watch).await;
        }
        ParsedFile::FetchedWindows(merge) => {
            return write_tracks(conn, fetch_id, merge, add_windows, watch).await;
        }
        ParsedFile::ArtistObservations(merge) => return write_artists(conn, fetch_id, merge, watch).await,
        ParsedFile::ChartEntries(file) => return write_charts(conn, fetch_id, file, watch).await,
    };
    Ok(Outcome { counts, ..Outcome::default() })
}

/// Inserts, changes and removes links.
async fn write_links(conn: &mut Conn, fetch_id: i64, lines: &[LinkLine]) -> Result<UpsertCounts, Error> {
    let numbers: BTreeSet<i64> = lines.iter().map(|line| line.key().0).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let named: HashSet<String> =
        lines.iter().map(LinkLine::key).map(|(track, artist)| format!("{track}/{artist}")).collect();
    let before = BeforeImage::links(conn, &numbers).await?;
    let parts = lines.iter().filter_map(|line| match line {
        LinkLine::Part(part) => Some(*part),
        LinkLine::None { .. } => None,
    });
    let mut counts = track_artists::put(conn, &parts.collect::<Vec<_>>()).await?;
    let ended: Vec<(i64, i64)> = lines
        .iter()
        .filter_map(|line| match line {
            LinkLine::None { track_id, artist_id } => Some((*track_id, *artist_id)),
            LinkLine::Part(_) => None,
        })
        .collect();
    let were_there = track_artists::end(conn, fetch_id, &ended).await?;
    counts.changed += were_there;
    counts.same += ended.len() as u64 - were_there;
    before.note(conn, fetch_id, Some(&named)).await?;
    Ok(counts)
}

/// A chunk of series, grouped by owner.
type Owners = Vec<Vec<Series>>;

/// Merges on its own thread, ahead by the channel's capacity.
fn merge_by_owner(mut merge: RunMerger) -> (mpsc::Receiver<Owners>, JoinHandle<Result<BadLines, Error>>) {
    let (send, receive) = mpsc::channel(2);
    let merging = tokio::task::spawn_blocking(move || {
        let mut bad = BadLines::default();
        let mut chunk: Owners = Vec::new();
        let mut values = 0;
        while let Some(series) = merge.next(&mut bad)? {
            let is_same_owner =
                chunk.last().and_then(|owner| owner.last()).is_some_and(|s| s.key.owner == series.key.owner);
            if !is_same_owner && values >= VALUES_PER_CHUNK {
                values = 0;
                if send.blocking_send(std::mem::take(&mut chunk)).is_err() {
                    // The writer has failed and reports its own error.
                    return Ok(bad);
                }
            }
            values += series.values.len();
            match chunk.last_mut().filter(|_| is_same_owner) {
                Some(owner) => owner.push(series),
                None => chunk.push(vec![series]),
            }
        }
        // An error means the same as above.
        let _ = send.blocking_send(chunk);
        Ok(bad)
    });
    (receive, merging)
}

/// The rejected lines, after the merge has ended.
async fn merged(merging: JoinHandle<Result<BadLines, Error>>) -> Result<BadLines, Error> {
    merging.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

async fn write_tracks(
    conn: &mut Conn,
    fetch_id: i64,
    merge: RunMerger,
    add: fn(&mut TrackBatch, Series),
    watch: &ImportProgress,
) -> Result<Outcome, Error> {
    let readings = platforms::readings(conn).await?;
    let imports = imports::undoable(conn).await?;
    let (mut chunks, merging) = merge_by_owner(merge);
    let (mut counts, mut subjects) = (UpsertCounts::default(), BTreeSet::new());
    while let Some(chunk) = chunks.recv().await {
        watch.check()?;
        let values = chunk.iter().flatten().map(|series| series.values.len() as u64).sum();
        let news: Vec<TrackBatch> = chunk
            .into_iter()
            .map(|owner| {
                let mut news = TrackBatch { track_id: owner[0].key.owner, ..TrackBatch::default() };
                owner.into_iter().for_each(|series| add(&mut news, series));
                news
            })
            .collect();
        subjects.extend(news.iter().map(|news| news.track_id));
        let written = observations::write(conn, &readings, &imports, fetch_id, &news).await?;
        counts.added += written.added + written.windows;
        counts.changed += written.changed;
        counts.same += values - written.added - written.windows - written.changed;
        watch.advance(values);
    }
    Ok(Outcome { counts, bad: merged(merging).await?, subjects })
}

fn add_observations(news: &mut TrackBatch, series: Series) {
    let observations = to_observations(&series);
    news.observations.push(IdentifierBatch {
        platform_id: series.key.group,
        identifier: series.key.label,
        observations,
    });
}

fn to_observations(series: &Series) -> Vec<Observation> {
    series.values.iter().map(|value| Observation { day: value.day, value: value.value }).collect()
}

/// Decodes windows; see [`super::observations::windows`].
fn add_windows(news: &mut TrackBatch, series: Series) {
    if let Ok(from) = series.key.label.parse() {
        let window = |to| Window { platform_id: series.key.group, from, to };
        news.windows.extend(series.values.iter().map(|value| window(value.day)));
    }
}

async fn write_artists(
    conn: &mut Conn,
    fetch_id: i64,
    merge: RunMerger,
    watch: &ImportProgress,
) -> Result<Outcome, Error> {
    let imports = imports::undoable(conn).await?;
    let (mut chunks, merging) = merge_by_owner(merge);
    let (mut counts, mut subjects) = (UpsertCounts::default(), BTreeSet::new());
    while let Some(chunk) = chunks.recv().await {
        watch.check()?;
        for series in chunk.into_iter().flatten() {
            let metric: Metric = series.key.label.parse().map_err(Error::damaged)?;
            let (artist_id, platform_id) = (series.key.owner, series.key.group);
            let news =
                ArtistSeries { artist_id, platform_id, metric, observations: to_observations(&series) };
            let written = artist_observations::write(conn, &imports, fetch_id, &news).await?;
            counts.added += written.added;
            counts.changed += written.changed;
            counts.same += written.same;
            subjects.insert(artist_id);
            watch.advance(series.values.len() as u64);
        }
    }
    Ok(Outcome { counts, bad: merged(merging).await?, subjects })
}

async fn write_charts(
    conn: &mut Conn,
    fetch_id: i64,
    file: ChartFile,
    watch: &ImportProgress,
) -> Result<Outcome, Error> {
    let slugs: Vec<String> = file.charts.iter().map(|chart| chart.chart.slug.clone()).collect();
    let before = BeforeImage::charts(conn, &slugs).await?;
    let (mut numbers, mut rankings) = (Vec::new(), Vec::new());
    let mut named = vec![HashSet::new(); file.charts.len()];
    for chart in &file.charts {
        let number = charts::put(conn, &chart.chart).await?;
        rankings.push(changes::rankings(conn, number, &chart.days).await?);
        let days: Vec<_> = chart.days.iter().copied().collect();
        charts::put_days(conn, fetch_id, number, &days).await?;
        numbers.push(number);
    }
    before.note(conn, fetch_id, None).await?;
    let (mut chunks, merging) = merge_by_owner(file.places);
    let mut counts = UpsertCounts::default();
    while let Some(chunk) = chunks.recv().await {
        watch.check()?;
        let mut places = Vec::new();
        for series in chunk.into_iter().flatten() {
            let (track_id, chart) =
                (series.key.owner, usize::try_from(series.key.group).map_err(Error::damaged)?);
            for value in &series.values {
                let position = u32::try_from(value.value).map_err(Error::damaged)?;
                places.push(ChartPosition { track_id, chart_id: numbers[chart], day: value.day, position });
                if rankings[chart].has(numbers[chart], value.day) {
                    named[chart].insert((value.day, track_id));
                }
            }
        }
        let written = charts::put_positions(conn, &places).await?;
        counts.added += written;
        counts.same += places.len() as u64 - written;
        watch.advance(places.len() as u64);
    }
    for (((chart, number), before), named) in file.charts.iter().zip(numbers).zip(rankings).zip(&named) {
        before.note(conn, fetch_id, number, &chart.days, named).await?;
    }
    Ok(Outcome { counts, bad: merged(merging).await?, subjects: BTreeSet::new() })
}
