//! Syncs discover work in rounds: songs after their list, more distant days after nearby ones.

use std::collections::BTreeSet;

use music_analytics::domain::sync::SyncState;
use music_analytics::server::base::clock::today;
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::sync::{self, Started};

use super::catalogue::{made, track};
use super::support::{Fixture, ReportSpec, assert_complete};

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_nobody_asked_for_in_so_many_words_ends_at_its_limit() {
    let world = Fixture::new(made(1, 8)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let Started::Open(id, plan) = world.ask(&question.request().with_request_limit(30)).await else {
        panic!("nothing is missing")
    };
    assert!(plan.requests <= 30, "{plan:?}");
    // The limit is not part of the request's key.
    assert!(matches!(world.ask(&question.request()).await, Started::Open(same, _) if same == id));
    let status = world.finish(id).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    assert_eq!(world.simulator.journal().counts_for(Endpoint::SongAudience).received, 0);
    assert!(world.requests() <= 30);

    assert_eq!(sync::retry(&world.db, &world.provider().await, id).await.unwrap(), id);
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_that_goes_on_is_fetched_up_to_yesterday() {
    let world = Fixture::new(made(1, 3)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec { from: today() - 20, to: today() + 5, ..ReportSpec::month(&[0]) };
    assert_complete(&world.run(&question).await);
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)));
    let past = ReportSpec { to: today() - 1, ..question.clone() };
    world.assert_truth(&past).await;
    let so_far = world.report(&question).await.summary.total.unwrap();
    let known = world.report(&past).await.summary.total.unwrap();
    assert_eq!((so_far.estimate, so_far.exact), (known.estimate, false));
    assert!(world.simulator.journal().units().keys().all(|unit| unit.to < today()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_window_further_where_the_nearest_observation_lies_there() {
    let mut catalogue = made(1, 2);
    let question = ReportSpec::month(&[0]);
    // No data from long before the range until three days into it: one step spans the gap.
    let sparse: BTreeSet<_> = (question.from - 50).up_to(question.from + 2).collect();
    for line in catalogue.observations.iter_mut().filter(|line| line.track_uuid == track(1)) {
        line.observations.retain(|observation| !sparse.contains(&observation.day));
    }
    let world = Fixture::new(catalogue).await;
    world.add_artists(&[0]).await;
    assert_complete(&world.run(&question).await);
    let journal = world.simulator.journal();
    let further: Vec<_> = journal.units().into_keys().filter(|unit| unit.to < question.from - 28).collect();
    assert!(!further.is_empty() && further.iter().all(|unit| unit.of == track(1)), "{further:?}");
    assert!(journal.days_fetched_again().is_empty());
    let rows = world.report(&question).await.tracks;
    let of_it = rows.iter().find(|row| row.uuid == track(1)).unwrap().total.unwrap();
    // Without the data before it, the first days would be unknown, bounded by the whole counter.
    assert!(!of_it.exact && of_it.high.is_some_and(|high| high - of_it.low < 60_000), "{of_it:?}");
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)));
}
