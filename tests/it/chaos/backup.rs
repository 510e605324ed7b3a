//! Backups while a sync writes, and restores that are killed.

use std::path::Path;
use std::time::Duration;

use super::catalogue::made;
use super::process::Process;
use super::support::{Fixture, ReportSpec, free, until};
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::store::Db;
use music_analytics::server::store::ops::checksum;
use tokio::time::{Instant, sleep};

const SOON: Duration = Duration::from_secs(30);

/// The checksum reported by `check`, which must succeed.
async fn checksum(world: &Fixture, url: &str) -> String {
    Process::start_on(world, url, &["check"]).succeeds(SOON).await;
    let db = Db::open(url).await.unwrap();
    let contents = checksum::read(&mut db.read().await.unwrap(), |_, _| {}).await.unwrap();
    db.close().await;
    contents.checksum
}

async fn back_up(world: &Fixture, to: &Path) {
    Process::start(world, &["backup", to.to_str().unwrap()]).succeeds(SOON).await;
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_while_a_sync_writes_are_sound_and_cost_it_nothing() {
    let world = Fixture::with(made(2, 20), Knobs { latency_ms: 20, ..free() }).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let mut process = Process::sync(&world, &question);
    let mut states = Vec::new();
    for number in 0.. {
        let stored = world.number("select count(*) from fetched_windows").await;
        until("more is stored", async || {
            world.number("select count(*) from fetched_windows").await > stored || process.has_ended()
        })
        .await;
        let working = !process.has_ended();
        let (copy, back) = (
            world.directory().join(format!("{number}.db")),
            world.directory().join(format!("{number}-back.db")),
        );
        back_up(&world, &copy).await;
        Process::start_on(&world, &url(&back), &["restore", copy.to_str().unwrap()]).succeeds(SOON).await;
        let restored = checksum(&world, &url(&back)).await;
        assert_eq!(checksum(&world, &url(&copy)).await, restored);
        states.push(restored);
        if !working {
            break;
        }
    }
    process.succeeds(SOON).await;
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty());
    assert_eq!(world.number("select sum(attempts) + sum(crashes) from sync_units").await, 0);
    assert_eq!(checksum(&world, &world.url()).await, *states.last().unwrap());
    states.dedup();
    eprintln!("{} states while it wrote", states.len());
    assert!(states.len() > 2, "it was not caught at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_killed_leaves_the_old_database_or_the_new_one() {
    let world = Fixture::new(made(2, 20)).await;
    world.add_artists(&[0, 1]).await;
    let copy = world.directory().join("copy.db");
    back_up(&world, &copy).await;
    let new = checksum(&world, &url(&copy)).await;
    world.run(&ReportSpec::month(&[0, 1])).await;
    let old = checksum(&world, &world.url()).await;
    assert_ne!(old, new);
    let later = world.directory().join("later.db");
    back_up(&world, &later).await;
    world.db.close().await;

    let restore = |file: &Path| Process::start(&world, &["restore", file.to_str().unwrap()]);
    let begun = Instant::now();
    restore(&copy).succeeds(SOON).await;
    let mut whole = begun.elapsed();
    let mut chance = fastrand::Rng::with_seed(21);
    let (files, states) = ([&later, &copy], [&old, &new]);
    let mut state = 1;
    let mut seen = [0; 2];
    for _ in 0..40 {
        let wanted = 1 - state;
        let mut process = restore(files[wanted]);
        sleep(whole.mul_f64(chance.f64() * 1.2)).await;
        process.signal("KILL");
        process.exit(SOON).await;
        let found = checksum(&world, &world.url()).await;
        state = states.iter().position(|state| **state == found).expect("it is one of the two");
        seen[usize::from(state == wanted)] += 1;
        // Adapts to the machine: kill later if the last kill came too early, earlier otherwise.
        whole = whole.mul_f64(if state == wanted { 0.9 } else { 1.1 });
    }
    eprintln!("{seen:?} within {whole:?}");
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}: always the same");
    restore(&later).succeeds(SOON).await;
    assert_eq!(checksum(&world, &world.url()).await, old);
    // Every file named like an earlier database is complete and differs from the current one.
    for entry in std::fs::read_dir(world.directory()).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("-before-restore-")
            && path.extension().is_some_and(|e| !is_beside(e))
        {
            let found = checksum(&world, &url(&path)).await;
            assert!(found == old || found == new, "{}", path.display());
            assert_eq!(checksum(&world, &world.url()).await, old);
        }
    }
}

fn is_beside(extension: &std::ffi::OsStr) -> bool {
    let extension = extension.to_string_lossy();
    ["-wal", "-shm", "-lock"].iter().any(|end| extension.ends_with(end))
}
