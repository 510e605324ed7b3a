//! Progress of a running sync.

use std::time::Duration;

use music_analytics::domain::sync::{SyncState, SyncStatus};
use music_analytics::server::simulator::settings::Knobs;
use music_analytics::server::sync;
use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;

use super::catalogue::made;
use super::served::ApiServer;
use super::support::{Fixture, ReportSpec, assert_complete, free};

async fn slow() -> Fixture {
    let mut world = Fixture::with(made(2, 8), Knobs { latency_ms: 60, ..free() }).await;
    world.config.provider.concurrency = 3;
    world.add_artists(&[0, 1]).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_percentage_never_falls_and_is_100_at_the_end_only() {
    let world = slow().await;
    let id = world.begin(&ReportSpec::month(&[0, 1])).await;
    let workers = world.workers().await;
    let mut seen = vec![sync::status(&world.db, id).await.unwrap()];
    while seen.last().unwrap().state.is_open() {
        sleep(Duration::from_millis(3)).await;
        let status = sync::status(&world.db, id).await.unwrap();
        if Some(&status) != seen.last() {
            seen.push(status);
        }
    }
    workers.stop().await;
    assert_complete(seen.last().unwrap());
    assert_grows(&seen);
    assert!(seen.len() > 10, "{} changes", seen.len());
    assert!(seen.iter().any(|status| status.eta_seconds.is_some()));
    assert!(seen.iter().any(|status| status.message.contains("Track ")));
}

/// Percentage, state and counts never go back.
fn assert_grows(seen: &[SyncStatus]) {
    let rank = |state| match state {
        SyncState::Queued => 0,
        SyncState::Running => 1,
        _ => 2,
    };
    for pair in seen.windows(2) {
        let is_later = pair[0].percent <= pair[1].percent
            && pair[0].done <= pair[1].done
            && pair[0].total <= pair[1].total
            && rank(pair[0].state) <= rank(pair[1].state);
        assert!(is_later, "{pair:?}");
    }
    for status in seen {
        assert_eq!(status.percent == 100, !status.state.is_open(), "{status:?}");
        assert!(status.done <= status.total, "{status:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_every_change_and_end_with_the_sync() {
    let world = slow().await;
    let served = ApiServer::over(&world).await;
    let id = world.begin(&ReportSpec::month(&[0, 1])).await;
    let mut response = served.send(Method::GET, &format!("/syncs/{id}/events"), None).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let mut text = String::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text += std::str::from_utf8(&chunk).unwrap();
    }
    let told: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|json| serde_json::from_str(json).unwrap())
        .collect();
    let percents: Vec<u64> = told.iter().map(|status| status["percent"].as_u64().unwrap()).collect();
    assert!(percents.len() > 2 && percents.is_sorted(), "{percents:?}");
    let (last, others) = told.split_last().unwrap();
    assert_eq!((last["state"].as_str(), last["percent"].as_u64()), (Some("complete"), Some(100)));
    assert!(others.iter().all(|status| ["queued", "running"].contains(&status["state"].as_str().unwrap())));
    served.stop().await;
}
