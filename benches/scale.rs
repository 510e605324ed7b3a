//! `cargo bench --features ssr --bench scale`: rate, memory and disk usage of large imports through the real
//! importer. Options: `-- --observations N --directory DIR` (a given directory is kept).

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

mod generator;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use generator::Generator;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use music_analytics::server::store::Db;
use music_analytics::server::store::observations::rebuild;
use music_analytics::server::store::tables::counts;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    // Do nothing under `cargo test --all-targets`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let observations: u64 =
        option("--observations").map_or(10_000_000, |text| text.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let directory = option("--directory").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&directory).expect("a directory");

    let generator = Generator::with_observations(observations);
    let started = Instant::now();
    let (files, count) = generator.write(&directory).expect("files are written");
    println!(
        "{count} observations of {} tracks of {} artists generated in {:.1?}",
        generator.tracks,
        generator.artists(),
        started.elapsed()
    );
    generator.write_by_day(&files.by_day).expect("a file is written");
    let next_day = directory.join("next_day.csv");
    let next_count = generator.write_next_day(&next_day).expect("a file is written");
    let mut models = Vec::new();
    for (order, file) in
        [("sorted by track, platform, day", &files.sorted), ("ordered by day", &files.by_day)]
    {
        let path = directory.join(format!("{}.db", file.file_stem().expect("a name").display()));
        remove(&path);
        let db = Db::open(&format!("sqlite://{}", path.display())).await.expect("a database");
        import(&db, &files.catalogue).await;
        forget_peak();
        let took = import(&db, std::slice::from_ref(file)).await;
        println!("import {order}: {} observations/s, peak memory {} MB", rate(count, took), peak_mb());
        let again = import(&db, std::slice::from_ref(file)).await;
        println!("  the same file again: {} observations/s", rate(count, again));
        let took = import(&db, std::slice::from_ref(&next_day)).await;
        println!("  a day more of every series: {} observations/s", rate(next_count, took));
        let count = count + next_count;
        let started = Instant::now();
        let rebuilt = rebuild::all(&db, |_, _| {}).await.expect("a rebuild");
        assert_eq!(rebuilt.changed, 0, "the read model is no second truth");
        println!("  rebuild: {} observations/s", rate(count, started.elapsed()));
        let stored = counts::all(&mut db.read().await.expect("a transaction")).await.expect("counts");
        assert_eq!(stored.observations, count);
        models.push(read_model(&db).await);
        disk(&db, count).await;
        db.close().await;
        let bytes = std::fs::metadata(&path).expect("a file").len();
        println!("  file: {:.2} bytes an observation", bytes as f64 / count as f64);
    }
    assert!(models[0] == models[1], "the order of the lines changes nothing");
}

async fn read_model(db: &Db) -> Vec<(i64, Vec<u8>)> {
    let mut tx = db.read().await.expect("a transaction");
    let rows =
        sqlx::query_as("select track_id, packed from series order by track_id").fetch_all(&mut *tx).await;
    rows.expect("the read model")
}

async fn import(db: &Db, files: &[PathBuf]) -> Duration {
    let started = Instant::now();
    let ending = import::run(db, files, import::Mode::Keep, &ImportProgress::hidden(), |told| {
        assert!(told.bad.is_empty(), "{told:?}")
    })
    .await;
    assert_eq!(ending.expect("an import"), ImportOutcome::Done);
    started.elapsed()
}

async fn disk(db: &Db, count: u64) {
    let mut tx = db.read().await.expect("a transaction");
    let tables: Vec<(String, i64)> = sqlx::query_as(
        "select name, sum(pgsize) from dbstat group by name having sum(pgsize) > 1000000 order by 2 desc",
    )
    .fetch_all(&mut *tx)
    .await
    .expect("statistics");
    for (table, bytes) in tables {
        println!("  {table}: {:.2} bytes an observation", bytes as f64 / count as f64);
    }
}

fn rate(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()) as u64
}

fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn remove(database: &Path) {
    for suffix in ["", "-wal", "-shm", "-migrate-lock", "-serve-lock"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        // The file may not exist.
        let _ = std::fs::remove_file(name);
    }
}

/// Peak memory in MB since [`forget_peak`], on Linux; 0 elsewhere.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn forget_peak() {
    // Elsewhere the peak stays unknown.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
