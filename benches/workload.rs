//! `cargo bench --features ssr --bench workload -- --directory DIR`: runs a given workload, data and queries
//! from files, so that other systems can run the same. In process, warm, without a result cache; one untimed
//! round, then five timed ones.
//!
//! `DIR` contains import files (`--files "artists tracks …"`, names without `.csv`, in order) and
//! `selections.json`: Q1, Q2, Q3 and Q6 are lists of `{artists, platforms, from, to, country}`, Q7 is a list
//! of artist searches. Q2 is also run for availability (Q4) and with daily rows (Q5). The database
//! `DIR/NAME.db` (`--name`) is kept. `--only Q3` runs one query. Results are written to
//! `DIR/NAME-answers.csv`: query, selection, track, platform, total, peak, days.

#![expect(clippy::print_stdout, reason = "the measurements")]

mod clock;

use std::io::Write as _;
use std::path::PathBuf;

use clock::{Times, option};
use music_analytics::domain::Query;
use music_analytics::domain::query::{ParamOutcome, Parameters};
use music_analytics::domain::report::Report;
use music_analytics::server::base::clock::today;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use music_analytics::server::reports::{self, listings};
use music_analytics::server::store::Db;
use serde::Deserialize;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Default number of timed rounds (`--rounds`).
const ROUNDS: usize = 5;

#[derive(Debug, Deserialize)]
struct Selections {
    #[serde(rename = "Q1")]
    q1: Vec<Selection>,
    #[serde(rename = "Q2")]
    q2: Vec<Selection>,
    #[serde(rename = "Q3")]
    q3: Vec<Selection>,
    #[serde(rename = "Q6")]
    q6: Vec<Selection>,
    #[serde(rename = "Q7")]
    q7: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Selection {
    artists: Vec<String>,
    platforms: Vec<String>,
    from: String,
    to: String,
    country: Option<String>,
}

impl Selection {
    fn query(&self, by_day: bool) -> Query {
        let mut asked = Parameters::default();
        let artists = self.artists.iter().map(|artist| ("artist", artist));
        let platforms = self.platforms.iter().map(|platform| ("platform", platform));
        let range = [("from", &self.from), ("to", &self.to)];
        let country = self.country.iter().map(|country| ("country", country));
        for (name, value) in artists.chain(platforms).chain(range).chain(country) {
            assert_eq!(asked.set(name, value), ParamOutcome::Accepted);
        }
        if by_day {
            assert_eq!(asked.set("daily", "true"), ParamOutcome::Accepted);
        }
        asked.check().expect("a question")
    }
}

#[tokio::main]
async fn main() {
    let Some(directory) = option("--directory").map(PathBuf::from) else { return };
    let name = option("--name").unwrap_or_else(|| "workload".to_owned());
    let path = directory.join(format!("{name}.db"));
    let is_there = path.is_file();
    let db = Db::open(&format!("sqlite://{}", path.display())).await.expect("a database");
    if !is_there {
        for file in option("--files").expect("--files").split_whitespace() {
            let file = directory.join(format!("{file}.csv"));
            let ending = import::run(&db, &[file], import::Mode::Keep, &ImportProgress::hidden(), |told| {
                assert!(told.bad.is_empty(), "{told:?}")
            })
            .await;
            assert_eq!(ending.expect("an import"), ImportOutcome::Done);
        }
    }
    let text = std::fs::read(directory.join("selections.json")).expect("selections.json");
    let selections: Selections = serde_json::from_slice(&text).expect("selections");
    let mut answers = std::fs::File::create(directory.join(format!("{name}-answers.csv"))).expect("a file");
    println!("{}", Times::HEAD);
    let rounds = option("--rounds").map_or(ROUNDS, |text| text.parse().expect("a number"));
    let only = option("--only");
    let is_asked = |name: &str| only.as_ref().is_none_or(|only| only.contains(name));
    for (name, selections, by_day) in [
        ("Q1", &selections.q1, false),
        ("Q2", &selections.q2, false),
        ("Q3", &selections.q3, false),
        ("Q5", &selections.q2, true),
        ("Q6", &selections.q6, false),
    ] {
        if !is_asked(name) {
            continue;
        }
        let queries: Vec<Query> = selections.iter().map(|selection| selection.query(by_day)).collect();
        for (number, query) in queries.iter().enumerate() {
            let report = reports::report(&db, query, today()).await.expect("a report");
            answers.write_all(rows(name, number, &report).as_bytes()).expect("a file");
        }
        let mut times = Times::default();
        for query in queries.iter().cycle().take(queries.len() * rounds) {
            times.time(reports::report(&db, query, today())).await.expect("a report");
        }
        println!("{}", times.line(name));
    }
    if only.is_some() {
        return;
    }
    for selection in &selections.q2 {
        reports::availability(&db, &selection.query(false), today()).await.expect("what is missing");
    }
    let mut times = Times::default();
    for selection in selections.q2.iter().cycle().take(selections.q2.len() * ROUNDS) {
        times
            .time(reports::availability(&db, &selection.query(false), today()))
            .await
            .expect("what is missing");
    }
    println!("{}", times.line("Q4"));
    for text in &selections.q7 {
        listings::artists(&db, text, 10, None).await.expect("artists");
    }
    let mut times = Times::default();
    for text in selections.q7.iter().cycle().take(selections.q7.len() * ROUNDS) {
        times.time(listings::artists(&db, text, 10, None)).await.expect("artists");
    }
    println!("{}", times.line("Q7"));
    db.close().await;
}

fn rows(question: &str, selection: usize, report: &Report) -> String {
    let mut rows = String::new();
    for track in &report.tracks {
        for cell in &track.platforms {
            let (Some(total), Some(peak)) = (cell.total, cell.peak) else { continue };
            let (track, platform) = (track.uuid, &cell.platform);
            let numbers = format!("{},{},{}", total.estimate, peak.value, cell.days_tracked);
            rows += &format!("{question},{selection},{track},{platform},{numbers}\n");
        }
    }
    rows
}
