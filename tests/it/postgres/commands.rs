//! Commands on a PostgreSQL database.

use std::path::Path;
use std::process::Command;

use super::cluster;

/// Exit code, standard output and standard error.
pub fn run(directory: &Path, url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_music-analytics"));
    let output = command
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("DATABASE_URL", url)
        .env("RUST_LOG", "trace")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{out}{err}");
    (output.status.code(), out, err)
}

#[tokio::test]
async fn say_what_postgres_has_programs_of_its_own_for() {
    let (directory, url) = (tempfile::tempdir().unwrap(), cluster::new_database().await);
    let directory = directory.path();
    for (arguments, program) in [(["backup", "x.db"], "pg_dump"), (["restore", "x.db"], "pg_restore")] {
        let (code, _, err) = run(directory, &url, &arguments);
        assert!(code == Some(2) && err.contains(program), "{code:?} {err}");
    }
}

#[tokio::test]
async fn check_reads_everything_and_makes_nothing() {
    let (directory, url) = (tempfile::tempdir().unwrap(), cluster::new_database().await);
    let directory = directory.path();
    let (code, _, err) = run(directory, &url, &["check"]);
    assert!(code == Some(1) && err.contains("there is no database of music-analytics"), "{err}");
    // The same rows have the same checksum on both engines.
    let file = format!("sqlite://{}/a.db", directory.display());
    std::fs::write(directory.join("artists.csv"), "uuid,name,slug\n").unwrap();
    let contents = [url.as_str(), &file].map(|url| {
        assert_eq!(run(directory, url, &["user", "list"]).0, Some(1), "looking makes no tables");
        assert_eq!(run(directory, url, &["import", "artists.csv"]).0, Some(0), "it makes the tables");
        let (code, out, err) = run(directory, url, &["check"]);
        assert_eq!(code, Some(0), "{err}");
        out
    });
    assert_eq!(contents[0], contents[1]);

    let artist = "a0000000-0000-4000-8000-000000000001";
    std::fs::write(directory.join("artists.csv"), format!("uuid,name\n{artist},Anna\n")).unwrap();
    let (code, _, err) = run(directory, &url, &["import", "artists.csv"]);
    assert_eq!(code, Some(0), "{err}");
    let (code, out, err) = run(directory, &url, &["check"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains(" 1 artists\n") && out.contains("contents ") && !contents.contains(&out), "{out}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_to_be_so_without_the_password() {
    let directory = tempfile::tempdir().unwrap();
    let url = cluster::new_database().await.replace("/test", "/no-such-test");
    let (code, _, err) = run(directory.path(), &url, &["check"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("cannot use the database postgres://localhost/no-such-test"), "{err}");
    let (code, _, err) = run(directory.path(), "postgres://ada:s3cret@127.0.0.1:1/music", &["demo"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("postgres://127.0.0.1:1/music"), "{err}");
}
