//! The client against the simulator.

use std::sync::Arc;

use music_analytics::domain::catalogue::{
    Artist, ArtistKey, ArtistObservations, Catalogue, Source, Track, TrackArtist, TrackObservations,
};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Metric, Role};
use music_analytics::server::provider::{Client, Credentials, SeriesAnswer, Settings};
use music_analytics::server::simulator::settings::{Knobs, Settings as Behaviour};
use music_analytics::server::simulator::{Simulator, serve};

use super::stub::{ARTIST, SONG, client, day, window};

fn catalogue() -> Catalogue {
    let days = || day("2026-08-01").up_to(day("2026-12-31"));
    let observations = || days().zip(0..).map(|(day, n)| Observation { day, value: 1000 + 10 * n }).collect();
    Catalogue {
        artists: vec![Artist {
            uuid: Some(ARTIST),
            name: "Glass Pelican".to_owned(),
            slug: None,
            country_code: None,
            image_url: None,
            source: Source::Soundcharts,
            external_id: None,
        }],
        tracks: vec![Track {
            uuid: SONG,
            name: "Feather".to_owned(),
            credit_name: None,
            isrc: Some("QZDEM2600001".to_owned()),
            release_date: Some(day("2026-08-01")),
            image_url: None,
        }],
        track_artists: vec![TrackArtist {
            track_uuid: SONG,
            artist: ArtistKey::Uuid(ARTIST),
            role: Role::Main,
        }],
        observations: vec![TrackObservations {
            track_uuid: SONG,
            platform: "spotify".to_owned(),
            identifier: "a".to_owned(),
            observations: observations(),
        }],
        artist_observations: vec![ArtistObservations {
            artist_uuid: ARTIST,
            platform: "spotify".to_owned(),
            metric: Metric::Followers,
            observations: observations(),
        }],
        ..Catalogue::default()
    }
}

async fn with(faults: &[&str], truncate_over_days: Option<u32>) -> Client {
    let faults = faults.iter().map(|rule| rule.parse().unwrap()).collect();
    let knobs = Knobs { today: Some(day("2027-01-01")), faults, truncate_over_days, ..Knobs::default() };
    let behaviour = Behaviour { extras: false, knobs, ..Behaviour::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(serve(listener, Arc::new(Simulator::new(catalogue(), behaviour))));
    let mut settings = Settings::new(address, Credentials::sandbox());
    settings.limits.first_wait = std::time::Duration::from_millis(1);
    client(settings)
}

async fn days(client: &Client) -> (usize, usize) {
    match client.song_audience(SONG, "spotify", window(90)).await.unwrap() {
        SeriesAnswer::Data(series) => (series.identifiers["a"].len(), series.complaints.len()),
        SeriesAnswer::NoData { reason } => panic!("{reason}"),
    }
}

#[tokio::test]
async fn from_a_name_to_the_numbers() {
    let client = with(&[], None).await;
    assert_eq!(client.check_quota().await.unwrap().unwrap().left, 1_000_000);
    let found = client.search_artists("glass").await.unwrap();
    assert_eq!(client.artist(found[0].uuid).await.unwrap().name, "Glass Pelican");
    let songs = client.artist_songs(ARTIST, Some(Role::Main)).await.unwrap().songs;
    assert_eq!(client.song(songs[0].uuid).await.unwrap().artists[0].uuid, ARTIST);
    assert_eq!(client.song_by_isrc("QZDEM2600001").await.unwrap().uuid, SONG);
    assert_eq!(days(&client).await, (90, 0));
    let SeriesAnswer::Data(audience) = client.artist_audience(ARTIST, "spotify", window(30)).await.unwrap()
    else {
        panic!("no data")
    };
    assert_eq!(audience.followers.len(), 30);
}

#[tokio::test]
async fn faults_cost_no_observation_that_can_be_had() {
    let (all, one_less) = ((90, 0), (89, 1));
    for (fault, expected) in [
        ("rate_limit@song_audience:tries=1", all),
        ("server_error@song_audience:tries=1", all),
        ("unavailable@song_audience:tries=3", all),
        ("cut@song_audience:tries=2", all),
        ("errors_in_ok@song_audience:tries=1", all),
        ("duplicate@song_audience", all),
        ("out_of_order@song_audience", all),
        ("negative@song_audience", all),
        ("huge@song_audience", all),
        ("next_loops@song_audience", all),
        ("next_elsewhere@song_audience", all),
        ("next_beyond@song_audience", all),
        ("bare@song_audience", (89, 0)),
        ("overflow@song_audience", one_less),
    ] {
        assert_eq!(days(&with(&[fault], None).await).await, expected, "{fault}");
    }
    assert_eq!(days(&with(&[], Some(30)).await).await, all, "truncated windows");
}
