//! Provider artists: search, add, link.

use music_analytics::domain::Role;
use music_analytics::domain::catalogue::{Artist, ArtistKey, Catalogue, Source, TrackArtist};
use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::store::tables::track_artists::{self, TrackCredit};
use music_analytics::server::store::tables::{artists, tracks};
use serde_json::{Value, json};

use super::catalogue::{artist, made, track};
use super::served::ApiServer;
use super::support::Fixture;

fn somebody(name: &str) -> Artist {
    Artist {
        uuid: None,
        name: name.to_owned(),
        slug: None,
        country_code: None,
        image_url: None,
        source: Source::Acrcloud,
        external_id: None,
    }
}

/// A database with artists without a UUID; the first one has a track.
async fn world(catalogue: Catalogue, names: &[&str]) -> Fixture {
    let world = Fixture::new(catalogue).await;
    let somebodies: Vec<Artist> = names.iter().map(|name| somebody(name)).collect();
    let mut tx = world.db.write().await.unwrap();
    artists::put(&mut tx, &somebodies).await.unwrap();
    tracks::put(&mut tx, &world.catalogue.tracks[..1]).await.unwrap();
    let track_id = tracks::numbers(&mut tx).await.unwrap()[&track(0)];
    let artist_id = artists::numbers_by_key(&mut tx).await.unwrap()[&somebodies[0].key()];
    track_artists::put(&mut tx, &[TrackCredit { track_id, artist_id, role: Role::Main }]).await.unwrap();
    tx.commit().await.unwrap();
    world
}

async fn listed(served: &ApiServer) -> Vec<Value> {
    served.get("/artists").await.1["items"].as_array().unwrap().clone()
}

async fn local(served: &ApiServer, name: &str) -> String {
    let all = listed(served).await;
    all.iter().find(|item| item["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_asked_once_a_day_and_an_artist_added_once() {
    let world = Fixture::new(made(3, 1)).await;
    let served = ApiServer::over(&world).await;
    let (status, found) = served.get("/provider/artists?q=Artist%20001").await;
    assert_eq!(status, 200, "{found}");
    let first = &found["items"][0];
    assert_eq!((&first["uuid"], &first["is_here"]), (&json!(artist(1)), &json!(false)), "{found}");
    let searches = || world.simulator.journal().counts_for(Endpoint::ArtistSearch).received;
    assert_eq!(searches(), 1);
    for expected in [201, 200] {
        let (status, added) = served.post("/artists", &json!({"uuid": artist(1)})).await;
        assert_eq!((status, &added["uuid"]), (expected, &json!(artist(1))), "{added}");
        assert_eq!(added["selectable"], json!(true));
    }
    assert_eq!(listed(&served).await.len(), 1);
    let (_, again) = served.get("/provider/artists?q=%20artist%20001").await;
    assert_eq!(again["items"][0]["is_here"], json!(true));
    assert_eq!(searches(), 1, "kept for a day, in whatever spelling");
    let (status, nobody) = served.get("/provider/artists?q=zzzzzz").await;
    assert_eq!((status, nobody["items"].as_array().map(Vec::len)), (200, Some(0)), "{nobody}");
    for (expected, body) in [
        (400, json!({"uuid": "x"})),
        (400, json!({})),
        (400, json!({"uuid": artist(1), "name": "x"})),
        (422, json!({"uuid": artist(9)})),
    ] {
        assert_eq!(served.post("/artists", &body).await.0, expected, "{body}");
    }
    assert_eq!(served.get("/provider/artists").await.0, 400);
    assert_eq!(listed(&served).await.len(), 1);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_artist_is_linked_by_uuid_spotify_id_or_isrc() {
    let world = world(made(3, 2), &["One", "Two", "Three"]).await;
    let served = ApiServer::over(&world).await;
    let identifiers = reqwest::Client::new()
        .get(format!("{}/api/v2/artist/{}/identifiers?platform=spotify", world.base(), artist(1)))
        .header("x-app-id", "soundcharts")
        .header("x-api-key", "soundcharts")
        .send()
        .await
        .unwrap();
    let identifiers: Value = serde_json::from_str(&identifiers.text().await.unwrap()).unwrap();
    let spotify = identifiers["items"][0]["identifier"].as_str().unwrap();
    // The second track of the third artist has no other artist.
    let isrc = world.catalogue.tracks[5].isrc.clone().unwrap();
    for (name, number, link) in [
        ("One", 0, json!({"uuid": artist(0)})),
        ("Two", 1, json!({"spotify_id": spotify})),
        ("Three", 2, json!({"isrc": isrc})),
    ] {
        let path = format!("/artists/{}/link", local(&served, name).await);
        let (status, linked) = served.post(&path, &link).await;
        assert_eq!((status, &linked["uuid"]), (200, &json!(artist(number))), "{linked}");
        assert_eq!(linked["selectable"], json!(true));
        assert_eq!(linked["source"], json!("acrcloud"), "it stays known from there");
    }
    assert_eq!(listed(&served).await.len(), 3);
    let path = format!("/artists/{}/link", artist(0));
    for (path, expected, body) in [
        (path.as_str(), 422, json!({"uuid": artist(1)})),
        ("/artists/local-999/link", 404, json!({"uuid": artist(1)})),
        ("/artists/nobody/link", 404, json!({"uuid": artist(1)})),
        (path.as_str(), 400, json!({})),
        (path.as_str(), 400, json!({"isrc": "short"})),
        (path.as_str(), 400, json!({"uuid": artist(1), "isrc": isrc})),
    ] {
        let (status, problem) = served.post(path, &body).await;
        assert_eq!(status, expected, "{path} {body}: {problem}");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isrc_of_several_artists_names_them_instead_of_guessing() {
    let mut catalogue = made(2, 2);
    catalogue.track_artists.push(TrackArtist {
        track_uuid: track(1),
        artist: ArtistKey::Uuid(artist(1)),
        role: Role::Main,
    });
    let isrc = catalogue.tracks[1].isrc.clone().unwrap();
    let world = world(catalogue, &["Somebody", "Artist 001"]).await;
    let served = ApiServer::over(&world).await;
    let path = format!("/artists/{}/link", local(&served, "Somebody").await);
    let (status, problem) = served.post(&path, &json!({"isrc": isrc})).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("isrc")), "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&artist(0).to_string()) && detail.contains(&artist(1).to_string()), "{detail}");
    // One of the two has the name of the artist to link.
    let path = format!("/artists/{}/link", local(&served, "Artist 001").await);
    let (status, linked) = served.post(&path, &json!({"isrc": isrc})).await;
    assert_eq!((status, &linked["uuid"]), (200, &json!(artist(1))), "{linked}");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_somebody_who_is_here_makes_one_of_two() {
    let world = world(made(2, 2), &["Somebody"]).await;
    world.add_artists(&[1]).await;
    let served = ApiServer::over(&world).await;
    assert_eq!(listed(&served).await.len(), 2);
    let path = format!("/artists/{}/link", local(&served, "Somebody").await);
    let (status, linked) = served.post(&path, &json!({"uuid": artist(1)})).await;
    assert_eq!((status, &linked["uuid"], &linked["tracks"]), (200, &json!(artist(1)), &json!(1)), "{linked}");
    let all = listed(&served).await;
    assert_eq!((all.len(), &all[0]["uuid"]), (1, &json!(artist(1))));
    assert_eq!(served.post(&path, &json!({"uuid": artist(1)})).await.0, 404, "it is no more");
    served.stop().await;
}
