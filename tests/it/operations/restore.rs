//! `restore`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use super::shell::Cli;
use super::support::{checksum, contents, filled, names, run, run_in};

/// A database with a backup next to it.
fn backed_up() -> (Cli, String) {
    let shell = filled();
    let (out, _) = shell.expect(0, &["backup", "copy.db"]);
    (shell, checksum(&out))
}

fn kept(shell: &Cli) -> Vec<String> {
    names(shell, "data").into_iter().filter(|name| name.contains("-before-restore-")).collect()
}

#[test]
fn an_empty_place_gets_the_same_contents() {
    let (shell, copied) = backed_up();
    let elsewhere = Cli::new();
    let (out, err) = elsewhere.expect(0, &["restore", shell.path("copy.db").to_str().unwrap()]);
    assert_eq!(checksum(&out), copied);
    assert!(!err.contains("kept"), "{err}");
    assert_eq!(contents(&elsewhere), copied);
    assert_eq!(contents(&shell), copied);
    assert!(kept(&elsewhere).is_empty());
}

#[test]
fn the_database_that_was_there_is_kept_and_can_be_restored() {
    let (shell, copied) = backed_up();
    run(&shell, "insert into meta (key, value) values ('later', 'work')");
    let later = contents(&shell);
    assert_ne!(later, copied);
    for _ in 0..3 {
        let (_, err) = shell.expect(0, &["restore", "copy.db"]);
        assert!(err.contains("-before-restore-"), "{err}");
        assert_eq!(contents(&shell), copied);
    }
    let kept = kept(&shell);
    assert_eq!(kept.len(), 3, "{kept:?}");
    let first = kept.iter().min_by_key(|name| (name.len(), (*name).clone())).unwrap();
    shell.expect(0, &["restore", &format!("data/{first}")]);
    assert_eq!(contents(&shell), later);
    assert!(names(&shell, "data").iter().all(|name| !name.starts_with(".music-analytics")));
}

#[test]
fn what_is_no_sound_backup_changes_nothing() {
    let (shell, copied) = backed_up();
    std::fs::write(shell.path("text.db"), "no database, but long enough to be one".repeat(100)).unwrap();
    std::fs::write(shell.path("empty.db"), "").unwrap();
    std::fs::write(shell.path("other.db"), "").unwrap();
    run_in(&shell.path("other.db"), "create table songs (name text)");
    let bytes = std::fs::read(shell.path("copy.db")).unwrap();
    std::fs::write(shell.path("half.db"), &bytes[..bytes.len() / 2]).unwrap();
    let mut flipped = bytes.clone();
    let page = 16_384;
    flipped[page * 3..page * 4].fill(0x5a);
    std::fs::write(shell.path("flipped.db"), flipped).unwrap();
    std::fs::write(shell.path("orphan.db"), &bytes).unwrap();
    run_in(&shell.path("orphan.db"), "pragma foreign_keys = off; delete from artists");
    for (file, why) in [
        ("text.db", "not a database"),
        ("empty.db", "not a database of music-analytics"),
        ("other.db", "not a database of music-analytics"),
        ("half.db", "not a sound database"),
        ("flipped.db", "not a sound database"),
        ("orphan.db", "track_artists"),
        ("none.db", "No such file"),
        ("data/test.db", "the database itself"),
    ] {
        let (_, err) = shell.expect(1, &["restore", file]);
        assert!(err.contains(file) && err.contains(why), "{file}: {err}");
        assert_eq!(contents(&shell), copied, "{file}");
    }
    assert!(kept(&shell).is_empty());
    assert!(names(&shell, "data").iter().all(|name| !name.starts_with(".music-analytics")));
}

#[test]
fn a_damaged_database_is_replaced_and_kept_with_its_log() {
    let (shell, copied) = backed_up();
    std::fs::write(shell.path("data/test.db"), "spoilt".repeat(10_000)).unwrap();
    std::fs::write(shell.path("data/test.db-wal"), "a log").unwrap();
    shell.expect(0, &["restore", "copy.db"]);
    assert_eq!(contents(&shell), copied);
    let kept = kept(&shell);
    let log = format!("{}-wal", kept[0]);
    assert!(kept.contains(&log), "{kept:?}");
    assert_eq!(std::fs::read(shell.path("data").join(log)).unwrap(), b"a log");
    assert_eq!(std::fs::read(shell.path("data").join(&kept[0])).unwrap(), "spoilt".repeat(10_000).as_bytes());
}

#[test]
fn what_is_still_in_a_log_beside_the_file_is_restored_too() {
    let (shell, _) = backed_up();
    let served = Served::start(&shell);
    run(&shell, "insert into meta (key, value) values ('in the', 'log')");
    for suffix in ["", "-wal"] {
        std::fs::copy(
            shell.path(&format!("data/test.db{suffix}")),
            shell.path(&format!("by-hand.db{suffix}")),
        )
        .unwrap();
    }
    drop(served);
    let elsewhere = Cli::new();
    elsewhere.expect(0, &["restore", shell.path("by-hand.db").to_str().unwrap()]);
    assert_eq!(contents(&elsewhere), contents(&shell));
}

#[test]
fn a_database_that_somebody_works_on_is_not_replaced() {
    let (shell, copied) = backed_up();
    let served = Served::start(&shell);
    let (_, err) = shell.expect(1, &["restore", "copy.db"]);
    assert!(err.contains("another process serves"), "{err}");
    drop(served);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = music_analytics::server::store::Db::open(&shell.url()).await.unwrap();
        let (_, err) = shell.expect(1, &["restore", "copy.db"]);
        assert!(err.contains("another process works on"), "{err}");
        let worker = db.worker_lock("w").await.unwrap();
        let (_, err) = shell.expect(1, &["restore", "copy.db"]);
        assert!(err.contains("another process works on"), "{err}");
        drop(worker);
        db.close().await;
    });
    assert!(kept(&shell).is_empty());
    shell.expect(0, &["restore", "copy.db"]);
    assert_eq!(contents(&shell), copied);
}

/// A server process on the fixture's database.
struct Served(Child);

impl Served {
    fn start(shell: &Cli) -> Self {
        let mut child = shell.command(&["serve"]).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.map_while(Result::ok).any(|line| line.contains("serving at")));
        Served(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
