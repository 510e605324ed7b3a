//! The quota reserve is never used.

use music_analytics::domain::sync::SyncState;
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::sync::{self, Provider, Workers};

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, fast_polling, free, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_stops_before_the_reserve_and_goes_on_when_there_is_more() {
    let (quota, reserve) = (45, 15);
    let mut world = Fixture::with(made(1, 12), Knobs { quota: Some(quota), ..free() }).await;
    world.config.provider.quota_reserve = Some(reserve);
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let status = world.run(&question).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    assert!(status.failures.iter().all(|failure| failure.reason.contains("reserve")), "{status:?}");
    let journal = world.simulator.journal();
    let answered = journal.all.answered - journal.counts_for(Endpoint::Usage).answered;
    assert!(answered <= quota - u64::from(reserve), "{answered} calls");
    // It did not stop too early: at most this many requests are in flight at once.
    let concurrency = u64::from(world.config.provider.concurrency);
    assert!(answered + concurrency >= quota - u64::from(reserve), "{answered} calls");

    world.simulator.set(Knobs { quota: Some(1_000), ..free() });
    let id = sync::retry(&world.db, &world.provider().await, status.id).await.unwrap();
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty(), "what was fetched was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_together_leave_the_reserve_alone() {
    let (quota, reserve) = (75, 20);
    let knobs = Knobs { quota: Some(quota), latency_ms: 20, ..free() };
    let mut world = Fixture::with(made(2, 14), knobs).await;
    world.config.provider.quota_reserve = Some(reserve);
    world.add_artists(&[0, 1]).await;
    let id = world.begin(&ReportSpec::month(&[0, 1])).await;
    let first = world.workers().await;
    until("one has begun", async || world.requests() > 5).await;
    let elsewhere = world.second_connection().await;
    let provider = Provider::choose(&world.config, &elsewhere).await.unwrap();
    let second = Workers::start(&elsewhere, &provider, 2, fast_polling()).await.unwrap();
    let status = world.ended(id).await;
    first.stop().await;
    second.stop().await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    let journal = world.simulator.journal();
    let answered = journal.all.answered - journal.counts_for(Endpoint::Usage).answered;
    assert!(answered <= quota - u64::from(reserve), "{answered} calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up_ends_the_sync_with_the_reason() {
    let world = Fixture::faulty(made(1, 6), &["quota@song_audience:times=1"], free()).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let status = world.run(&question).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    assert!(!status.failures.is_empty());
    for failure in &status.failures {
        assert!(failure.reason.contains("quota") || failure.reason.contains("reserve"), "{failure:?}");
    }
    let id = sync::retry(&world.db, &world.provider().await, status.id).await.unwrap();
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
}
