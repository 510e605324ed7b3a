//! Two instances share a database; the one running a sync is killed.

use std::time::Duration;

use super::catalogue::made;
use super::process::{Process, start_sync};
use super::support::{Fixture, ReportSpec, assert_complete, free, until};
use super::{cluster, signed_in};
use music_analytics::server::simulator::settings::Knobs;
use tokio::time::Instant;

const HELD: &str = "select count(*) from sync_units where state = 'running' and task = 'audience'";
const DONE: &str = "select count(*) from sync_units where state = 'done'";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_left_goes_on_within_45_seconds() {
    // One worker claims everything at once, and responses are slow.
    let url = cluster::new_database().await;
    let world = Fixture::at(&url, made(1, 5), Knobs { latency_ms: 1_000, ..free() }).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let mut working = Process::start(&world, &["serve"]);
    let base = working.address().await;
    let id = start_sync(&base, &question).await.parse().unwrap();
    until("it holds audiences", async || world.number(HELD).await > 0).await;

    let other = Process::start(&world, &["serve"]);
    let elsewhere = other.address().await;
    until("both live", async || world.db.other_workers().await.unwrap() == 1).await;
    working.signal("KILL");
    working.exit(Duration::from_secs(5)).await;
    let killed = Instant::now();
    let done = world.number(DONE).await;
    until("the other one goes on", async || world.number(DONE).await > done).await;
    let waited = killed.elapsed();
    eprintln!("taken over after {waited:?}");
    assert!(waited < Duration::from_secs(45), "{waited:?}");
    assert_complete(&world.ended(id).await);
    world.assert_truth(&question).await;
    assert!(other.stderr_text().contains("worker is dead"), "{}", other.stderr_text());

    let status = signed_in::with_token(signed_in::TOKEN)
        .get(format!("{elsewhere}/api/v1/syncs/{id}"))
        .send()
        .await
        .unwrap();
    assert_eq!(status.status(), 200, "whoever answers knows of it");
    assert_eq!(world.db.other_workers().await.unwrap(), 0);
}
