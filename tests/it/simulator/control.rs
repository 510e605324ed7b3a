//! The control endpoint and the log.

use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::Settings;
use serde_json::{Value, json};

use super::support::{Provider, Reply, TODAY, day, song};

async fn controlled() -> Provider {
    let mut settings = Settings { control: true, ..Settings::default() };
    settings.knobs.today = Some(day(TODAY));
    Provider::start(settings).await
}

fn audience(number: u128, from: &str, to: &str) -> String {
    format!("/api/v2/song/{}/audience/spotify?startDate={from}&endDate={to}", song(number))
}

#[tokio::test]
async fn knobs_are_turned_one_by_one() {
    let provider = controlled().await;
    let url = format!("{}/control", provider.base);
    let post = async |knobs: Value| {
        let request = provider.client.post(&url).header("content-type", "application/json");
        Reply::receive(request.body(knobs.to_string())).await
    };
    let answer =
        post(json!({"faults": ["unavailable@song:times=1"], "quota": 50, "today": "2026-10-01"})).await;
    assert_eq!(
        (answer.status, &answer.body["quota"], &answer.body["per_minute"]),
        (200, &json!(50), &json!(10_000))
    );
    let path = format!("/api/v2.25/song/{}", song(0));
    assert_eq!((provider.status(&path).await, provider.status(&path).await), (503, 200));
    for wrong in [json!({"qouta": 1}), json!({"faults": ["fire"]}), json!({"latency_ms": -1}), json!([])] {
        assert_eq!(post(wrong.clone()).await.status, 400, "{wrong}");
    }
    let shown = Reply::receive(provider.client.get(&url)).await.body;
    assert_eq!((&shown["knobs"]["quota"], &shown["quota_left"]), (&json!(50), &json!(49)));
    assert_eq!(shown["journal"]["by_endpoint"]["song"], json!({"received": 2, "answered": 1}));
    assert_eq!(shown["journal"]["entries"][0]["faults"], json!(["unavailable"]));
    assert_eq!(provider.client.delete(&url).send().await.unwrap().status(), 204);
    let shown = Reply::receive(provider.client.get(&url)).await.body;
    assert_eq!((&shown["journal"]["all"]["received"], &shown["quota_left"]), (&json!(0), &json!(50)));
}

#[tokio::test]
async fn control_is_only_there_by_request() {
    let provider = Provider::start(Settings::default()).await;
    let answer = Reply::receive(provider.request("/control")).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn the_log_knows_what_was_fetched_twice() {
    let provider = controlled().await;
    for (from, to) in
        [("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30"), ("2026-09-21", "2026-10-10")]
    {
        provider.ok(&audience(0, from, to)).await;
        provider.ok(&audience(1, from, "2026-09-30")).await;
    }
    provider.status(&audience(9_999, "2026-09-01", "2026-09-30")).await;
    let journal = provider.simulator.journal();
    let counts = journal.counts_for(Endpoint::SongAudience);
    assert_eq!((counts.received, counts.answered), (7, 6));
    let again = journal.days_fetched_again();
    assert_eq!(again[&(Endpoint::SongAudience, song(0), "spotify")], 10);
    assert_eq!(again[&(Endpoint::SongAudience, song(1), "spotify")], 60 - 30 + 31 - 31);
    let unit = journal.entries[0].unit.as_ref().unwrap();
    assert_eq!((unit.of, unit.rows, unit.from), (song(0), 31, day("2026-08-01")));
    assert!(journal.units().values().all(|times| *times == 1));
    provider.simulator.reset();
    assert_eq!(provider.simulator.journal().entries.len(), 0);
}

#[tokio::test]
async fn only_the_newest_requests_are_remembered() {
    let provider = Provider::start(Settings { remembered: 2, ..Settings::default() }).await;
    for number in 0..4 {
        provider.status(&format!("/api/v2.25/song/{}", song(number))).await;
    }
    let journal = provider.simulator.journal();
    assert_eq!((journal.all.received, journal.entries.len()), (4, 2));
    assert!(
        journal.entries[1].line.ends_with(&song(3).to_string()) && journal.entries[1].status == Some(200)
    );
}
