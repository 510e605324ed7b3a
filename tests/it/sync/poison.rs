//! A unit of work that crashes every process.

use music_analytics::domain::sync::SyncState;
use music_analytics::server::base::clock::now_ms;
use music_analytics::server::store::tables::units::{self, Claim, ClaimedUnit};
use music_analytics::server::sync;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete};

async fn claimed(world: &Fixture, worker: &str, most: usize) -> Vec<ClaimedUnit> {
    let mut tx = world.db.write().await.unwrap();
    let claim = Claim { worker, now: now_ms(), until: now_ms() + 600_000, most, is_idle: true };
    let claimed = units::claim(&mut tx, claim).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn crash_worker(world: &Fixture, worker: &str) -> Vec<i64> {
    let mut tx = world.db.write().await.unwrap();
    let given_up = units::reclaim(&mut tx, worker, now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    given_up
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_crashes_alone_a_unit_is_given_up_and_a_retry_does_it() {
    let world = Fixture::new(made(1, 2)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    let poison = claimed(&world, "first", 1).await.remove(0);
    assert!(!claimed(&world, "healthy", 1_000).await.is_empty());
    assert!(crash_worker(&world, "first").await.is_empty());
    for (worker, given_up) in [("second", vec![]), ("third", vec![poison.id])] {
        let again = claimed(&world, worker, 1_000).await;
        assert_eq!(again.iter().map(|unit| unit.id).collect::<Vec<_>>(), [poison.id], "it is held alone");
        assert_eq!(crash_worker(&world, worker).await, given_up);
    }
    let mut tx = world.db.write().await.unwrap();
    units::release(&mut tx, "healthy").await.unwrap();
    tx.commit().await.unwrap();

    let status = world.finish(id).await;
    assert_eq!(status.state, SyncState::Partial, "{status:?}");
    assert_eq!(status.failures.len(), 1, "{status:?}");
    assert_eq!(sync::retry(&world.db, &world.provider().await, id).await.unwrap(), id);
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_with_many_units_at_work_blame_none_of_them() {
    let world = Fixture::new(made(1, 2)).await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let id = world.begin(&question).await;
    let all = claimed(&world, "first", 1_000).await.len();
    assert!(all > 5);
    assert!(crash_worker(&world, "first").await.is_empty());
    // Each is a suspect and tried alone.
    assert_eq!(claimed(&world, "second", 1_000).await.len(), 1);
    assert!(crash_worker(&world, "second").await.is_empty());
    assert_complete(&world.finish(id).await);
    world.assert_truth(&question).await;
}
