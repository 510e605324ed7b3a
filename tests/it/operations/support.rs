//! Filled databases, and helpers to damage them.

use std::path::Path;

use sqlx::{AnyConnection, Connection as _};

use super::shell::Cli;

/// One of the golden catalogues.
pub fn catalogue() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/1"))
}

/// A fixture with data.
pub fn filled() -> Cli {
    let shell = Cli::new();
    shell.import(catalogue());
    shell
}

/// Runs SQL directly on the database.
pub fn run(shell: &Cli, sql: &'static str) {
    run_in(&shell.path("data/test.db"), sql);
}

/// Runs SQL on another file.
pub fn run_in(file: &Path, sql: &'static str) {
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", file.display());
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut conn = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    });
}

/// The checksum in a command's output.
#[track_caller]
pub fn checksum(out: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix("contents "));
    let checksum = line.unwrap_or_else(|| panic!("no checksum in {out}"));
    assert_eq!(checksum.len(), 64);
    checksum.to_owned()
}

/// The contents that `check` reports.
#[track_caller]
pub fn contents(shell: &Cli) -> String {
    checksum(&shell.expect(0, &["check"]).0)
}

/// The data checksum that `check` reports.
#[track_caller]
pub fn data(shell: &Cli) -> String {
    let out = shell.expect(0, &["check"]).0;
    let line = out.lines().find_map(|line| line.strip_prefix("data "));
    line.unwrap_or_else(|| panic!("no checksum of the data in {out}")).to_owned()
}

/// The sorted file names in a directory of the fixture.
pub fn names(shell: &Cli, directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(shell.path(directory)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
