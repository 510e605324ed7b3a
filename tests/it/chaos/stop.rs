//! SIGTERM while the server is syncing, and the next start.

use std::time::Duration;

use super::catalogue::made;
use super::process::{Process, start_sync};
use super::support::{Fixture, ReportSpec, assert_complete, free, until};
use super::{files, signed_in};
use serde_json::Value;
use tokio::time::{Instant, timeout};

const DONE: &str = "select count(*) from sync_units where state = 'done'";

#[tokio::test(flavor = "multi_thread")]
async fn a_serving_process_stops_in_time_and_goes_on_after_its_start() {
    let mut world = Fixture::with(made(2, 10), free()).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let files = files::write(&world.catalogue, world.directory());
    let mut arguments =
        vec!["simulate", "--addr", "127.0.0.1:0", "--control", "--latency-ms", "150", "--data"];
    arguments.extend(files.iter().map(|path| path.to_str().unwrap()));
    let provider = Process::start(&world, &arguments);
    world.config.provider.base_url = Some(provider.address().await.parse().unwrap());

    let mut serving = Process::start(&world, &["serve"]);
    let base = serving.address().await;
    let client = signed_in::with_token(signed_in::TOKEN);
    let id = start_sync(&base, &question).await;
    let mut events = client.get(format!("{base}/api/v1/syncs/{id}/events")).send().await.unwrap();
    let watching = tokio::spawn(async move { while let Ok(Some(_)) = events.chunk().await {} });

    until("it works", async || world.number(DONE).await > 20).await;
    serving.signal("TERM");
    serving.succeeds(Duration::from_secs(30)).await;
    timeout(Duration::from_secs(5), watching).await.unwrap().unwrap();
    let done = world.number(DONE).await;
    assert_eq!(world.number("select count(*) from sync_units where state = 'running'").await, 0);
    assert_eq!(world.number("select count(*) from syncs where state in ('queued', 'running')").await, 1);
    assert_eq!(world.number("select sum(attempts) + sum(crashes) from sync_units").await, 0);

    let again = Instant::now();
    let serving = Process::start(&world, &["serve"]);
    until("it goes on", async || world.number(DONE).await > done).await;
    assert!(again.elapsed() < Duration::from_secs(5), "{:?}", again.elapsed());
    assert_complete(&world.ended(id.parse().unwrap()).await);
    world.assert_truth(&question).await;
    drop(serving);

    // Responses received before the stop were stored: nothing was requested twice.
    let control = client.get(format!("{}/control", world.base())).send().await.unwrap();
    let control: Value = serde_json::from_str(&control.text().await.unwrap()).unwrap();
    let mut lines: Vec<&str> = control["journal"]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["endpoint"] == "song_audience")
        .map(|entry| entry["line"].as_str().unwrap())
        .collect();
    let asked = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), asked);
}
