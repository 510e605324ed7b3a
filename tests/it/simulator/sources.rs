//! Sources of the catalogue: the demo, or import files.

use std::path::{Path, PathBuf};

use music_analytics::domain::Day;
use music_analytics::server::demo;
use music_analytics::server::ingest::catalogue::files;
use music_analytics::server::simulator::Simulator;
use music_analytics::server::simulator::settings::{Knobs, Settings};
use serde_json::{Value, json};

use super::support::{Provider, day};

fn golden(names: &[&str]) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/1");
    names.iter().map(|name| directory.join(name).with_extension("csv")).collect()
}

#[tokio::test]
async fn files_of_an_import_are_served() {
    let names = ["charts", "observations", "track_artists", "tracks", "artists", "platforms", "fetched"];
    let catalogue = files::catalogue(&golden(&names)).await.unwrap();
    let lines = std::fs::read_to_string(&golden(&["observations"])[0]).unwrap().lines().count() - 1;
    let observations: usize = catalogue.observations.iter().map(|line| line.observations.len()).sum();
    assert_eq!(observations, lines);
    assert_eq!((catalogue.artists.len(), catalogue.charts[0].country_code.as_str()), (4, "BR"));
    let provider =
        Provider::serve(Simulator::new(catalogue, Settings { extras: false, ..Settings::default() })).await;
    let path = "/api/v2/song/9b810e76-6ec9-4286-a3ca-828dd5f4b3b2/audience/spotify?startDate=2026-01-01&endDate=2026-01-01";
    let plots = provider.ok(path).await["items"][0]["plots"].clone();
    assert!(
        plots.as_array().unwrap().contains(&json!({"identifier": "id-a", "value": 287_992_592})),
        "{plots}"
    );
    let songs = provider.ok("/api/v2.21/artist/c2ce6f44-7ed4-457b-9e2f-eb89414c343c/songs").await;
    assert!(songs["page"]["total"].as_u64().unwrap() > 2);
    let ranking = provider.ok("/api/v2.14/chart/song/top-br/ranking/latest").await;
    assert_eq!(ranking["items"][0]["position"], 1);
}

#[tokio::test]
async fn files_that_cannot_be_imported_are_named() {
    let error = files::catalogue(&golden(&["observations"])).await.unwrap_err().to_string();
    assert!(error.contains("observations.csv:") && error.contains("there is no track"), "{error}");
    assert!(
        files::catalogue(&[PathBuf::from("no/such.csv")]).await.unwrap_err().to_string().contains("such.csv")
    );
}

#[tokio::test]
async fn the_demo_is_the_catalogue_of_the_day() {
    let today: Day = day("2026-11-22");
    let knobs = Knobs { today: Some(today), ..Knobs::default() };
    let settings = Settings { knobs, ..Settings::default() };
    let simulator = tokio::task::spawn_blocking(|| Simulator::demo(settings)).await.unwrap();
    let provider = Provider::serve(simulator).await;
    let truth = demo::provider(today);
    let found = provider.ok("/api/v2/artist/search/capitan%20cedrata").await["items"].clone();
    let uuid = json!(truth.artists[1].uuid.unwrap());
    assert!(found.as_array().unwrap().iter().any(|item| item["uuid"] == uuid), "{found}");
    let line = truth.observations.iter().find(|line| line.platform == "spotify").unwrap();
    let body = provider.ok(&format!("/api/v2/song/{}/audience/spotify?limit=1", line.track_uuid)).await;
    let newest = line.observations.last().unwrap();
    let item = &body["items"][0];
    assert_eq!(item["date"].as_str().unwrap()[..10], newest.day.to_string());
    let is_own = |plot: &&Value| plot["identifier"] == line.identifier.as_str();
    assert_eq!(item["plots"].as_array().unwrap().iter().find(is_own).unwrap()["value"], newest.value);
    provider.simulator.turn(json!({"today": "2026-11-23"})).unwrap();
    let body = provider.ok(&format!("/api/v2/song/{}/audience/spotify?limit=1", line.track_uuid)).await;
    assert_eq!(body["items"][0]["date"].as_str().unwrap()[..10], *"2026-11-22", "a day more on the next day");
    let charts = provider.ok("/api/v2/chart/song/by-platform/spotify").await;
    assert_eq!(charts["page"]["total"], 10);
}
