//! `check`.

use super::shell::Cli;
use super::support::{catalogue, contents, data, filled, names, run, run_in};

#[test]
fn a_sound_database_is_counted() {
    let shell = filled();
    let (out, err) = shell.expect(0, &["check"]);
    assert!(err.contains("All is well"), "{err}");
    for table in ["artists", "observations", "sync_units", "series"] {
        assert!(out.lines().any(|line| line.ends_with(&format!(" {table}"))), "{out}");
    }
    let other = filled();
    assert_eq!(data(&shell), data(&other), "the same files, imported twice");
    assert_ne!(contents(&shell), contents(&other), "in two logs");
}

#[test]
fn what_is_wrong_is_found() {
    for (spoil, finding) in [
        ("update series set packed = x'00' where track_id = (select min(track_id) from series)", "rebuild"),
        ("delete from series where track_id = (select min(track_id) from series)", "series: 1 of"),
        ("pragma foreign_keys = off; delete from tracks", "name a row of tracks"),
        (
            "pragma writable_schema = on; update sqlite_master set rootpage = (select rootpage from sqlite_master
             where name = 'charts_by_country') where name = 'sync_needs_by_unit'",
            "2nd reference to page",
        ),
    ] {
        let shell = filled();
        run(&shell, spoil);
        let (out, err) = shell.expect(1, &["check"]);
        assert!(err.contains(finding), "{spoil}: {err}");
        assert!(out.is_empty(), "{out}");
    }
}

#[test]
fn a_rebuild_mends_the_read_model() {
    let shell = filled();
    let before = contents(&shell);
    run(&shell, "delete from series");
    shell.expect(1, &["check"]);
    shell.expect(0, &["rebuild"]);
    // Invalidates the series that running processes have cached.
    run(&shell, "update ids set last = last - 1 where name = 'data_version'");
    assert_eq!(contents(&shell), before);
}

#[test]
fn no_database_is_made() {
    let shell = Cli::new();
    let (_, err) = shell.expect(1, &["check"]);
    assert!(err.contains("no database") && err.contains("DATABASE_URL"), "{err}");
    assert!(names(&shell, ".").is_empty());
}

/// A file that is not a database of this program fails the check.
#[test]
fn what_holds_nothing_is_not_sound() {
    let shell = filled();
    let at = shell.path("data/test.db");
    let copy = std::fs::read(&at).unwrap();
    for (bytes, said) in [
        (Vec::new(), "is empty"),
        (b"not a database at all, but longer than a head".to_vec(), "is no SQLite database"),
        (copy[..4096].to_vec(), "damaged"),
    ] {
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(shell.path(&format!("data/test.db{beside}")));
        }
        std::fs::write(&at, &bytes).unwrap();
        let file = catalogue().join("artists.csv");
        let mut commands =
            vec![vec!["check"], vec!["rebuild"], vec!["artist", "search", "a"], vec!["user", "list"]];
        // An empty file becomes a database, like a missing one.
        commands.extend((!bytes.is_empty()).then(|| vec!["import", file.to_str().unwrap()]));
        for command in &commands {
            let (_, err) = shell.expect(1, command);
            assert!(err.contains(said) && !err.contains("import is running"), "{command:?}: {err}");
        }
        assert_eq!(std::fs::read(&at).unwrap(), bytes, "it is left as it is");
    }
}

/// A database of another program is left unchanged.
#[test]
fn what_belongs_to_others_is_left_alone() {
    let shell = filled();
    let at = shell.path("data/other.db");
    std::fs::write(&at, "").unwrap();
    run_in(&at, "create table somebody (elses)");
    let before = std::fs::read(&at).unwrap();
    for command in [vec!["check"], vec!["user", "add", "ada@example.com"], vec!["serve"]] {
        let output = shell.command(&command).env("DATABASE_URL", "sqlite://data/other.db").output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && err.contains("of something else"), "{command:?}: {err}");
    }
    assert_eq!(std::fs::read(&at).unwrap(), before);
}

/// Unwritable output is an error; an unwritable log is not.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error_and_a_log_is_none() {
    let shell = filled();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for command in [vec!["check"], vec!["import", "list"], vec!["user", "list"]] {
        let output = shell.command(&command).stdout(full()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let said = err.matches("cannot write to standard output: No space left on device").count();
        assert!(
            output.status.code() == Some(1) && said == 1 && err.matches("No space").count() == 1,
            "{err}"
        );
        let output = shell.command(&command).stderr(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{command:?}");
    }
}
