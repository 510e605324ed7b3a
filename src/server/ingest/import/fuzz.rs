//! Invariants of the import for arbitrary bytes, checked by `fuzz/`; its findings are among the seeds of the
//! test below.

use std::io::Write as _;
use std::path::Path;

use uuid::Uuid;

use super::bad_lines::BadLines;
use super::existing_rows::ExistingRows;
use super::merge::RunMerger;
use super::parsed::{self, ParsedFile};
use super::rows::ImportFile;
use super::watch::ImportProgress;
use crate::domain::{Kind, Level, Metric, PlatformType};
use crate::server::store::tables::charts::StoredChart;
use crate::server::store::tables::platforms::{Platform, PlatformMetric};

/// The UUID used by the seeds in `fuzz/seeds/import`.
const ID: Uuid = Uuid::from_u128(0x9b81_0e76_6ec9_4286_a3ca_828d_d5f4_b3b2);

/// Runs an import up to writing.
///
/// # Panics
/// An invariant does not hold.
pub fn check(bytes: &[u8]) {
    let name = if bytes.len().is_multiple_of(2) { "artists" } else { "tracks" };
    let mut file = tempfile::Builder::new().prefix(name).suffix(".csv").tempfile().expect("a file");
    file.write_all(bytes).expect("room for a file");
    let opened = ImportFile::open(file.path()).expect("a regular file");
    let Ok(file) = opened.map_err(|reason| assert!(!reason.is_empty())) else { return };
    let mut bad = BadLines::default();
    let watch = ImportProgress::hidden();
    let nowhere = Path::new("/nowhere");
    let (parsed, lines) = parsed::read(&file, &known(), nowhere, &watch, &mut bad).expect("a short file");
    let rows = match parsed {
        ParsedFile::Platforms(rows) => rows.len() as u64,
        ParsedFile::Artists(rows) => rows.len() as u64,
        ParsedFile::Tracks(rows) => rows.len() as u64,
        ParsedFile::TrackArtists(rows) => rows.len() as u64,
        ParsedFile::Observations(merge)
        | ParsedFile::ArtistObservations(merge)
        | ParsedFile::FetchedWindows(merge) => drain(merge, &mut bad),
        ParsedFile::ChartEntries(charts) => {
            assert!(charts.charts.iter().all(|chart| !chart.days.is_empty()));
            drain(charts.places, &mut bad)
        }
    };
    assert!(rows + bad.count() <= lines, "{rows} rows and {} bad lines of {lines}", bad.count());
    let shown = bad.describe("a.csv");
    assert_eq!(shown.is_empty(), bad.is_empty());
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
}

/// Reads all series; returns the number of values.
fn drain(mut merge: RunMerger, bad: &mut BadLines) -> u64 {
    let (mut last, mut count) = (None, 0);
    while let Some(series) = merge.next(bad).expect("nothing is in a temporary file") {
        assert!(last.as_ref().is_none_or(|last| *last < series.key), "sorted, each key once");
        assert!(series.values.is_sorted_by(|a, b| a.day < b.day), "sorted, one a day");
        assert!(!series.values.is_empty());
        count += series.values.len() as u64;
        last = Some(series.key);
    }
    count
}

fn known() -> ExistingRows {
    let metric = |level, metric| PlatformMetric {
        level,
        metric,
        kind: Some(Kind::Counter),
        unit: Some("streams".to_owned()),
        platform_type: PlatformType::Streaming,
        mirrors: true,
        enabled: true,
    };
    let metrics = vec![metric(Level::Track, Metric::Audience), metric(Level::Artist, Metric::Followers)];
    let (code, name) = ("spotify".to_owned(), "Spotify".to_owned());
    ExistingRows {
        tracks: [(ID, 1)].into(),
        artists: [(ID, 1)].into(),
        platforms: vec![Platform { id: 1, code, name, metrics }],
        charts: [("top".to_owned(), StoredChart { id: 1, platform_id: 1, country: None })].into(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_of_the_fuzzer_is_withstood() {
        for seed in std::fs::read_dir("fuzz/seeds/import").unwrap() {
            super::check(&std::fs::read(seed.unwrap().path()).unwrap());
        }
    }
}
