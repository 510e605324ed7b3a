//! Single objects: artists and songs, and their lookups.

use std::time::Duration;

use music_analytics::server::simulator::settings::Knobs;
use serde_json::{Value, json};

use super::support::{Provider, SONGS, artist, song};

#[tokio::test]
async fn an_artist_has_both_shapes_of_genres_and_older_paths_have_none() {
    let provider = Provider::with(Knobs::default()).await;
    let body = provider.ok(&format!("/api/v2.9/artist/{}", artist(0))).await;
    assert_eq!(body["type"], "artist");
    let object = &body["object"];
    assert_eq!((&object["uuid"], &object["countryCode"]), (&json!(artist(0)), &json!("IT")));
    assert!(object["biography"].is_string() && object["genres"].is_array());
    let namesake = provider.ok(&format!("/api/v2.9/artist/{}", artist(1))).await;
    assert_eq!(namesake["object"]["countryCode"], "", "empty, not null");
    let mut shapes = Vec::new();
    for number in 0..3 {
        let body = provider.ok(&format!("/api/v2.9/artist/{}", artist(number))).await;
        shapes.push(body["object"]["genres"][0].is_object());
    }
    assert!(shapes.contains(&true) && shapes.contains(&false), "{shapes:?}");
    let old = provider.ok(&format!("/api/v2/artist/{}", artist(0))).await;
    assert_eq!(old["object"].get("genres"), None);
    for unknown in [
        format!("/api/v2.9/artist/{}", artist(99)),
        "/api/v2.9/artist/none".into(),
        "/api/v3/artist/x".into(),
    ] {
        assert_eq!(provider.get(&unknown).await.message(), "Not found.");
    }
}

#[tokio::test]
async fn search_is_loose_and_finds_homonyms() {
    let provider = Provider::with(Knobs::default()).await;
    let names = async |term: &str| -> Vec<String> {
        let body = provider.ok(&format!("/api/v2/artist/search/{term}")).await;
        body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("capitan%20cedrata").await, ["Capitan Cedrata", "Capitan Cedrata"]);
    assert_eq!(names("Kapitan").await.len(), 2);
    assert_eq!(names("pelican").await, ["Glass Pelican"]);
    assert_eq!(names(&artist(2).to_string()).await, ["Glass Pelican"]);
    let body = provider.ok("/api/v2/artist/search/capitan?limit=1&offset=1").await;
    assert_eq!(body["page"]["total"], 2);
    assert_eq!(body["page"]["next"], Value::Null);
    assert_eq!(body["page"]["previous"], "/api/v2/artist/search/capitan?offset=0&limit=1");
    assert_eq!(provider.ok("/api/v2/artist/search/capitan").await["page"]["limit"], 20);
    assert_eq!(provider.get("/api/v2/artist/search/capitan?limit=21").await.status, 400);
    assert_eq!(provider.get("/api/v2/artist/search/zzzzz").await.message(), "No artist found for this term.");
}

#[tokio::test]
async fn an_artist_is_found_by_its_identifiers() {
    let provider = Provider::with(Knobs::default()).await;
    let path = format!("/api/v2/artist/{}/identifiers", artist(0));
    let items = provider.ok(&path).await["items"].as_array().unwrap().clone();
    let of = |code: &str| items.iter().filter(|item| item["platformCode"] == code).collect::<Vec<_>>();
    assert_eq!((of("spotify").len(), of("youtube").len()), (1, 2));
    assert_eq!(of("spotify")[0]["platformName"], "Spotify");
    assert_eq!(provider.ok(&format!("{path}?platform=youtube&onlyDefault=true")).await["page"]["total"], 1);
    for item in &items {
        let identifier = item["identifier"].as_str().unwrap().replace('/', "%2F");
        let platform = item["platformCode"].as_str().unwrap();
        let body = provider.ok(&format!("/api/v2.9/artist/by-platform/{platform}/{identifier}")).await;
        assert_eq!(body["object"]["uuid"], json!(artist(0)));
    }
    assert_eq!(provider.status("/api/v2.9/artist/by-platform/spotify/unknown").await, 404);
    assert_eq!(provider.status("/api/v2.9/artist/by-platform/spotfy/unknown").await, 400);
}

