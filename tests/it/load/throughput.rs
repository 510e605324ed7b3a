//! How fast a sync stores the responses of a provider without latency, and how reports are affected. Prints
//! measurements; fails only far beyond the goals, because machines differ.

use std::time::Duration;

use music_analytics::server::base::clock::today;
use music_analytics::server::reports;
use music_analytics::server::sync::{WorkerConfig, Workers};
use tokio::time::Instant;

use super::catalogue::made;
use super::support::{Fixture, ReportSpec, assert_complete};

/// Observations per second.
const AIM: f64 = 20_000.0;
/// How much longer a report may take during a sync.
const RATIO_AIM: f64 = 2.0;
/// The test fails beyond this multiple of the goal.
const WRONG: f64 = 3.0;
const STORED: &str = "select coalesce(sum(count), 0) from observations";

async fn asked(world: &Fixture, question: &ReportSpec) -> Duration {
    let began = Instant::now();
    reports::report(&world.db, &question.query(), today()).await.unwrap();
    began.elapsed()
}

fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn observations_are_stored_fast_and_reports_go_on() {
    let world = Fixture::new(made(6, 60)).await;
    world.add_artists(&[0, 1, 2, 3, 4, 5]).await;
    let (first, rest) = (ReportSpec::month(&[0]), ReportSpec::month(&[1, 2, 3, 4, 5]));
    assert_complete(&world.run(&first).await);
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(asked(&world, &first).await);
    }

    let before = world.number(STORED).await;
    let id = world.begin(&rest).await;
    let began = Instant::now();
    let workers =
        Workers::start(&world.db, &world.provider().await, 2, WorkerConfig::default()).await.unwrap();
    let ending = world.ended(id);
    tokio::pin!(ending);
    let mut during = Vec::new();
    let status = loop {
        tokio::select! {
            status = &mut ending => break status,
            time = asked(&world, &first) => during.push(time),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    workers.stop().await;
    assert_complete(&status);
    world.assert_truth(&rest).await;
    let stored = world.number(STORED).await - before;
    let speed = stored as f64 / seconds;
    let (idle, during) = (p95(idle), p95(during));
    let ratio = during.as_secs_f64() / idle.as_secs_f64();
    eprintln!(
        "{stored} observations in {seconds:.1} s: {speed:.0} a second (aim {AIM:.0}); a report at p95 {idle:?} idle, \
         {during:?} during the sync: {ratio:.1} times (aim {RATIO_AIM:.0})",
    );
    assert!(speed > AIM / WRONG, "{speed:.0} observations a second");
    assert!(ratio < RATIO_AIM * WRONG, "{ratio:.1} times as long");
}
