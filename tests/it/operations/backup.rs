//! `backup`.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::shell::Cli;
use super::support::{checksum, contents, filled, names};

#[test]
fn a_backup_holds_what_the_database_holds_and_replaces_nothing() {
    let shell = filled();
    let before = contents(&shell);
    let (out, err) = shell.expect(0, &["backup", "copy.db"]);
    assert_eq!(checksum(&out), before);
    assert!(err.contains("copy.db") && err.contains("iB"), "{err}");
    assert_eq!(contents(&shell), before, "the database is as it was");
    let bytes = std::fs::read(shell.path("copy.db")).unwrap();
    for taken in ["copy.db", "data/test.db"] {
        let (_, err) = shell.expect(1, &["backup", taken]);
        assert!(err.contains("is there already"), "{err}");
    }
    assert!(std::fs::read(shell.path("copy.db")).unwrap() == bytes);
    assert_eq!(names(&shell, "."), ["copy.db", "data"], "nothing is left beside it");
}

#[test]
fn what_cannot_be_backed_up_is_said() {
    let shell = Cli::new();
    let (_, err) = shell.expect(1, &["backup", "copy.db"]);
    assert!(err.contains("no database") && err.contains("DATABASE_URL"), "{err}");
    assert!(names(&shell, ".").is_empty(), "none is made");
    let (_, err) = filled().expect(1, &["backup", "no/such/place.db"]);
    assert!(err.contains("no/such"), "{err}");
    for (command, program) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let postgres =
            shell.command(&[command, "copy.db"]).env("DATABASE_URL", "postgres://h/d").output().unwrap();
        assert_eq!(postgres.status.code(), Some(2));
        assert!(String::from_utf8(postgres.stderr).unwrap().contains(program));
    }
}

#[test]
fn a_backup_that_is_stopped_leaves_all_or_nothing() {
    let shell = filled();
    let before = contents(&shell);
    for milliseconds in 0..20 {
        let mut backup = shell.command(&["backup", "copy.db"]).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds * 2));
        let stopped = Command::new("kill").args(["-TERM", &backup.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        backup.wait().unwrap();
        if shell.path("copy.db").exists() {
            let elsewhere = Cli::new();
            elsewhere.expect(0, &["restore", shell.path("copy.db").to_str().unwrap()]);
            assert_eq!(contents(&elsewhere), before);
            std::fs::remove_file(shell.path("copy.db")).unwrap();
        }
        assert_eq!(names(&shell, "."), ["data"], "after {milliseconds}");
    }
}
