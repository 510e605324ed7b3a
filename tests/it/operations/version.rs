//! Databases of other product versions.

use super::shell::Cli;
use super::support::{contents, filled, run};

const NEWER: &str = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                     values (9000, 'later', 1, x'00', 0)";
const OTHER: &str = "update _sqlx_migrations set checksum = x'00' where version = 2";

const ARTIST: &str = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";

/// Asserts that every command that opens a database rejects this one and leaves it unchanged.
fn is_refused(shell: &Cli, words: &[&str]) {
    let before = std::fs::read(shell.path("data/test.db")).unwrap();
    let question = ["--artist", ARTIST, "--month", "2026-09"];
    for command in [
        &["serve"][..],
        &[&["report"], &question[..]].concat(),
        &[&["sync"], &question[..]].concat(),
        &["import", "none.csv"],
        &["demo"],
        &["rebuild"],
        &["check"],
        &["backup", "copy.db"],
    ] {
        let (out, err) = shell.expect(1, command);
        assert!(out.is_empty(), "{command:?}: {out}");
        for word in [&["data/test.db", env!("CARGO_PKG_VERSION"), "install", "restore"], words].concat() {
            assert!(err.contains(word), "{command:?}: {err}");
        }
    }
    assert!(std::fs::read(shell.path("data/test.db")).unwrap() == before, "it is as it was");
    assert!(!shell.path("copy.db").exists());

    let empty = Cli::new();
    let (_, err) = empty.expect(1, &["restore", shell.path("data/test.db").to_str().unwrap()]);
    assert!(err.contains("data/test.db") && words.iter().all(|word| err.contains(word)), "{err}");
    assert!(!empty.path("data/test.db").exists());
}

#[test]
fn a_newer_database_is_refused() {
    let shell = filled();
    run(&shell, NEWER);
    is_refused(&shell, &["newer version of music-analytics", "9000"]);
}

#[test]
fn a_database_of_another_build_is_refused() {
    let shell = filled();
    run(&shell, OTHER);
    is_refused(&shell, &["another build of music-analytics", "migration 2"]);
}

/// Removes what the release before accounts did not have.
const BEFORE_ACCOUNTS: &str =
    "drop table half_sign_ins; drop table recovery_codes; drop table second_factors;
                               drop table identities; drop table sign_in_flows;
                               drop table audit_log; drop table sign_in_tries; drop table api_tokens;
                               drop table sessions; drop table users;
                               delete from _sqlx_migrations where version in (5, 10, 11)";

#[test]
fn an_older_database_is_brought_up_to_date_with_its_data() {
    let shell = filled();
    let report =
        ["report", "--artist", "c386bbc4-cd61-4e30-98f1-6adf91b7584a", "--month", "2026-04", "--json"];
    run(&shell, "delete from audit_log");
    let (before, contents_before) = (shell.expect(0, &report).0, contents(&shell));
    run(&shell, BEFORE_ACCOUNTS);
    let after = shell.expect(0, &report).0;
    let without_time = |text: &str| {
        let mut report: serde_json::Value = serde_json::from_str(text).unwrap();
        report["generated_at"].take();
        report
    };
    assert_eq!(without_time(&before), without_time(&after));
    assert_eq!(contents_before, contents(&shell), "nothing is lost, and the new tables are there");
    shell.expect(0, &["user", "add", "ada@example.com"]);
}

#[test]
fn the_program_says_its_version() {
    let (out, _) = Cli::new().expect(0, &["--version"]);
    assert_eq!(out.trim(), concat!("music-analytics ", env!("CARGO_PKG_VERSION")));
}
