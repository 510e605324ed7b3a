//! `copy` between engines is complete or has no effect.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use music_analytics::server::store::Db;
use sqlx::{AnyConnection, Connection as _};

use super::cluster;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_music-analytics"));
    command.args(arguments).env_clear();
    command
}

/// Exit code, standard output and standard error.
fn run(url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(arguments).env("DATABASE_URL", url).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{out}{err}");
    (output.status.code(), out, err)
}

#[track_caller]
fn succeeds(url: &str, arguments: &[&str]) -> String {
    let (code, out, err) = run(url, arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {err}");
    out
}

#[track_caller]
fn copies(from: &str, to: &str) -> String {
    checksum(&succeeds("sqlite://unused.db", &["copy", from, to]))
}

#[track_caller]
fn refuses(from: &str, to: &str, words: &[&str]) {
    let (code, out, err) = run("sqlite://unused.db", &["copy", from, to]);
    assert!(code == Some(1) && out.is_empty(), "{code:?} {out}");
    assert!(words.iter().all(|word| err.contains(word)), "{words:?}: {err}");
}

#[track_caller]
fn checksum(out: &str) -> String {
    let line = out.lines().find_map(|line| line.strip_prefix("contents "));
    line.unwrap_or_else(|| panic!("no checksum in {out}")).to_owned()
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// The demo catalogue, generated once, copied to a file of this test.
fn demo(directory: &Path) -> String {
    static DEMO: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("demo.db");
        succeeds(&sqlite(&file), &["demo"]);
        (directory, file)
    });
    let copy = directory.join("from.db");
    std::fs::copy(&DEMO.1, &copy).unwrap();
    sqlite(&copy)
}

