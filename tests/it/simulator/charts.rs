//! Charts and rankings.

use music_analytics::server::simulator::settings::{Knobs, Settings};
use serde_json::{Value, json};

use super::support::{Provider, TODAY, day, song};

#[tokio::test]
async fn charts_of_countries_of_the_world_and_of_cities_are_in_one_list() {
    let provider = Provider::start(Settings {
        knobs: Knobs { today: Some(day(TODAY)), ..Knobs::default() },
        ..Settings::default()
    })
    .await;
    let list = async |query: &str| {
        provider.ok(&format!("/api/v2/chart/song/by-platform/spotify{query}")).await["items"].clone()
    };
    let all = list("").await;
    let codes: Vec<&Value> = all.as_array().unwrap().iter().map(|chart| &chart["countryCode"]).collect();
    assert_eq!(codes, [&json!("IT"), &json!(""), &json!("IT")]);
    assert_eq!(all[0]["countryName"], "Italy");
    assert_eq!((&all[0]["frequency"], &all[0]["maxResultsCount"]), (&json!("weekly"), &json!(50)));
    assert!(all[0]["cityName"] == "" && all[2]["cityName"] != "");
    assert_eq!(list("?countryCode=IT").await.as_array().unwrap().len(), 2);
    assert_eq!(list("?countryCode=DE").await, json!([]));
    let none = provider.get("/api/v2/chart/song/by-platform/deezer").await;
    assert_eq!((none.status, none.message()), (404, "Platform not found."));
}

#[tokio::test]
async fn rankings_are_asked_for_by_the_times_in_the_list() {
    let provider = Provider::with(Knobs::default()).await;
    let body = provider.ok("/api/v2/chart/song/top-50-it/available-rankings").await;
    let times: Vec<&str> =
        body["items"].as_array().unwrap().iter().map(|time| time.as_str().unwrap()).collect();
    assert_eq!((times.len(), &times[0][..10]), (20, "2026-10-30"));
    assert_eq!(body["related"]["slug"], "top-50-it");
    for path in [times[3].to_owned(), times[3].replace('+', "%2B").replace(':', "%3A")] {
        let body = provider.ok(&format!("/api/v2.14/chart/song/top-50-it/ranking/{path}")).await;
        assert_eq!(body["related"]["date"], times[3]);
    }
    let day = &times[3][..10];
    for wrong in [
        day.to_owned(),
        format!("{day}T00:00:00+00:00"),
        times[3].replace('+', "%20"),
        "yesterday".to_owned(),
    ] {
        let status = provider.status(&format!("/api/v2.14/chart/song/top-50-it/ranking/{wrong}")).await;
        assert_eq!(status, 404, "{wrong}");
    }
    let latest = provider.ok("/api/v2.14/chart/song/top-50-it/ranking/latest").await;
    assert_eq!(latest["related"]["date"], times[0]);
    assert_eq!(provider.status("/api/v2.14/chart/song/top-50-de/ranking/latest").await, 404);
}

#[tokio::test]
async fn a_ranking_has_every_place_and_most_are_somebody_elses() {
    let provider = Provider::with(Knobs::default()).await;
    let path = "/chart/song/top-50-it/ranking/latest";
    let (items, _) = provider.all(&format!("/api/v2.14{path}?limit=20")).await;
    let positions: Vec<i64> = items.iter().map(|item| item["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=50).collect::<Vec<_>>());
    assert_eq!(items[2]["song"]["uuid"], json!(song(0)));
    assert_eq!(items[16]["song"]["uuid"], json!(song(1)));
    assert_eq!((&items[2]["oldPosition"], &items[2]["timeOnChart"]), (&json!(3), &json!(20)));
    assert!(items[2]["metric"].is_i64());
    let stranger = items[0]["song"]["uuid"].as_str().unwrap();
    assert_eq!(provider.status(&format!("/api/v2.25/song/{stranger}")).await, 404);
    let old = provider.ok(&format!("/api/v2{path}")).await;
    assert_eq!((old["items"][2].get("metric"), old["related"]["chart"].get("metric")), (None, None));
}
