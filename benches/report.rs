//! `cargo bench --features ssr --bench report`: how long reports take on many observations, evidence
//! read and figures computed, in this process, without a cache of results. Options:
//! `-- --observations N --directory DIR` (a database that is there already is used again).

#![expect(clippy::print_stdout, reason = "the measurements")]

mod clock;
mod generator;

use std::path::PathBuf;

use clock::{Times, option};
use generator::Generator;
use music_analytics::domain::Query;
use music_analytics::domain::query::{Parameters, Taken};
use music_analytics::server::clock::today;
use music_analytics::server::db::Db;
use music_analytics::server::import::{self, watch::Watch};
use music_analytics::server::{listings, reports};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Selections of artists a kind of question is asked for.
const SELECTIONS: u64 = 20;
/// Rounds over the selections, after one that is not timed.
const ROUNDS: u32 = 5;

#[tokio::main]
async fn main() {
    let observations: u64 =
        option("--observations").map_or(10_000_000, |text| text.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = option("--directory").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&directory).expect("a directory");
    let generator = Generator::of(observations);
    let path = directory.join(format!("report-{observations}.db"));
    let is_there = path.is_file();
    let db = Db::open(&format!("sqlite://{}", path.display())).await.expect("a database");
    if !is_there {
        let (files, _) = generator.write(&directory).expect("files are written");
        let all: Vec<PathBuf> = files.catalogue.iter().cloned().chain([files.sorted]).collect();
        import::run(&db, &all, false, &Watch::hidden(), |_| ()).await.expect("an import");
    }
    println!("{observations} observations of {} tracks of {} artists", generator.tracks, generator.artists());
    println!("{}", Times::HEAD);
    let year = [("from", "2025-11-01"), ("to", "2026-10-31")];
    let platforms: Vec<(&str, &str)> = year.into_iter().chain([("daily", "true")]).collect();
    for (name, artists, parameters) in [
        ("1 artist, 1 month", 1, vec![("month", "2026-09")]),
        ("10 artists, 12 months", 10, year.to_vec()),
        ("10 artists, 12 months, daily", 10, platforms),
        ("100 artists, 12 months", 100, year.to_vec()),
    ] {
        let queries: Vec<Query> =
            (0..SELECTIONS).map(|n| query(generator, n, artists, &parameters)).collect();
        let (mut whole, mut evidence) = (Times::default(), Times::default());
        for round in 0..=ROUNDS {
            for query in &queries {
                if round == 0 {
                    let report = reports::report(&db, query, today()).await.expect("a report");
                    assert!(report.summary.total.is_some_and(|total| total.estimate > 0));
                    continue;
                }
                whole.of(reports::report(&db, query, today())).await.expect("a report");
                evidence.of(reports::evidence(&db, query, today())).await.expect("evidence");
            }
        }
        println!("{}", whole.line(name));
        println!("{}", evidence.line("  of which reading"));
    }
    let mut times = Times::default();
    for text in ["a", "ar", "artist 1", "st 2", "9"].repeat(20) {
        times.of(listings::artists(&db, text, 10, None)).await.expect("artists");
    }
    println!("{}", times.line("artists by name"));
    db.close().await;
}

/// The question about the `number`th selection of so many artists, spread over the catalogue.
fn query(generator: Generator, number: u64, artists: u64, parameters: &[(&str, &str)]) -> Query {
    let all = generator.artists();
    let mut asked = Parameters::default();
    for n in 0..artists.min(all) {
        let artist = generator.artist((number * 7_919 + n * (all / artists.min(all)).max(1)) % all);
        assert_eq!(asked.take("artist", &artist), Taken::Yes);
    }
    for (name, value) in parameters {
        assert_eq!(asked.take(name, value), Taken::Yes);
    }
    asked.check().expect("a question")
}
