//! Commands killed at random, `KILLS` times each: their changes are atomic, and running them again succeeds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::catalogue::made;
use super::engine;
use super::files;
use super::process::Process;
use super::support::{Fixture, ReportSpec, free};
use music_analytics::server::store::{Db, ops::checksum as contents};
use tokio::time::{Instant, sleep};

const SOON: Duration = Duration::from_secs(60);

fn rounds() -> usize {
    std::env::var("KILLS").map_or(if engine::is_postgres() { 4 } else { 10 }, |kills| kills.parse().unwrap())
}

/// A command killed at random, with its estimated duration: on a busy or an idle machine, it is killed before its
/// end about as often as after it.
struct Killer<'a> {
    world: &'a Fixture,
    takes: Duration,
    chance: fastrand::Rng,
    kills: usize,
}

impl<'a> Killer<'a> {
    /// For a command that has taken the time since `begun`.
    fn of(world: &'a Fixture, begun: Instant) -> Self {
        Killer { world, takes: begun.elapsed(), chance: fastrand::Rng::with_seed(31), kills: 0 }
    }

    /// Kills the command; returns whether it had already succeeded.
    async fn kill(&mut self, arguments: &[&str]) -> bool {
        let mut process = Process::start(self.world, arguments);
        sleep(self.takes.mul_f64(self.chance.f64() * 1.2)).await;
        let has_ended = process.has_ended();
        if has_ended {
            process.succeeds(SOON).await;
            self.takes = self.takes.mul_f64(0.95);
        } else {
            process.signal("KILL");
            process.exit(SOON).await;
            self.takes = self.takes.mul_f64(1.05);
            self.kills += 1;
        }
        has_ended
    }
}

async fn data(db: &Db) -> String {
    contents::read(&mut db.read().await.unwrap(), |_, _| {}).await.unwrap().data
}

/// A database with a catalogue, and a file with values.
async fn with_values() -> (Fixture, String) {
    let catalogue = made(2, 30);
    let world = Fixture::with(catalogue, free()).await;
    let files: Vec<String> = files::write(&world.catalogue, world.directory())
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let [artists, tracks, parts, values, _] = &files[..] else { panic!("{files:?}") };
    Process::start(&world, &["import", artists, tracks, parts]).succeeds(SOON).await;
    (world, values.clone())
}

async fn last_import(world: &Fixture) -> String {
    world.number("select max(id) from imports where undone_at is null").await.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_and_undos_that_are_killed_leave_all_or_nothing() {
    let (world, values) = with_values().await;
    let empty = data(&world.db).await;
    // Import ids differ between runs and are part of the data, so reports are compared instead.
    let question = ReportSpec::month(&[0, 1]);
    let said = async || world.report(&question).await.hash;
    let nothing = said().await;
    let begun = Instant::now();
    Process::start(&world, &["import", &values]).succeeds(SOON).await;
    let mut killer = Killer::of(&world, begun);
    let full = said().await;
    assert_ne!(nothing, full);
    let (mut is_full, mut kills, mut done) = (true, [0, 0], [0, 0]);
    while kills[0] + kills[1] < rounds() {
        let before = killer.kills;
        if is_full {
            killer.kill(&["import", "undo", &last_import(&world).await]).await;
        } else {
            killer.kill(&["import", &values]).await;
        }
        let has_values = said().await == full;
        assert!(has_values || data(&world.db).await == empty, "after {kills:?} kills it is neither");
        kills[usize::from(is_full)] += killer.kills - before;
        done[usize::from(is_full)] += usize::from(has_values != is_full);
        is_full = has_values;
    }
    if !is_full {
        Process::start(&world, &["import", &values]).succeeds(SOON).await;
    }
    assert_eq!(said().await, full);
    Process::start(&world, &["check"]).succeeds(SOON).await;
    eprintln!("{kills:?} imports and undos were killed, {done:?} were done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_killed_is_done_by_the_next_one() {
    let (world, values) = with_values().await;
    Process::start(&world, &["import", &values]).succeeds(SOON).await;
    let whole = data(&world.db).await;
    let begun = Instant::now();
    Process::start(&world, &["rebuild"]).succeeds(SOON).await;
    let mut killer = Killer::of(&world, begun);
    while killer.kills < rounds() {
        let mut tx = world.db.write().await.unwrap();
        sqlx::query("delete from series").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        while !killer.kill(&["rebuild"]).await && killer.kills < rounds() {}
    }
    Process::start(&world, &["rebuild"]).succeeds(SOON).await;
    assert_eq!(data(&world.db).await, whole);
    Process::start(&world, &["check"]).succeeds(SOON).await;
    eprintln!("{} rebuilds were killed", killer.kills);
}

/// Kills a command that creates a file: the file is missing or complete.
async fn makes_all_or_nothing(world: &Fixture, arguments: impl Fn(&Path) -> Vec<String>) {
    let what = arguments(Path::new("")).swap_remove(0);
    let place = |number: usize| world.directory().join(format!("{what}-{number}.db"));
    let begun = Instant::now();
    let run = |to: PathBuf| {
        let arguments = arguments(&to);
        async move { Process::start(world, &arguments).succeeds(SOON).await }
    };
    run(place(0)).await;
    let mut killer = Killer::of(world, begun);
    let whole = data(&world.db).await;
    let (mut number, mut found) = (1, 0);
    while killer.kills < rounds() {
        let to = place(number);
        let arguments = arguments(&to);
        let has_ended = killer.kill(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(!has_ended || to.exists());
        if to.exists() {
            let made = Db::open(&format!("sqlite://{}", to.display())).await.unwrap();
            assert_eq!(data(&made).await, whole, "it is there, so it is whole");
            made.close().await;
            found += 1;
            number += 1;
        }
    }
    run(place(number)).await;
    assert_eq!(data(&world.db).await, whole);
    Process::start(world, &["check"]).succeeds(SOON).await;
    eprintln!("{what} was killed {} times, and {found} times it was done", killer.kills);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_killed_is_whole_or_not_there() {
    let (world, values) = with_values().await;
    Process::start(&world, &["import", &values]).succeeds(SOON).await;
    let url = world.url();
    makes_all_or_nothing(&world, |to| {
        vec!["copy".to_owned(), url.clone(), format!("sqlite://{}", to.display())]
    })
    .await;
    if !engine::is_postgres() {
        makes_all_or_nothing(&world, |to| vec!["backup".to_owned(), to.display().to_string()]).await;
    }
}
