//! Fault injection.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use music_analytics::server::simulator::fault::Fault;
use serde_json::{Value, json};

use super::support::{Provider, SONGS, artist, song};

fn september() -> String {
    format!("/api/v2/song/{}/audience/spotify?startDate=2026-09-01&endDate=2026-09-30", song(0))
}

/// The values of the first identifier, as text, with their days.
async fn rows(provider: &Provider) -> Vec<(String, Value)> {
    let body = provider.ok(&september()).await;
    let row =
        |item: &Value| (item["date"].as_str().unwrap()[..10].to_owned(), item["plots"][0]["value"].clone());
    body["items"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn statuses() {
    for (fault, status, said) in [
        ("rate_limit", 429, "maximum request count"),
        ("quota", 429, "Maximum quota reached"),
        ("server_error", 500, "Internal Server Error"),
        ("bad_gateway", 502, "Bad Gateway"),
        ("unavailable", 503, "Service Unavailable"),
        ("forbidden", 403, "not included"),
        ("missing", 404, "Not found"),
    ] {
        let provider = Provider::faulty(&[&format!("{fault}@song_audience:times=2")]).await;
        for _ in 0..2 {
            let answer = provider.get(&september()).await;
            assert!(answer.status == status && answer.message().contains(said), "{fault}: {}", answer.body);
            assert_eq!(answer.headers["x-quota-remaining"], "1000000", "{fault}");
            if fault == "rate_limit" {
                assert_eq!(answer.headers["x-ratelimit-reset"], "1");
            }
        }
        assert_eq!(provider.status(&september()).await, 200, "{fault}");
    }
}

#[tokio::test]
async fn stalls() {
    let provider = Provider::faulty(&["stall@song:times=1"]).await;
    provider.simulator.turn(json!({"stall_ms": 60_000})).unwrap();
    let path = format!("/api/v2.25/song/{}", song(0));
    let start = Instant::now();
    let impatient = provider.request(&path).timeout(Duration::from_millis(200)).send().await;
    assert!(impatient.unwrap_err().is_timeout() && start.elapsed() < Duration::from_secs(5));
    let journal = provider.simulator.journal();
    assert_eq!((journal.entries[0].status, &journal.entries[0].faults), (None, &vec![Fault::Stall]));
    assert_eq!(provider.status(&path).await, 200);
}

#[tokio::test]
async fn bodies_that_cannot_be_used() {
    let provider = Provider::faulty(&["cut:times=1"]).await;
    let response = provider.request(&september()).send().await;
    let text = match response {
        Ok(response) => response.text().await,
        Err(error) => Err(error),
    };
    assert!(text.is_err(), "the client notices");
    assert_eq!(provider.get(&september()).await.headers["x-quota-remaining"], "999999", "it cost nothing");

    let provider = Provider::faulty(&["not_json"]).await;
    let answer = provider.get(&september()).await;
    assert_eq!(
        (answer.status, answer.body, answer.headers["content-type"].as_str()),
        (200, Value::Null, "text/html")
    );

    let provider = Provider::faulty(&["wrong_shape"]).await;
    let answer = provider.get(&september()).await;
    assert!(answer.status == 200 && answer.body["items"].is_object());

    let provider = Provider::faulty(&["errors_in_ok"]).await;
    let answer = provider.get(&september()).await;
    assert_eq!(
        (answer.status, &answer.body["errors"][0]["code"], &answer.body["items"]),
        (200, &json!(500), &json!([]))
    );
    assert!(provider.simulator.journal().units().is_empty(), "nothing was fetched");
}

#[tokio::test]
async fn values_that_are_not_to_be_taken_as_they_are() {
    let right = rows(&Provider::faulty(&[]).await).await;
    for (fault, text) in
        [("negative", "-1"), ("huge", "9007199254740993"), ("overflow", "18446744073709551615")]
    {
        let provider = Provider::faulty(&[fault]).await;
        let found = rows(&provider).await;
        let wrong: Vec<&(String, Value)> = found.iter().filter(|row| !right.contains(row)).collect();
        assert_eq!((wrong.len(), wrong[0].1.to_string().as_str()), (1, text), "{fault}");
        assert_eq!(rows(&provider).await, found, "the same on every try");
    }
    let followers = format!("/api/v2/artist/{}/audience/spotify", artist(0));
    let body = Provider::faulty(&["negative"]).await.ok(&followers).await;
    let is_negative = |item: &Value| item["followerCount"] == -1;
    assert_eq!(body["items"].as_array().unwrap().iter().filter(|item| is_negative(item)).count(), 1);
}

#[tokio::test]
async fn days_in_disorder() {
    let right = rows(&Provider::faulty(&[]).await).await;
    let twice = rows(&Provider::faulty(&["duplicate"]).await).await;
    assert_eq!((twice.len(), &twice[0]), (60, &twice[1]));
    let mixed = rows(&Provider::faulty(&["out_of_order"]).await).await;
    assert_ne!(mixed, right);
    let texts = |rows: &[(String, Value)]| rows.iter().map(|row| format!("{row:?}")).collect::<BTreeSet<_>>();
    assert_eq!(texts(&mixed), texts(&right));
    let bare = Provider::faulty(&["bare"]).await.ok(&september()).await;
    assert_eq!(
        bare["items"].as_array().unwrap().iter().filter(|item| item.get("plots").is_none()).count(),
        1
    );
}

#[tokio::test]
async fn links_that_lie() {
    let path = format!("/api/v2.21/artist/{}/songs", artist(0));
    let next = async |fault: &str, query: &str| {
        let body = Provider::faulty(&[fault]).await.ok(&format!("{path}{query}")).await;
        body["page"]["next"].as_str().unwrap().to_owned()
    };
    assert_eq!(next("next_loops", "?offset=100").await, format!("{path}?offset=100&limit=100"));
    assert_eq!(next("next_beyond", "").await, format!("{path}?offset=1230&limit=100"));
    assert!(next("next_elsewhere", "?offset=200").await.starts_with("http://198.51.100.1/api/"));
}

#[tokio::test]
async fn short_pages_lose_nothing() {
    let provider = Provider::faulty(&["short_pages"]).await;
    let path = format!("/api/v2.21/artist/{}/songs", artist(0));
    let body = provider.ok(&path).await;
    assert!(body["items"].as_array().unwrap().len() < 100 && body["page"]["next"].is_string());
    assert_eq!(body["page"]["total"].as_u64(), Some(SONGS as u64));
    let (items, _) = provider.all(&path).await;
    assert_eq!(items.iter().map(|item| item["uuid"].to_string()).collect::<BTreeSet<_>>().len(), SONGS);
}

#[tokio::test]
async fn faults_hit_the_same_requests_whatever_their_order() {
    let statuses = async |numbers: Vec<u128>| {
        let provider = Provider::faulty(&["server_error:one_in=3,tries=1"]).await;
        let mut hit = BTreeSet::new();
        for number in numbers {
            let path = format!("/api/v2.25/song/{}", song(number));
            if provider.status(&path).await == 500 {
                hit.insert(number);
                assert_eq!(provider.status(&path).await, 200, "the second try");
            }
        }
        hit
    };
    let forward = statuses((0..60).collect()).await;
    assert_eq!(forward, statuses((0..60).rev().collect()).await);
    assert!((8..35).contains(&forward.len()), "{forward:?}");
}
