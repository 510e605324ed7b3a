//! `make bench`: measures the performance goals on a generated catalogue. Prints tables and inserts them into
//! docs/performance.md. Options: `-- --observations N` (default 50 million), `--directory DIR` (an existing
//! database is reused), `--database URL` (instead of a file in DIR), `--document FILE`. `--soak MINUTES` only
//! runs a load test and reports memory usage.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the measurements, and what the server says")]

#[path = "../clock/mod.rs"]
mod clock;
#[path = "../generator/mod.rs"]
mod generator;
mod growth;
mod imported;
mod loaded;
mod machine;
mod questions;
mod soak;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clock::option;
use generator::Generator;
use music_analytics::server::store::Db;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Markers in the document around the tables.
const MARKS: [&str; 2] = ["<!-- make bench writes from here -->", "<!-- to here -->"];

pub struct Bench {
    pub generator: Generator,
    /// Contains generated files and databases.
    pub directory: PathBuf,
    /// The database URL.
    pub url: String,
}

impl Bench {
    /// The same with a database of another size.
    pub fn sized(&self, observations: u64) -> Bench {
        Bench {
            generator: Generator::with_observations(observations),
            directory: self.directory.clone(),
            url: file_url(&self.directory, observations),
        }
    }

    pub async fn open(&self) -> Db {
        Db::open(&self.url).await.expect("a database")
    }
}

#[tokio::main]
async fn main() {
    // Do nothing under `cargo test --all-targets`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    // reqwest needs a TLS provider even for plain HTTP.
    music_analytics::server::base::tls::install();
    let observations = option("--observations").map_or(50_000_000, |text| text.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = option("--directory").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&directory).expect("a directory");
    let url = option("--database").unwrap_or_else(|| file_url(&directory, observations));
    let bench = Bench { generator: Generator::with_observations(observations), directory, url };

    let mut text = String::new();
    let mut section = |part: String| {
        println!("{part}");
        let _ = writeln!(text, "{part}");
    };
    section(machine::described(&bench));
    section(imported::measured(&bench).await);
    if let Some(minutes) = option("--soak") {
        section(soak::measured(&bench, minutes.parse().expect("a number of minutes")).await);
        return;
    }
    section(questions::measured(&bench).await);
    if option("--database").is_none() {
        section(growth::measure(&bench, observations).await);
    }
    section(loaded::measured(&bench).await);
    if let Some(document) = option("--document") {
        replace(Path::new(&document), &text);
    }
}

fn file_url(directory: &Path, observations: u64) -> String {
    format!("sqlite://{}/bench-{observations}.db", directory.display())
}

/// Puts the tables into the document.
fn replace(document: &Path, tables: &str) {
    let text = std::fs::read_to_string(document).expect("the document");
    let [begin, end] = MARKS.map(|mark| text.find(mark).expect("a mark in the document"));
    let (before, after) = (&text[..begin + MARKS[0].len()], &text[end..]);
    std::fs::write(document, format!("{before}\n\n{}\n{after}", tables.trim_end())).expect("the document");
}