#[tokio::test]
async fn an_artist_who_has_to_be_added_is_there_later_and_costs_nothing_before() {
    let provider =
        Provider::with(Knobs { admission_ms: Some(300), quota: Some(100), ..Knobs::default() }).await;
    let identifiers =
        provider.ok(&format!("/api/v2/artist/{}/identifiers?platform=spotify", artist(2))).await;
    let path = format!(
        "/api/v2.9/artist/by-platform/spotify/{}",
        identifiers["items"][0]["identifier"].as_str().unwrap()
    );
    let first = provider.get(&path).await;
    assert_eq!((first.message(), first.headers["x-quota-remaining"].as_str()), ("Not found.", "99"));
    assert_eq!(provider.status(&path).await, 404);
    tokio::time::sleep(Duration::from_millis(350)).await;
    let found = provider.get(&path).await;
    assert_eq!((found.status, found.headers["x-quota-remaining"].as_str()), (200, "98"));
}

#[tokio::test]
async fn a_song_has_several_shapes_of_isrc() {
    let provider = Provider::with(Knobs::default()).await;
    let mut shapes = Vec::new();
    for number in 0..120 {
        let body = provider.ok(&format!("/api/v2.25/song/{}", song(number))).await;
        let isrc = &body["object"]["isrc"];
        shapes.push(match isrc {
            Value::Null => "null",
            Value::String(_) => "text",
            isrc if isrc["value"] == "" => "empty",
            _ => "object",
        });
    }
    for shape in ["null", "text", "empty", "object"] {
        assert!(shapes.contains(&shape), "{shape}: {shapes:?}");
    }
    let body = provider.ok(&format!("/api/v2.25/song/{}", song(0))).await;
    assert_eq!(body["type"], "song");
    let of = |field: &str| body["object"][field].as_array().unwrap().len();
    assert_eq!((of("artists"), of("mainArtists"), of("labels")), (2, 1, 1));
    assert!(body["object"]["releaseDate"].as_str().unwrap().starts_with("2024-07-05T00:00:00+0"));
    let old = provider.ok(&format!("/api/v2/song/{}", song(0))).await;
    assert_eq!((&old["object"]["isrc"], old["object"].get("labels")), (&json!("QZDEM2600000"), None));
    let both = provider.ok(&format!("/api/v2.25/song/{},{},{}", song(0), song(999), song(1))).await;
    assert_eq!(both["items"].as_array().unwrap().len(), 2);
    assert_eq!(provider.status(&format!("/api/v2.25/song/{}", song(9_999))).await, 404);
}

#[tokio::test]
async fn a_song_is_found_by_isrc_unless_several_have_it() {
    let ambiguous_isrcs = ["QZDEM2600228".to_owned()].into();
    let provider = Provider::with(Knobs { ambiguous_isrcs, ..Knobs::default() }).await;
    let by = async |isrc: &str| provider.get(&format!("/api/v2.25/song/by-isrc/{isrc}")).await;
    assert_eq!(by("QZDEM2600230").await.body["object"]["uuid"], json!(song(SONGS as u128)));
    assert!(by("QZDEM2600000").await.message().starts_with("ISRC Blacklisted"), "two songs have it");
    assert_eq!(by("QZDEM2600228").await.status, 410);
    assert_eq!(by("USNONE000000").await.status, 404);
}

#[tokio::test]
async fn a_song_is_found_by_its_identifiers() {
    let provider = Provider::with(Knobs::default()).await;
    let items = provider.ok(&format!("/api/v2/song/{}/identifiers", song(0))).await["items"].clone();
    let codes: Vec<&str> =
        items.as_array().unwrap().iter().map(|item| item["platformCode"].as_str().unwrap()).collect();
    assert_eq!(codes, ["isrc", "spotify", "spotify", "tiktok"]);
    let path = "/api/v2.25/song/by-platform/spotify/demo000000000000000001";
    assert_eq!(provider.ok(path).await["object"]["uuid"], json!(song(0)));
}
