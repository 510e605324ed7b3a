//! A workbook with 100,000 rows. The goal is 5 seconds and 150 MB; the test fails at three times that,
//! because other tests run in parallel.

use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

use music_analytics::domain::report::{CellRow, PeakRow, Report};
use music_analytics::domain::{Figure, State};
use music_analytics::server::export::workbook;
use uuid::Uuid;

use super::support;

const TRACKS: usize = 10_000;
const PLATFORMS: usize = 10;

#[test]
fn a_hundred_thousand_rows() {
    let report = large();
    let directory = tempfile::tempdir().unwrap();
    let file = File::create(directory.path().join("large.xlsx")).unwrap();
    // Resets the peak to the current usage on Linux; elsewhere it is unknown.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = peak_mb();
    let started = Instant::now();
    workbook::write(&report, "http://127.0.0.1:3000", BufWriter::new(file)).unwrap();
    let (took, more) = (started.elapsed().as_secs_f64(), peak_mb().saturating_sub(before));
    let size = std::fs::metadata(directory.path().join("large.xlsx")).unwrap().len() / 1_000_000;
    println!("{} rows: {took:.1} s, {more} MB more, file of {size} MB", TRACKS * PLATFORMS);
    assert!(took < 15.0, "{took} s");
    assert!(more < 450, "{more} MB");
}

fn large() -> Report {
    let mut report = support::golden().remove(0);
    report.days = None;
    report.platforms.truncate(1);
    report.platforms = vec![report.platforms[0].clone(); PLATFORMS];
    for (number, row) in report.platforms.iter_mut().enumerate() {
        row.platform = format!("platform-{number}");
    }
    let track = report.tracks[0].clone();
    let day = report.query.from;
    report.tracks = (0..TRACKS)
        .map(|number| {
            let mut track = track.clone();
            track.uuid = Uuid::from_u128(number as u128);
            track.name = format!("Track number {number}");
            track.platforms =
                report.platforms.iter().map(|row| cell(&row.platform, number as i128, day)).collect();
            track
        })
        .collect();
    report
}

fn cell(platform: &str, number: i128, day: music_analytics::domain::Day) -> CellRow {
    let total = Figure { exact: number % 3 == 0, ..Figure::exactly(number * 7_919 + 12_345) };
    CellRow {
        platform: platform.to_owned(),
        state: State::Known,
        total: Some(total),
        average_daily: Some(format!("{number}.5")),
        peak: Some(PeakRow { value: number * 31, day, exact: true }),
        days_tracked: 30,
        flags: Vec::new(),
    }
}

/// Peak memory of the process in MB, on Linux; 0 elsewhere.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
