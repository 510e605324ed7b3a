//! Equal and overlapping requests share their work.

use std::collections::BTreeSet;

use music_analytics::server::sync::{self, Provider, Started, Workers};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete, ended, fast_polling};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_equal_requests_at_once_are_one_sync() {
    let world = Fixture::new(made(1, 2)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let mut asking = JoinSet::new();
    for db in [world.db.clone(), world.second_connection().await].into_iter().cycle().take(100) {
        let request = question.request();
        let provider = Provider::choose(&world.config, &db).await.unwrap();
        asking.spawn(async move { sync::start(&db, &provider, &request).await.unwrap() });
    }
    let id = |started: Started| match started {
        Started::Open(id, _) => id,
        Started::NothingMissing(plan) => panic!("nothing is missing: {plan:?}"),
    };
    let ids: BTreeSet<Uuid> = asking.join_all().await.into_iter().map(id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.number("select count(*) from syncs").await, 1);
    assert_complete(&world.finish(*ids.first().unwrap()).await);
    world.assert_truth(&question).await;
    assert!(world.simulator.journal().days_fetched_again().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_requests_fetch_no_day_twice() {
    let world = Fixture::new(made(3, 5)).await;
    world.add_artists(&[0, 1]).await;
    let elsewhere = world.second_connection().await;
    let questions = [ReportSpec::month(&[0]), ReportSpec::two_months(&[0, 1])];
    let workers = [
        world.workers().await,
        Workers::start(
            &elsewhere,
            &Provider::choose(&world.config, &elsewhere).await.unwrap(),
            2,
            fast_polling(),
        )
        .await
        .unwrap(),
    ];
    let (first, second) = tokio::join!(world.begin(&questions[0]), world.begin(&questions[1]));
    assert_complete(&world.ended(first).await);
    assert_complete(&ended(&elsewhere, second).await);
    for workers in workers {
        workers.stop().await;
    }
    for question in &questions {
        world.assert_truth(question).await;
    }
    let journal = world.simulator.journal();
    assert!(journal.days_fetched_again().is_empty(), "{:?}", journal.days_fetched_again());
    assert!(journal.units().values().all(|times| *times == 1));
}
