//! Rate limit, quota and plan.

use std::time::{Duration, Instant};

use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Knobs;

use super::support::{Provider, artist};

const PATH: &str = "/api/v2/referential/platforms";

#[tokio::test]
async fn too_many_in_a_minute_have_to_wait() {
    let provider = Provider::with(Knobs { per_minute: Some(3), minute_ms: 1_500, ..Knobs::default() }).await;
    for left in ["2", "1", "0"] {
        let answer = provider.get(PATH).await;
        assert_eq!((answer.status, answer.headers["x-ratelimit-remaining"].as_str()), (200, left));
        assert_eq!(
            (answer.headers["x-ratelimit-limit"].as_str(), answer.headers["x-ratelimit-reset"].as_str()),
            ("3", "2")
        );
    }
    let answer = provider.get(PATH).await;
    assert!(answer.status == 429 && answer.message().contains("maximum request count"));
    let wait: u64 = answer.headers["x-ratelimit-reset"].parse().unwrap();
    assert!((1..=2).contains(&wait));
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(provider.status(PATH).await, 200);
}

#[tokio::test]
async fn only_answers_with_data_use_the_quota_and_a_tenth_more_is_given() {
    let provider = Provider::with(Knobs { quota: Some(20), ..Knobs::default() }).await;
    let left = async |path: &str| provider.get(path).await.headers["x-quota-remaining"].clone();
    assert_eq!(left(PATH).await, "19");
    assert_eq!(left("/api/v2.9/artist/none").await, "19");
    assert_eq!(left(&format!("{PATH}?limit=101")).await, "19");
    for _ in 0..20 {
        left(PATH).await;
    }
    assert_eq!(left(PATH).await, "0");
    let answer = provider.get(PATH).await;
    assert!(answer.status == 429 && !answer.message().contains("maximum request count"));
    assert!(answer.headers.contains_key("x-ratelimit-reset"));
    let usage = provider.get("/api/v2/team/usage").await;
    assert_eq!((usage.status, usage.headers["x-quota-remaining"].as_str()), (200, "0"), "free");
    provider.simulator.turn(serde_json::json!({"quota": 1_000})).unwrap();
    assert_eq!(left(PATH).await, "977");
}

#[tokio::test]
async fn without_limits_there_are_no_headers() {
    let provider = Provider::with(Knobs { quota: None, per_minute: None, ..Knobs::default() }).await;
    let answer = provider.get(PATH).await;
    assert!(
        !answer.headers.keys().any(|name| name.starts_with("x-ratelimit") || name.starts_with("x-quota"))
    );
}

#[tokio::test]
async fn an_endpoint_may_be_outside_the_plan() {
    let forbidden = [Endpoint::ArtistAudience].into();
    let provider = Provider::with(Knobs { forbidden, ..Knobs::default() }).await;
    let answer = provider.get(&format!("/api/v2/artist/{}/audience/spotify", artist(0))).await;
    assert!(answer.status == 403 && answer.message().contains("not included in your current plan"));
    assert_eq!(provider.status(PATH).await, 200);
}

#[tokio::test]
async fn answers_take_their_time() {
    let provider = Provider::with(Knobs { latency_ms: 120, ..Knobs::default() }).await;
    let start = Instant::now();
    assert_eq!(provider.status(PATH).await, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}
