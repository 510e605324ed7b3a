//! The disk is full during a sync.

use std::time::Duration;

use super::catalogue::made;
use super::process::Process;
use super::support::{Fixture, ReportSpec, until};
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn no_room_for_a_while_costs_time_only() {
    let world = Fixture::new(made(2, 8)).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let log = std::fs::metadata(world.directory().join("test.db-wal")).unwrap().len();
    let mut process = Process::sync_within(&world, &question, log + 256 * 1024);
    until("something cannot be stored", async || process.stderr_text().contains("disk I/O error")).await;
    // Long enough for several failed attempts, some of them with single results.
    sleep(Duration::from_secs(8)).await;
    assert!(!process.has_ended(), "{}", process.stderr_text());
    assert_eq!(world.number("select count(*) from sync_units where state = 'failed'").await, 0);

    process.unlimit();
    process.succeeds(Duration::from_secs(60)).await;
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty(), "answers were kept while they waited");
    assert_eq!(world.number("select sum(attempts) + sum(crashes) from sync_units").await, 0);
}
