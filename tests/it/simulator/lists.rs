//! Lists and their pages.

use std::collections::BTreeSet;

use music_analytics::server::simulator::settings::Knobs;
use serde_json::{Value, json};

use super::support::{Provider, SONGS, artist, song};

fn texts(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_referential_tells_platforms_apart() {
    let provider = Provider::with(Knobs::default()).await;
    let codes = async |path: &str| texts(&provider.all(path).await.0, "code");
    let all = codes("/api/v2/referential/platforms").await;
    let social = codes("/api/v2/referential/platforms/social").await;
    let streaming = codes("/api/v2/referential/platforms/streaming").await;
    assert!(all.len() > 30 && all.contains(&"apple-music".to_owned()));
    assert!(social.contains(&"instagram".to_owned()) && !social.contains(&"apple-music".to_owned()));
    assert!(streaming.contains(&"pandora".to_owned()) && !streaming.contains(&"tiktok".to_owned()));
    assert_eq!(codes("/api/v2/chart/song/platforms").await, ["spotify"]);
    let first = &provider.ok("/api/v2/referential/platforms?limit=1&offset=3").await["items"][0];
    assert_eq!(*first, json!({"name": "Anghami", "code": "anghami"}));
}

#[tokio::test]
async fn songs_come_in_pages_whose_links_have_no_host() {
    let provider = Provider::with(Knobs::default()).await;
    let path = format!("/api/v2.21/artist/{}/songs", artist(0));
    let body = provider.ok(&format!("{path}?sortBy=releaseDate&sortOrder=desc")).await;
    assert_eq!((&body["page"]["total"], &body["page"]["limit"]), (&json!(SONGS), &json!(100)));
    assert_eq!(
        body["page"]["next"],
        format!("{path}?sortBy=releaseDate&sortOrder=desc&offset=100&limit=100")
    );
    assert_eq!(body["page"]["previous"], Value::Null);
    assert_eq!(body["related"]["name"], "Capitan Cedrata");
    assert_eq!(body["items"][0].get("isrc"), None);
    let (items, pages) = provider.all(&path).await;
    assert_eq!((items.len(), pages), (SONGS, 3));
    let names = texts(&items, "name");
    assert!(names.is_sorted() && names.iter().collect::<BTreeSet<_>>().len() == SONGS);
    let beyond = provider.ok(&format!("{path}?offset=1000")).await;
    assert_eq!((&beyond["items"], &beyond["page"]["next"]), (&json!([]), &Value::Null));
    assert!(items.iter().any(|item| item["releaseDate"].is_null()));
}

#[tokio::test]
async fn songs_are_sorted_and_picked() {
    let provider = Provider::with(Knobs::default()).await;
    let path = format!("/api/v2.21/artist/{}/songs", artist(0));
    let first = provider.ok(&format!("{path}?sortBy=spotifyStream&sortOrder=desc&limit=1")).await;
    assert_eq!(first["items"][0]["uuid"], json!(song(1)));
    let guest = format!("/api/v2.21/artist/{}/songs", artist(2));
    for (query, total) in [("", 2), ("?mainPerformer=1", 1), ("?mainPerformer=0", 1)] {
        assert_eq!(provider.ok(&format!("{guest}{query}")).await["page"]["total"], total, "{query}");
    }
    assert_eq!(provider.ok(&format!("/api/v2.21/artist/{}/songs", artist(1))).await["page"]["total"], 0);
}

#[tokio::test]
async fn parameters_that_cannot_be_are_refused_and_unknown_ones_ignored() {
    let provider = Provider::with(Knobs::default()).await;
    let path = format!("/api/v2.21/artist/{}/songs", artist(0));
    for query in
        ["limit=101", "limit=0", "limit=x", "offset=-1", "sortBy=fame", "sortOrder=up", "mainPerformer=2"]
    {
        let answer = provider.get(&format!("{path}?{query}")).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["key"]), (400, &json!("argument")), "{query}");
    }
    assert_eq!(provider.status(&format!("{path}?colour=red&limit=100&limit=")).await, 200);
}
