//! Requests outside the plan, and how reports show what is missing and why.

use music_analytics::domain::sync::{CauseCount, FailureCause, SyncState};
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::sync::{self, Started};

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, free, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_the_plan_does_not_include_is_refused_three_times_and_not_for_each_song() {
    let world = Fixture::faulty(made(1, 60), &["forbidden@song_audience"], free()).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    let status = world.finish(id).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    let asked = || world.simulator.journal().counts_for(Endpoint::SongAudience).received;
    let [CauseCount { cause: FailureCause::NotInPlan, count }] = status.causes[..] else {
        panic!("{:?}", status.causes)
    };
    assert!(count > 250, "all of {count} series are told");
    assert!(status.message.contains("Not in your plan"), "{}", status.message);
    // Requests in flight when the third was refused are sent as well.
    let first = asked();
    assert!(first < 100, "{first} refusals for {count} series");

    let report = world.report(&question).await;
    let incomplete = report.incomplete.as_ref().unwrap();
    assert_eq!((incomplete.series, incomplete.series_of), (count, count));
    assert_eq!(incomplete.causes, status.causes);
    assert_eq!(report.warnings[0].code, "incomplete");

    // The plan is presumably unchanged, but a manual retry clears the refusals.
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)));
    assert_eq!(asked(), first);
    sync::retry(&world.db, &world.provider().await, id).await.unwrap();
    assert_eq!(world.finish(id).await.state, SyncState::Partial);
    assert!(asked() > first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_incomplete_until_everything_is_fetched() {
    let world = Fixture::new(made(2, 3)).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let report = world.report(&question).await;
    assert_eq!(
        report.incomplete.as_ref().map(|incomplete| (incomplete.series, incomplete.artists)),
        Some((0, 2))
    );
    assert!(report.warnings[0].message.contains("the songs of 2 artists"), "{:?}", report.warnings);
    assert_eq!(world.run(&question).await.state, SyncState::Complete);
    assert_eq!(world.report(&question).await.incomplete, None);
    let longer = world.report(&ReportSpec::two_months(&[0, 1])).await.incomplete.unwrap();
    assert!(longer.series > 0 && longer.causes.is_empty(), "never asked for: {longer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_silent_is_named_within_seconds() {
    let knobs = music_analytics::server::simulator::settings::Knobs { stall_ms: 9_000, ..free() };
    let world = Fixture::faulty(made(1, 3), &["stall@artist_songs:times=1"], knobs).await;
    world.add_artists(&[0]).await;
    let id = world.begin(&ReportSpec::month(&[0])).await;
    let began = std::time::Instant::now();
    let workers = world.workers().await;
    until("the sync says that nobody answers", async || {
        sync::status(&world.db, id).await.unwrap().message.contains("isn't responding")
    })
    .await;
    assert!(began.elapsed().as_secs() < 8, "{:?}", began.elapsed());
    assert_eq!(world.ended(id).await.state, SyncState::Complete);
    workers.stop().await;
}
