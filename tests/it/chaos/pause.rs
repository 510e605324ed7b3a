//! A process is paused for longer than its lease.

use std::time::Duration;

use super::catalogue::made;
use super::process::Process;
use super::support::{Fixture, ReportSpec, free, until};
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Knobs;
use tokio::time::{Instant, sleep};

/// Everything that a worker writes.
async fn written(world: &Fixture) -> Vec<String> {
    let mut tx = world.db.read().await.unwrap();
    let packed: Vec<Vec<u8>> =
        sqlx::query_scalar("select packed from observations order by track_id, platform_id, identifier")
            .fetch_all(&mut *tx)
            .await
            .unwrap();
    let mut all: Vec<String> = packed.iter().map(|bytes| format!("{bytes:?}")).collect();
    for sql in [
        "select track_id || ' ' || platform_id || ' ' || identifier from observations order by 1",
        "select track_id || ' ' || platform_id || ' ' || from_day || ' ' || fetch_id from fetched_windows order by 1",
        "select id || ' ' || detail || ' ' || started_at from fetches order by id",
        "select id || ' ' || state || ' ' || done || ' ' || percent || ' ' || message || ' ' || finished_at from syncs order by 1",
        "select id || ' ' || state || ' ' || lease || ' ' || attempts || ' ' || coalesce(reason, '') from sync_units order by id",
    ] {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *tx).await.unwrap();
        assert!(!rows.is_empty(), "{sql}");
        all.extend(rows);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wakes_after_its_lease_writes_nothing_of_what_others_did_meanwhile() {
    let knobs = Knobs { stall_ms: 4_000, ..free() };
    let world = Fixture::faulty(made(1, 3), &["stall@song_audience:tries=1"], knobs).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let mut sleeper = Process::sync(&world, &question);
    until("audiences are under way", async || {
        world.simulator.journal().counts_for(Endpoint::SongAudience).received >= 8
    })
    .await;
    sleeper.signal("STOP");
    let paused = Instant::now();
    world.simulator.set(free());
    let mut other = Process::sync(&world, &question);
    other.succeeds(Duration::from_secs(60)).await;
    let taken_over = paused.elapsed();
    world.assert_truth(&question).await;
    assert!(taken_over < Duration::from_secs(47), "{taken_over:?}");
    assert!(taken_over > Duration::from_secs(20), "its lease was not respected: {taken_over:?}");

    let before = written(&world).await;
    sleeper.signal("CONT");
    sleeper.succeeds(Duration::from_secs(30)).await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(written(&world).await, before);
    world.assert_truth(&question).await;
}
