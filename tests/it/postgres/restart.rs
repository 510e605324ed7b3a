//! The PostgreSQL server restarts during a sync.

use std::time::Duration;

use super::catalogue::made;
use super::cluster::Cluster;
use super::house::TestServer;
use super::process::Process;
use super::signed_in::{self, TOKEN, with_token};
use super::support::{Fixture, ReportSpec, free, until};
use music_analytics::server::config::Config;
use music_analytics::server::simulator::settings::Knobs;
use tokio::time::sleep;

const STORED: &str = "select count(*) from fetched_windows";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_costs_time_only() {
    let cluster = Cluster::start();
    let url = cluster.new_database().await;
    let world = Fixture::at(&url, made(2, 8), Knobs { latency_ms: 100, ..free() }).await;
    world.add_artists(&[0, 1]).await;
    let question = ReportSpec::month(&[0, 1]);
    let config = signed_in::configured(Config::default());
    let house = TestServer::at(config, &url, tempfile::tempdir().unwrap()).await;
    let mut process = Process::sync(&world, &question);
    until("something is stored", async || world.number(STORED).await > 0).await;

    let stopped = cluster.stop();
    let client = with_token(TOKEN);
    let refused = client.get(house.url("/api/v1/platforms")).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("The database is unreachable"), "{refused}");
    let nobody = signed_in::anonymous().build().unwrap();
    assert_eq!(nobody.get(house.url("/readyz")).send().await.unwrap().status(), 503);
    assert_eq!(nobody.get(house.url("/healthz")).send().await.unwrap().status(), 200);
    sleep(Duration::from_secs(5)).await;
    assert!(!process.has_ended(), "{}", process.stderr_text());

    let _cluster = stopped.start();
    assert_eq!(client.get(house.url("/api/v1/platforms")).send().await.unwrap().status(), 200);
    process.succeeds(Duration::from_secs(60)).await;
    world.assert_truth(&question).await;
    assert_eq!(world.number("select sum(crashes) from sync_units").await, 0);
    assert!(!process.stderr_text().contains("s3cret"));
}
