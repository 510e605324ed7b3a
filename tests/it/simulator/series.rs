//! Audiences over time: windows, order, dates, truncation.

use music_analytics::domain::Day;
use music_analytics::server::simulator::settings::Knobs;
use serde_json::{Value, json};

use super::support::{Provider, artist, day, song};

/// The day of each item, by its first ten characters.
fn days(items: &[Value]) -> Vec<Day> {
    items.iter().map(|item| item["date"].as_str().unwrap()[..10].parse().unwrap()).collect()
}

fn items(body: &Value) -> &[Value] {
    body["items"].as_array().unwrap()
}

fn audience(number: u128, platform: &str, query: &str) -> String {
    format!("/api/v2/song/{}/audience/{platform}?{query}", song(number))
}

#[tokio::test]
async fn a_songs_audience_has_a_plot_for_each_identifier_newest_first() {
    let provider = Provider::with(Knobs::default()).await;
    let body = provider.ok(&audience(0, "spotify", "startDate=2026-09-01&endDate=2026-09-30")).await;
    assert_eq!(body["related"]["uuid"], json!(song(0)));
    let found = days(items(&body));
    assert_eq!((found[0], found[29], found.len()), (day("2026-09-30"), day("2026-09-01"), 30));
    let plots = body["items"][29]["plots"].as_array().unwrap();
    let value = 1_000 + 10 * i64::from(day("2026-09-01") - day("2024-08-01"));
    assert_eq!(plots[0], json!({"identifier": "demo000000000000000000", "value": value}));
    assert_eq!(
        plots[1],
        json!({"identifier": "demo000000000000000001", "value": value}),
        "one counter, twice"
    );
    let one = provider.ok(&audience(0, "spotify", "identifier=demo000000000000000001")).await;
    assert_eq!(one["items"][0]["plots"].as_array().unwrap().len(), 1);
    let ascending = provider.ok(&audience(0, "spotify", "sort=asc&limit=1")).await;
    assert_eq!(days(items(&ascending)), [day("2026-10-02")]);
}

#[tokio::test]
async fn the_default_window_is_the_thirty_days_before_its_end() {
    let provider = Provider::with(Knobs::default()).await;
    for (query, first, last) in [
        ("", "2026-10-02", "2026-10-31"),
        ("endDate=2026-10-15", "2026-09-15", "2026-10-15"),
        ("start_date=2026-01-01", "2026-10-02", "2026-10-31"),
        ("startDate=2026-10-20", "2026-10-20", "2026-10-31"),
        ("startDate=2026-10-20&endDate=2027-01-01", "2026-10-20", "2026-10-31"),
    ] {
        let found = days(items(&provider.ok(&audience(0, "tiktok", query)).await));
        assert_eq!((found.last(), found.first()), (Some(&day(first)), Some(&day(last))), "{query}");
    }
    for query in ["startDate=2026-10-02&endDate=2026-10-01", "startDate=01.10.2026", "endDate=2026-02-30"] {
        assert_eq!(provider.get(&audience(0, "tiktok", query)).await.message(), "Invalid date.");
    }
}

