//! Reports and lists in process, with a warm page cache and no result cache: 20 selections, three runs of 5
//! rounds after one untimed round.

use std::io::sink;

use music_analytics::domain::Query;
use music_analytics::domain::query::{ParamOutcome, Parameters};
use music_analytics::domain::report::Report;
use music_analytics::server::base::clock::today;
use music_analytics::server::export::workbook;
use music_analytics::server::reports::{self, listings};
use music_analytics::server::store::Db;

use crate::Bench;
use crate::clock::{Runs, Times};
use crate::generator::Generator;
use crate::machine::{forget_peak, peak_mb, resident_mb};

const SELECTIONS: u64 = 20;
const ROUNDS: usize = 5;
const YEAR: [(&str, &str); 2] = [("from", "2025-11-01"), ("to", "2026-10-31")];

pub async fn measured(bench: &Bench) -> String {
    let db = bench.open().await;
    let [head, line] = Runs::HEAD;
    let mut table = format!("| question | {head}\n|---|{line}\n");
    let mut row = |name: &str, runs: Runs| table += &format!("| {name} | {}\n", runs.cells());
    let asked = |artists, more: &[(&str, &str)]| -> Vec<Query> {
        let parameters: Vec<_> = YEAR.iter().chain(more).copied().collect();
        (0..SELECTIONS).map(|number| query(bench.generator, number, artists, &parameters)).collect()
    };
    let month: Vec<Query> =
        (0..SELECTIONS).map(|number| query(bench.generator, number, 1, &[("month", "2026-09")])).collect();
    for (name, queries) in [
        ("1 artist, 1 month", month),
        ("10 artists, 12 months", asked(10, &[])),
        ("100 artists, 12 months", asked(100, &[])),
        ("10 artists, 12 months, by day", asked(10, &[("daily", "true")])),
        ("10 artists, 12 months, charts of a country", asked(10, &[("country", "IT")])),
    ] {
        row(name, reported(&db, &queries).await);
    }
    let queries = asked(10, &[]);
    for query in &queries {
        reports::availability(&db, query, today()).await.expect("what is missing");
    }
    let missing = async || {
        let mut times = Times::default();
        for query in queries.iter().cycle().take(queries.len() * ROUNDS) {
            times.time(reports::availability(&db, query, today())).await.expect("what is missing");
        }
        times
    };
    row("what is missing of 10 artists, 12 months", Runs::measure(missing).await);
    let found = async || {
        let mut times = Times::default();
        for text in ["a", "ar", "kalo", "mi", "r to", "zz"].repeat(20) {
            times.time(listings::artists(&db, text, 10, None)).await.expect("artists");
        }
        times
    };
    row("artists by name, of 100,000", Runs::measure(found).await);
    let large = large(&db, bench.generator).await;
    forget_peak();
    let before = resident_mb(std::process::id());
    let written = async || {
        let mut times = Times::default();
        let report = large.clone();
        let written = tokio::task::spawn_blocking(move || workbook::write(&report, "http://127.0.0.1", Sink));
        times.time(written).await.expect("no panic").expect("a workbook");
        times
    };
    row("workbook of 100,000 rows", Runs::measure(written).await);
    table += &format!("\nA workbook takes at most {} MB more memory.\n", peak_mb().saturating_sub(before));
    db.close().await;
    table
}

async fn reported(db: &Db, queries: &[Query]) -> Runs {
    for query in queries {
        let report = reports::report(db, query, today()).await.expect("a report");
        assert!(query.country.is_some() || report.summary.total.is_some_and(|total| total.estimate > 0));
    }
    Runs::measure(async || {
        let mut times = Times::default();
        for query in queries.iter().cycle().take(queries.len() * ROUNDS) {
            times.time(reports::report(db, query, today())).await.expect("a report");
        }
        times
    })
    .await
}

/// The query for the `number`th selection of artists, spread over the catalogue.
pub fn query(generator: Generator, number: u64, artists: u64, parameters: &[(&str, &str)]) -> Query {
    let all = generator.artists();
    let artists = artists.min(all);
    let chosen = (0..artists).map(|n| (number * 7_919 + n * (all / artists)) % all);
    query_of(generator, chosen, parameters)
}

pub fn query_of(
    generator: Generator,
    artists: impl Iterator<Item = u64>,
    parameters: &[(&str, &str)],
) -> Query {
    let mut asked = Parameters::default();
    artists.for_each(|artist| {
        assert_eq!(asked.set("artist", &generator.artist(artist)), ParamOutcome::Accepted)
    });
    parameters.iter().for_each(|(name, value)| assert_eq!(asked.set(name, value), ParamOutcome::Accepted));
    asked.check().expect("a question")
}

/// A report with its tracks repeated up to 100,000 rows.
async fn large(db: &Db, generator: Generator) -> Report {
    let query = query(generator, 0, 100, &YEAR);
    let mut report = reports::report(db, &query, today()).await.expect("a report");
    let rows: usize = report.tracks.iter().map(|track| track.platforms.len()).sum();
    let times = 100_000_usize.div_ceil(rows);
    report.tracks = std::iter::repeat_n(report.tracks, times).flatten().collect();
    report
}

/// A writer that discards everything.
struct Sink;

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        sink().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Seek for Sink {
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Ok(0)
    }
}
