//! Cancelling a sync: prompt, without data loss, and without effect on other syncs.

use std::time::Duration;

use music_analytics::domain::sync::SyncState;
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::sync::{self, WorkerConfig};
use tokio::time::sleep;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, fast_polling, free, until};

const STORED: &str = "select coalesce(sum(count), 0) from observations";

async fn slow() -> Fixture {
    let mut world = Fixture::with(made(2, 16), Knobs { latency_ms: 150, ..free() }).await;
    world.config.provider.concurrency = 4;
    world.add_artists(&[0, 1]).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn after_two_seconds_nothing_is_asked_any_more_and_a_retry_does_the_rest() {
    let world = slow().await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    // The workers poll at the normal interval.
    let workers = world
        .workers_at(WorkerConfig { poll_interval: WorkerConfig::default().poll_interval, ..fast_polling() })
        .await;
    until("something is stored", async || world.number(STORED).await > 0).await;
    sync::cancel(&world.db, id).await.unwrap();
    let stored = world.number(STORED).await;
    sleep(Duration::from_secs(2)).await;
    let asked = world.requests();
    assert_eq!(world.number("select count(*) from sync_units where state in ('queued', 'running')").await, 0);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.requests(), asked);
    let status = sync::status(&world.db, id).await.unwrap();
    assert!(status.state == SyncState::Cancelled && status.percent < 100, "{status:?}");
    assert!(world.number(STORED).await >= stored);
    // Cancelling again changes nothing.
    sync::cancel(&world.db, id).await.unwrap();
    assert_eq!(sync::status(&world.db, id).await.unwrap(), status);

    world.simulator.set(free());
    assert_eq!(sync::retry(&world.db, &world.provider().await, id).await.unwrap(), id);
    workers.wake().notify_one();
    assert_complete(&world.ended(id).await);
    workers.stop().await;
    world.assert_truth(&question).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_sync_needs_goes_on() {
    let world = slow().await;
    let (one, both) = (ReportSpec::month(&[0]), ReportSpec::month(&[0, 1]));
    let (first, second) = (world.begin(&one).await, world.begin(&both).await);
    let workers = world.workers().await;
    until("something is stored", async || world.number(STORED).await > 0).await;
    sync::cancel(&world.db, first).await.unwrap();
    world.simulator.set(free());
    assert_complete(&world.ended(second).await);
    world.assert_truth(&both).await;
    world.assert_truth(&one).await;
    assert_eq!(sync::status(&world.db, first).await.unwrap().state, SyncState::Cancelled);
    // Nothing remains to be retried.
    let asked = world.requests();
    sync::retry(&world.db, &world.provider().await, first).await.unwrap();
    assert_complete(&world.ended(first).await);
    workers.stop().await;
    assert_eq!(world.requests(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_a_worker_that_waits_for_a_slow_provider_ask_on() {
    let mut world = Fixture::new(made(1, 16)).await;
    world.config.provider.concurrency = 4;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    let real = WorkerConfig::default();
    let workers = world
        .workers_at(WorkerConfig {
            poll_interval: real.poll_interval,
            heartbeat: real.heartbeat,
            ..fast_polling()
        })
        .await;
    until("the songs are known", async || world.number("select count(*) from tracks").await > 0).await;
    world.simulator.set(Knobs { latency_ms: 4_000, ..free() });
    let asked = || world.requests();
    // The maximum number is in flight, and the other claimed units wait.
    let mut before = asked();
    until("nothing is asked for a while", async || {
        sleep(Duration::from_millis(500)).await;
        std::mem::replace(&mut before, asked()) == asked()
    })
    .await;
    // From another process, which does not wake the workers here.
    sync::cancel(&world.second_connection().await, id).await.unwrap();
    sleep(Duration::from_secs(2)).await;
    let then = asked();
    sleep(Duration::from_secs(4)).await;
    assert_eq!(asked(), then);
    workers.stop().await;
}