async fn execute(url: &str, sql: &'static str) {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

async fn number(url: &str, sql: &'static str) -> i64 {
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    number
}

async fn tables(url: &str) -> i64 {
    number(url, "select count(*) from information_schema.tables where table_schema = 'public'").await
}

/// The hash of a report on every artist with tracks.
async fn report(url: &str) -> String {
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let artists: Vec<String> = sqlx::query_scalar(
        "select distinct a.uuid from artists a join track_artists t on t.artist_id = a.id where a.uuid is not null
         order by 1",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let last: i64 =
        sqlx::query_scalar("select max(last_day) from observations").fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let day = |number: i64| music_analytics::domain::Day::from_number(number).unwrap().to_string();
    let (from, to) = (day(last - 60), day(last - 30));
    let mut arguments = vec!["report", "--from", &from, "--to", &to, "--json"];
    artists.iter().for_each(|artist| arguments.extend(["--artist", artist]));
    let report: serde_json::Value = serde_json::from_str(&succeeds(url, &arguments)).unwrap();
    assert!(report["summary"]["total"]["estimate"].as_i64().unwrap() > 0);
    report["hash"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_demo_moves_there_and_back_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    let back = sqlite(&directory.path().join("a place/back.db"));
    let (before, began) = (checksum(&succeeds(&from, &["check"])), Instant::now());
    assert_eq!(copies(&from, &server), before);
    eprintln!("to PostgreSQL in {:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(copies(&server, &back), before);
    eprintln!("back in {:?}", began.elapsed());
    let hash = report(&from).await;
    for url in [&server, &back] {
        assert_eq!(checksum(&succeeds(url, &["check"])), before);
        assert_eq!(report(url).await, hash);
    }
    // New rows get unused ids.
    let artists = directory.path().join("artists.csv");
    std::fs::write(&artists, "uuid,name\nb0000000-0000-4000-8000-000000000001,Zoë\n").unwrap();
    for url in [&from, &server, &back] {
        execute(url, "delete from meta where key = 'holding'").await;
        succeeds(url, &["import", artists.to_str().unwrap()]);
    }
    assert_eq!(number(&server, "select count(*) - max(id) from artists").await, 0);
}

#[tokio::test]
async fn a_copy_that_is_killed_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    let file = directory.path().join("to/copy.db");
    // PostgreSQL takes longer than SQLite.
    let mut targets = Vec::new();
    let mut whole = String::new();
    for (to, another) in [
        (server.clone(), cluster::new_database().await),
        (sqlite(&file), sqlite(&directory.path().join("another.db"))),
    ] {
        let began = Instant::now();
        whole = copies(&from, &another);
        targets.push((to, began.elapsed(), 0));
    }
    for (part, signal) in [(1, "KILL"), (2, "TERM"), (4, "KILL"), (6, "KILL"), (8, "TERM")] {
        for (to, took, stopped) in &mut targets {
            let mut copy =
                command(&["copy", &from, to]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
            tokio::time::sleep(*took * part / 10).await;
            Command::new("kill").args([&format!("-{signal}"), &copy.id().to_string()]).status().unwrap();
            let ended = copy.wait().unwrap();
            if ended.success() {
                // It finished faster than the measured one.
                assert_eq!(checksum(&succeeds(to, &["check"])), whole);
                continue;
            }
            *stopped += 1;
            assert!(!file.exists(), "after {part}");
            let until = Instant::now() + Duration::from_secs(20);
            while number(
                &server,
                "select count(*) from pg_stat_activity where datname = current_database()
                 and pid <> pg_backend_pid()",
            )
            .await
                > 0
            {
                assert!(Instant::now() < until, "the server notices");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let (code, _, err) = run(to, &["check"]);
            assert!(code == Some(1) && err.contains("there is no database"), "{err}");
        }
        let _ = std::fs::remove_file(&file);
        execute(&server, "drop schema public cascade; create schema public").await;
    }
    assert!(
        targets.iter().all(|(_, _, stopped)| *stopped >= 2),
        "some were to be stopped half way: {targets:?}"
    );
    assert_eq!(copies(&from, &server), whole);
    assert_eq!(copies(&from, &sqlite(&file)), whole);
}

#[tokio::test]
async fn a_place_that_is_not_empty_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    execute(&server, "create table notes (text text)").await;
    refuses(&from, &server, &["has tables already", "create a new database"]);
    assert_eq!(tables(&server).await, 1);
    succeeds(&from, &["check"]);
    refuses(&from, &from, &["from.db is there already", "replaces nothing"]);
    let file = directory.path().join("to.db");
    std::fs::write(&file, "").unwrap();
    refuses(&server, &sqlite(&file), &["to.db is there already"]);
    assert!(std::fs::read(&file).unwrap().is_empty());
}

#[tokio::test]
async fn tables_of_this_version_with_nothing_in_them_are_filled() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    // Like a new database after `distribute`: with one additional counter row.
    Db::open(&server).await.unwrap().close().await;
    execute(&server, "insert into ids (name, last) values ('settled_versions', 1000000)").await;
    let whole = copies(&from, &server);
    assert_eq!(checksum(&succeeds(&server, &["check"])), whole);
    assert_eq!(report(&server).await, report(&from).await);
    let settled =
        "select last - (select cast(sum(last) as bigint) from ids where name in ('catalogue_version',
                   'data_version', 'artist_level_version', 'charts_version', 'registry_version'))
                   from ids where name = 'settled_versions'";
    assert_eq!(number(&server, settled).await, 0, "reports are kept in memory");
    refuses(&from, &server, &["already", "create a new database"]);

    for used in [
        "insert into fetches (id, source, detail, started_at) values (1, 'import', 'a.csv', 0)",
        "insert into meta (key, value) values ('holding', 'real')",
        "delete from _sqlx_migrations where version = 9",
        "alter table rate_limits rename to limits",
    ] {
        let server = cluster::new_database().await;
        Db::open(&server).await.unwrap().close().await;
        execute(&server, used).await;
        refuses(&from, &server, &["already", "create a new database"]);
        assert_eq!(number(&server, "select count(*) from artists").await, 0, "{used}");
    }
}

#[tokio::test]
async fn what_cannot_be_copied_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    let none = directory.path().join("none.db");
    refuses(&sqlite(&none), &server, &["there is no database", "FROM"]);
    refuses(&server, &sqlite(&none), &["there is no database of music-analytics", "FROM"]);
    refuses(&from, "postgres://ada:s3cret@127.0.0.1:1/music", &["postgres://127.0.0.1:1/music"]);
    for (arguments, name) in [(["data.db", &server], "FROM"), ([&from, "mysql://ada:s3cret@h/d"], "TO")] {
        let (code, _, err) = run("sqlite://unused.db", &[&["copy"], &arguments[..]].concat());
        assert!(code == Some(2) && err.contains(name) && err.contains("sqlite://PATH"), "{err}");
    }
    execute(&from, "create table notes (text text)").await;
    refuses(&from, &server, &["the table notes"]);
    assert!(!none.exists());
    assert_eq!(tables(&server).await, 0);
}

#[tokio::test]
async fn another_version_is_brought_up_to_date_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (from, server) = (demo(directory.path()), cluster::new_database().await);
    let before = checksum(&succeeds(&from, &["check"]));
    execute(&from, "drop table api_calls; delete from _sqlx_migrations where version = 6").await;
    assert_eq!(copies(&from, &server), before, "the table is there again");
    execute(
        &from,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9000, 'later', 1, x'00', 0)",
    )
    .await;
    let server = cluster::new_database().await;
    refuses(&from, &server, &["newer version", "9000", "from.db"]);
    assert_eq!(tables(&server).await, 0);
}
