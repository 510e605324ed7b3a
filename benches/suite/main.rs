//! `make bench`: what is promised of speed, measured on one catalogue of any size, the same every time. Prints tables and
//! writes them to where docs/performance.md has them. Options: `-- --observations N` (50 million), `--directory DIR` (a
//! database that is there is used again), `--database URL` (in place of a file there), `--document FILE`; with
//! `--soak MINUTES` it only asks the served product for so long, and says what its memory does.

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
use music_analytics::server::db::Db;
use music_analytics::server::soundcharts::tls;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The tables stand between these lines of the document.
const MARKS: [&str; 2] = ["<!-- make bench writes from here -->", "<!-- to here -->"];

/// What is measured on.
pub struct Bench {
    /// The catalogue.
    pub generator: Generator,
    /// Where its files and databases are.
    pub directory: PathBuf,
    /// The database.
    pub url: String,
}

impl Bench {
    /// A database of another size beside it.
    pub fn sized(&self, observations: u64) -> Bench {
        Bench {
            generator: Generator::of(observations),
            directory: self.directory.clone(),
            url: file_url(&self.directory, observations),
        }
    }

    /// The database, which is there.
    pub async fn open(&self) -> Db {
        Db::open(&self.url).await.expect("a database")
    }
}

#[tokio::main]
async fn main() {
    // `cargo test --all-targets` runs benchmarks too, and waits for them.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    // Clients of HTTP want to know how to encrypt, even where nothing is.
    tls::install();
    let observations = option("--observations").map_or(50_000_000, |text| text.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = option("--directory").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&directory).expect("a directory");
    let url = option("--database").unwrap_or_else(|| file_url(&directory, observations));
    let bench = Bench { generator: Generator::of(observations), directory, url };

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
        section(growth::measured(&bench, observations).await);
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
