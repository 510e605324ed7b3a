//! The database is locked by another process.

use std::time::Duration;

use super::catalogue::made;
use super::process::Process;
use super::support::{Fixture, ReportSpec, free, until};
use music_analytics::server::simulator::settings::Knobs;
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_locked_for_a_while_costs_time_only() {
    let world = Fixture::with(made(2, 8), Knobs { latency_ms: 100, ..free() }).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let mut process = Process::sync(&world, &question);
    until("something is stored", async || world.number("select count(*) from fetched_windows").await > 0)
        .await;
    let mut tx = world.db.write().await.unwrap();
    sqlx::query("insert into meta (key, value) values ('a long', 'import')").execute(&mut *tx).await.unwrap();
    // Three times the lock timeout.
    sleep(Duration::from_secs(30)).await;
    assert!(!process.has_ended(), "{}", process.stderr_text());
    tx.commit().await.unwrap();
    process.succeeds(Duration::from_secs(60)).await;
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty(), "answers were kept while it waited");
    assert_eq!(world.number("select sum(attempts) + sum(crashes) from sync_units").await, 0);
}
