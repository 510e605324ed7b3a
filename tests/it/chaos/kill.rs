//! `kill -9` at random points, `KILLS` times.

use std::time::Duration;

use super::catalogue::made;
use super::engine;
use super::process::Process;
use super::support::{Fixture, ReportSpec, assert_complete, free, until};
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::store::ops::checksum;
use tokio::time::sleep;

/// Maximum number of units that a process holds: twice the requests in flight of two workers.
const HELD: u64 = 32;

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_killed_again_and_again_loses_nothing() {
    let usual = if engine::is_postgres() { 5 } else { 20 };
    let rounds: usize = std::env::var("KILLS").map_or(usual, |kills| kills.parse().unwrap());
    let question = ReportSpec::month(&[0, 1, 2, 3]);
    let calm = Fixture::new(made(4, rounds)).await;
    calm.add_artists(&question.artists).await;
    assert_complete(&calm.run(&question).await);
    let planned = calm.requests();

    let world = Fixture::with(calm.catalogue.clone(), Knobs { latency_ms: 30, ..free() }).await;
    world.add_artists(&question.artists).await;
    let mut chance = fastrand::Rng::with_seed(20);
    let mut kills = 0;
    // On a slow machine a few more kills, until some audiences are stored.
    while kills < rounds || world.number("select count(*) from fetched_windows").await == 0 {
        let mut process = Process::sync(&world, &question);
        // Enough for any single unit, so that every process makes progress.
        let enough = world.requests() + chance.u64(6..40);
        until("it has asked", async || world.requests() >= enough || process.has_ended()).await;
        sleep(Duration::from_millis(chance.u64(0..60))).await;
        assert!(!process.has_ended(), "it was done before the last kill: {}", process.stderr_text());
        process.signal("KILL");
        process.exit(Duration::from_secs(5)).await;
        kills += 1;
    }
    let open = "select count(*) from sync_units where state in ('queued', 'running')";
    world.simulator.set(free());
    Process::sync(&world, &question).succeeds(Duration::from_secs(60)).await;

    world.assert_truth(&question).await;
    assert_eq!(world.number(open).await, 0);
    assert_eq!(world.number("select count(*) from syncs where state <> 'complete'").await, 0);
    assert_eq!(world.number("select count(*) from syncs").await, 1, "always the same one");
    Process::start(&world, &["check"]).succeeds(Duration::from_secs(30)).await;
    let asked = world.requests();
    eprintln!("{asked} questions to the provider for {planned} and {kills} kills");
    assert!(planned <= asked && asked <= planned + kills as u64 * HELD, "{asked} for {planned}");
}

/// A killed undo has no effect; a reported undo is complete.
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_is_killed_leaves_all_or_nothing() {
    let world = Fixture::with(made(2, 2), free()).await;
    world.add_artists(&[0, 1]).await;
    let tracks: Vec<String> = (0..300).map(|n| format!("70000000-0000-4000-8000-{n:012}")).collect();
    let rows = tracks.iter().map(|track| format!("{track},Name,\n"));
    let catalogue = format!("uuid,name,isrc\n{}", rows.collect::<String>());
    let days = (1..=28).flat_map(|day| {
        tracks.iter().map(move |track| format!("{track},spotify,one,2026-09-{day:02},{}\n", day * 100))
    });
    let values = format!("track_uuid,platform,identifier,date,value\n{}", days.collect::<String>());
    let files = [("tracks.csv", catalogue), ("values.csv", values)].map(|(name, text)| {
        let path = world.directory().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    let data = async || checksum::read(&mut world.db.read().await.unwrap(), |_, _| {}).await.unwrap().data;
    let before = data().await;
    Process::start(&world, &["import", &files[0], &files[1]]).succeeds(Duration::from_secs(60)).await;
    let imported = data().await;
    let id = world.number("select max(id) from imports").await.to_string();
    let mut chance = fastrand::Rng::with_seed(12);
    let mut kills = 0;
    while data().await == imported && kills < 8 {
        let mut process = Process::start(&world, &["import", "undo", &id]);
        sleep(Duration::from_millis(chance.u64(0..700))).await;
        process.signal("KILL");
        process.exit(Duration::from_secs(5)).await;
        kills += 1;
    }
    if data().await == imported {
        Process::start(&world, &["import", "undo", &id]).succeeds(Duration::from_secs(60)).await;
    }
    assert_eq!(data().await, before, "after {kills} kills");
    Process::start(&world, &["check"]).succeeds(Duration::from_secs(30)).await;
}
