//! Lists over pages, honest and lying.

use std::collections::BTreeSet;

use music_analytics::server::soundcharts::{Error, Referential};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stub::{ARTIST, Reply, SONG, Stub};

fn songs(numbers: impl Iterator<Item = usize>) -> Value {
    numbers.map(|n| json!({"uuid": Uuid::from_u128(n as u128), "name": format!("Song {n}")})).collect()
}

/// The page that was asked for of so many songs.
fn page_of(total: usize, offset: usize) -> Value {
    songs(offset.min(total)..(offset + 100).min(total))
}

#[tokio::test]
async fn all_pages_are_read_and_no_link_is_followed() {
    let elsewhere = Stub::start(|_| panic!("the link was followed")).await;
    let link = format!("{}/api/v2.21/artist/x/songs?offset=100", elsewhere.base);
    let stub = Stub::start(move |seen| {
        let offset = seen.offset();
        Reply::page(&page_of(230, offset), 230, (offset < 200).then_some(link.as_str()))
    })
    .await;
    let songs = stub.client().artist_songs(ARTIST, None).await.unwrap();
    assert_eq!(songs.iter().map(|song| song.uuid).collect::<BTreeSet<_>>().len(), 230);
    assert_eq!(songs.len(), 230);
    let offsets: Vec<usize> = stub.seen().iter().map(|seen| seen.offset()).collect();
    assert_eq!(offsets, [0, 100, 200]);
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_song_that_moves_to_the_next_page_is_listed_once() {
    let stub = Stub::start(|seen| match seen.offset() {
        0 => Reply::page(&songs(0..100), 150, Some("x")),
        _ => Reply::page(&songs(99..149), 150, None),
    })
    .await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().len(), 149);
}

#[tokio::test]
async fn pages_may_be_shorter_than_they_could_be() {
    let stub = Stub::start(|seen| match seen.offset() {
        0 => Reply::page(&songs(0..29), 130, Some("x")),
        _ => Reply::page(&songs(100..110), 130, None),
    })
    .await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().len(), 39);
}

#[tokio::test]
async fn a_list_that_ends_too_early_is_not_taken_for_the_whole() {
    let stub = Stub::start(|_| Reply::page(&songs(0..100), 334, None)).await;
    let error = stub.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::LeftOut { delivered: 100, announced: 334, .. }), "{error}");
}

#[tokio::test]
async fn a_next_page_that_is_not_there_ends_the_list() {
    let stub = Stub::start(|seen| Reply::page(&page_of(150, seen.offset()), 150, Some("always"))).await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().len(), 150);
    assert_eq!(stub.seen().len(), 3);
}

#[tokio::test]
async fn the_same_page_again_ends_the_list() {
    let stub = Stub::start(|_| Reply::page(&songs(0..40), 40, Some("always"))).await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().len(), 40);
    assert_eq!(stub.seen().len(), 2);
    let stub = Stub::start(|_| Reply::page(&songs(0..100), 334, Some("always"))).await;
    assert!(matches!(stub.client().artist_songs(ARTIST, None).await, Err(Error::LeftOut { .. })));
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let stub =
        Stub::start(|seen| Reply::page(&songs(seen.offset()..seen.offset() + 100), 200, Some("more"))).await;
    let error = stub.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::Endless { .. }), "{error}");
    assert!(stub.seen().len() < 20);
}

#[tokio::test]
async fn an_answer_without_items_is_no_empty_list() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/api/v2/referential/platforms" => Reply::json(&json!({})),
        _ => Reply::json(
            &json!({"items": [], "errors": [{"key": "argument", "code": 400, "message": "Invalid date"}]}),
        ),
    })
    .await;
    let error = stub.client().platforms(Referential::All).await.unwrap_err();
    assert!(error.to_string().contains("missing field `items`"), "{error}");
    let error = stub.client().song_identifiers(SONG, None, false).await.unwrap_err();
    assert!(error.to_string().contains("(400) (\"Invalid date\")"), "{error}");
}
