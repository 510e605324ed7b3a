//! Fencing: a worker that lost its lease writes nothing.

use std::time::Duration;

use music_analytics::server::base::clock::now_ms;
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::sync::WorkerConfig;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, fast_polling, free, until};

const RUNNING: &str = "select count(*) from sync_units where task = 'audience' and state = 'running'";
const STORED: &str = "select count(*) from fetched_windows";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_unit_that_was_taken_away_is_not_written() {
    // Results are collected until the last, slow one arrives, so the units stay in flight.
    let knobs = Knobs { stall_ms: 1_500, ..free() };
    let world = Fixture::faulty(made(1, 4), &["stall@song_audience:times=1"], knobs).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    let pace = WorkerConfig {
        batch_window: Duration::from_secs(60),
        lease: Duration::from_secs(60),
        ..fast_polling()
    };
    let workers = world.workers_at(pace).await;
    let mut units = 0;
    until("all audiences but one are answered", async || {
        units = world.number(RUNNING).await;
        let asked = world.simulator.journal().counts_for(Endpoint::SongAudience);
        units > 10 && asked.received == units as u64 && asked.answered + 1 == asked.received
    })
    .await;
    assert_eq!(world.number(STORED).await, 0);

    // A live worker takes all of them but one.
    let somebody = world.db.worker_lock("somebody").await.unwrap();
    let mut tx = world.db.write().await.unwrap();
    let taken = sqlx::query(
        "update sync_units set lease = lease + 1, leased_by = 'somebody', leased_until = $1
         where task = 'audience' and state = 'running' and id <> (select min(id) from sync_units where task = 'audience')",
    )
    .bind(now_ms() + 600_000)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken.rows_affected() as i64, units - 1);

    // Results are written together: once this one is stored, so are the others.
    until("the answers are written", async || world.number(STORED).await > 0).await;
    assert_eq!(world.number(STORED).await, 1);
    assert!(world.number("select count(*) from observations").await <= 2, "one track on one platform");
    assert_eq!(world.number(RUNNING).await, units - 1);

    // One worker ends, and the other does its work.
    drop(somebody);
    assert_complete(&world.ended(id).await);
    workers.stop().await;
    world.assert_truth(&question).await;
    assert_eq!(world.number(STORED).await, units);
}
