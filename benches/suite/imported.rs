//! Measures the import: rate, memory and disk usage.

use std::path::PathBuf;
use std::time::Instant;

use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use music_analytics::server::store::Db;
use music_analytics::server::store::observations::rebuild;
use music_analytics::server::store::tables::counts;

use crate::Bench;
use crate::machine::{forget_peak, peak_mb};

/// Imports the catalogue unless the database already contains it.
pub async fn measured(bench: &Bench) -> String {
    let db = bench.open().await;
    let mut lines = String::from("| import, memory, disk | |\n|---|---|\n");
    let mut line = |what: &str, value: String| lines += &format!("| {what} | {value} |\n");
    if stored(&db).await == 0 {
        let (files, _) = bench.generator.write(&bench.directory).expect("files are written");
        import(&db, &files.catalogue).await;
        forget_peak();
        let started = Instant::now();
        import(&db, std::slice::from_ref(&files.sorted)).await;
        line("observations a second, imported", rate(stored(&db).await, started));
        line("memory of the import, at most", format!("{} MB", peak_mb()));
        import(&db, &files.charts).await;
        files.remove();
        let started = Instant::now();
        let rebuilt = rebuild::all(&db, |_, _| {}).await.expect("a rebuild");
        assert_eq!(rebuilt.changed, 0, "the read model is no second truth");
        line("observations a second, read model rebuilt", rate(stored(&db).await, started));
    }
    let count = stored(&db).await;
    line("observations", count.to_string());
    let bytes = bytes(bench, &db).await;
    line("the database", format!("{:.0} MB", bytes / 1e6));
    line("bytes an observation on disk, read model included", format!("{:.2}", bytes / count as f64));
    db.close().await;
    lines
}

async fn stored(db: &Db) -> u64 {
    counts::all(&mut db.read().await.expect("a transaction")).await.expect("counts").observations
}

async fn import(db: &Db, files: &[PathBuf]) {
    let ending = import::run(db, files, import::Mode::Keep, &ImportProgress::hidden(), |told| {
        assert!(told.bad.is_empty(), "{told:?}")
    })
    .await;
    assert_eq!(ending.expect("an import"), ImportOutcome::Done);
}

fn rate(count: u64, started: Instant) -> String {
    format!("{:.0}", count as f64 / started.elapsed().as_secs_f64())
}

async fn bytes(bench: &Bench, db: &Db) -> f64 {
    if let Some(path) = bench.url.strip_prefix("sqlite://") {
        return std::fs::metadata(path).expect("a file").len() as f64;
    }
    let sql = "select pg_database_size(current_database())";
    let size: i64 = sqlx::query_scalar(sql)
        .fetch_one(&mut *db.reader().await.expect("a connection"))
        .await
        .expect("a size");
    size as f64
}