#[tokio::test]
async fn long_windows_have_pages() {
    let provider = Provider::with(Knobs::default()).await;
    let (rows, pages) =
        provider.all(&audience(0, "spotify", "startDate=2025-01-01&endDate=2026-10-31")).await;
    assert_eq!((rows.len(), pages), (669, 7));
    assert!(days(&rows).is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn only_the_first_ten_characters_are_the_day() {
    let provider = Provider::with(Knobs::default()).await;
    let (rows, _) =
        provider.all(&audience(0, "spotify", "startDate=2024-08-01&endDate=2026-10-31&sort=asc")).await;
    let labels: Vec<Day> = day("2024-08-01").up_to(day("2026-10-31")).collect();
    assert_eq!(days(&rows), labels);
    let offset = |n: usize| rows[n]["date"].as_str().unwrap()[10..].to_owned();
    assert_eq!((offset(0), offset(100)), ("T00:00:00+02:00".to_owned(), "T00:00:00+01:00".to_owned()));
    let mut shapes = Vec::new();
    for (platform, number) in [("spotify", 0), ("spotify", 1), ("tiktok", 0)] {
        shapes.push(
            provider.ok(&audience(number, platform, "")).await["items"][0]["date"].as_str().unwrap()[10..]
                .to_owned(),
        );
    }
    let artists = format!("/api/v2/artist/{}", artist(0));
    for path in [
        "/audience/spotify",
        "/audience/youtube",
        "/streaming/spotify/listening",
        "/streaming/youtube/listening",
    ] {
        shapes.push(
            provider.ok(&format!("{artists}{path}")).await["items"][0]["date"].as_str().unwrap()[10..]
                .to_owned(),
        );
    }
    assert!(shapes.iter().any(|shape| shape == "T00:00:00+00:00"), "{shapes:?}");
    assert!(shapes.iter().any(|shape| !shape.starts_with("T00:00:00")), "{shapes:?}");
}

#[tokio::test]
async fn a_pair_without_data_is_empty_and_a_platform_without_songs_is_refused() {
    let provider = Provider::with(Knobs::default()).await;
    assert_eq!(provider.ok(&audience(5, "spotify", "")).await["items"], json!([]));
    for platform in ["apple-music", "spotfy"] {
        let answer = provider.get(&audience(0, platform, "")).await;
        assert!(answer.status == 400 && answer.message().ends_with("are supported platforms."));
    }
    assert_eq!(provider.status(&audience(9_999, "spotify", "")).await, 404);
}

#[tokio::test]
async fn an_artists_followers_are_in_one_field_oldest_first() {
    let provider = Provider::with(Knobs::default()).await;
    let path = format!("/api/v2/artist/{}/audience", artist(0));
    let body = provider.ok(&format!("{path}/youtube?startDate=2026-09-01&endDate=2026-09-30")).await;
    let found = days(items(&body));
    assert_eq!((found[0], found.len()), (day("2026-09-01"), 30));
    assert_eq!(body["items"][0]["followerCount"], 50_000 + 10 * i64::from(found[0] - day("2024-08-01")));
    assert!(body["items"][0]["viewCount"].is_i64() && body["items"][0]["likeCount"].is_null());
    assert_eq!(body["related"]["platform"], "youtube");
    assert!(body["related"]["lastCrawlDate"].is_string());
    let newest = provider.ok(&format!("{path}/youtube?sort=desc&limit=1")).await;
    assert_eq!(days(items(&newest)), [day("2026-10-31")]);
    for (platform, status, said) in [
        ("instagram", 404, "No social account found for artist"),
        ("apple-music", 404, "not a social platform"),
        ("spotfy", 400, "supported platforms"),
    ] {
        let answer = provider.get(&format!("{path}/{platform}")).await;
        assert!(answer.status == status && answer.message().contains(said), "{platform}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_artists_streaming_is_one_number_a_day() {
    let provider = Provider::with(Knobs::default()).await;
    let path = |platform| format!("/api/v2/artist/{}/streaming/{platform}/listening", artist(0));
    let body = provider.ok(&format!("{}?startDate=2026-10-30", path("youtube"))).await;
    let values: Vec<i64> = items(&body).iter().map(|item| item["value"].as_i64().unwrap()).collect();
    assert_eq!(values, [38_200, 38_210]);
    assert_eq!(provider.ok(&path("spotify")).await["items"].as_array().unwrap().len(), 30);
    assert!(provider.get(&path("tiktok")).await.message().contains("not a streaming platform"));
    assert!(provider.get(&path("pandora")).await.message().contains("No social account"));
}

#[tokio::test]
async fn long_windows_may_be_truncated_without_a_next_page() {
    let provider = Provider::with(Knobs { truncate_over_days: Some(30), ..Knobs::default() }).await;
    let body = provider.ok(&audience(0, "spotify", "sort=asc&startDate=2026-09-01&endDate=2026-10-01")).await;
    assert_eq!(
        (items(&body).len(), &body["page"]["total"], &body["page"]["next"]),
        (15, &json!(31), &Value::Null)
    );
    assert_eq!(days(items(&body))[0], day("2026-10-01"), "descending, whatever was asked for");
    let half = provider.ok(&audience(0, "spotify", "startDate=2026-09-01&endDate=2026-09-30")).await;
    assert_eq!(items(&half).len(), 30);
}

#[tokio::test]
async fn time_goes_on_and_the_past_may_change() {
    let provider = Provider::with(Knobs { today: Some(day("2026-09-15")), ..Knobs::default() }).await;
    let newest = async || {
        days(items(
            &provider.ok(&audience(0, "spotify", "limit=1&endDate=2026-12-31&startDate=2026-01-01")).await,
        ))[0]
    };
    assert_eq!(newest().await, day("2026-09-15"));
    provider.simulator.turn(json!({"today": "2026-09-18"})).unwrap();
    assert_eq!(newest().await, day("2026-09-18"));
    let mut changed = super::support::catalogue();
    changed.observations[0].observations.iter_mut().for_each(|observation| observation.value += 1);
    provider.simulator.replace(changed);
    let body = provider.ok(&audience(0, "spotify", "limit=1")).await;
    let value = |n: usize| body["items"][0]["plots"][n]["value"].as_i64().unwrap();
    assert_eq!(value(0), value(1) + 1);
}
