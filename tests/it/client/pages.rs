//! Paginated lists, correct and faulty.

use std::collections::BTreeSet;

use music_analytics::server::provider::{Error, Referential, SongList};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stub::{ARTIST, RecordedRequest, Reply, SONG, Stub};

fn songs(numbers: impl Iterator<Item = usize>) -> Value {
    numbers.map(|n| json!({"uuid": Uuid::from_u128(n as u128), "name": format!("Song {n}")})).collect()
}

/// The page at `offset` of a list of `total` songs.
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
    let SongList { songs, is_complete, .. } = stub.client().artist_songs(ARTIST, None).await.unwrap();
    assert!(is_complete);
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
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().songs.len(), 149);
}

/// The provider caps pages at 50 rows.
#[tokio::test]
async fn pages_may_be_shorter_than_asked_for() {
    let page = |next: bool| {
        move |seen: &RecordedRequest| {
            let offset = seen.offset();
            let items = songs(offset.min(334)..(offset + 50).min(334));
            let next = (next && offset + 50 < 334).then(|| format!("/api/x?offset={}&limit=50", offset + 50));
            Reply::json(
                &json!({"items": items, "page": {"offset": offset, "limit": 50, "next": next, "total": 334}}),
            )
        }
    };
    for has_next in [true, false] {
        let stub = Stub::start(page(has_next)).await;
        let list = stub.client().artist_songs(ARTIST, None).await.unwrap();
        assert_eq!(
            (list.songs.len(), list.is_complete, stub.seen().len()),
            (334, true, 7),
            "next: {has_next}"
        );
    }
}

/// The next page starts where the provider says, even if rows in between are missing.
#[tokio::test]
async fn a_list_with_fewer_rows_than_announced_is_not_taken_for_the_whole() {
    let stub = Stub::start(|seen| match seen.offset() {
        0 => Reply::page(&songs(0..29), 130, Some("/x?limit=100&offset=100")),
        _ => Reply::page(&songs(100..110), 130, None),
    })
    .await;
    let error = stub.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::MissingRows { delivered: 39, announced: 130, .. }), "{error}");
    assert_eq!(stub.seen()[1].offset(), 100);
}

#[tokio::test]
async fn a_list_that_says_nothing_about_itself_goes_on_while_its_pages_are_full() {
    let stub = Stub::start(|seen| Reply::json(&json!({"items": page_of(334, seen.offset())}))).await;
    let list = stub.client().artist_songs(ARTIST, None).await.unwrap();
    assert_eq!((list.songs.len(), stub.seen().len()), (334, 4));
}

#[tokio::test]
async fn rows_that_cannot_be_read_cost_themselves_and_leave_the_list_incomplete() {
    let stub = Stub::start(|_| {
        let mut items = songs(0..3);
        items[1]["uuid"] = Value::Null;
        Reply::list(&items)
    })
    .await;
    let list = stub.client().artist_songs(ARTIST, None).await.unwrap();
    assert_eq!((list.songs.len(), list.lost.len(), list.is_complete), (2, 1, false));
    assert!(list.lost[0].contains("items[1].uuid"), "{:?}", list.lost);
    let none = Stub::start(|_| Reply::list(&json!([{"uuid": null}, {"name": "x"}]))).await;
    let error = none.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn an_empty_answer_is_no_list_of_nothing() {
    for reply in [Reply::raw(204, ""), Reply::raw(200, ""), Reply::json(&json!({"items": []}))] {
        let stub = Stub::start(move |_| reply.clone()).await;
        let list = stub.client().artist_songs(ARTIST, None).await.unwrap();
        assert_eq!((list.songs.len(), list.is_complete, stub.seen().len()), (0, false, 1));
    }
    let stub = Stub::start(|_| Reply::list(&json!([]))).await;
    let list = stub.client().artist_songs(ARTIST, None).await.unwrap();
    assert!(list.is_complete, "the provider says that there is none");
}

#[tokio::test]
async fn a_list_that_ends_too_early_is_not_taken_for_the_whole() {
    let stub = Stub::start(|_| Reply::page(&songs(0..100), 334, None)).await;
    let error = stub.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::MissingRows { delivered: 100, announced: 334, .. }), "{error}");
}

#[tokio::test]
async fn a_next_page_that_is_not_there_ends_the_list() {
    let stub = Stub::start(|seen| Reply::page(&page_of(150, seen.offset()), 150, Some("always"))).await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().songs.len(), 150);
    assert_eq!(stub.seen().len(), 3);
}

#[tokio::test]
async fn the_same_page_again_ends_the_list() {
    let stub = Stub::start(|_| Reply::page(&songs(0..40), 40, Some("always"))).await;
    assert_eq!(stub.client().artist_songs(ARTIST, None).await.unwrap().songs.len(), 40);
    assert_eq!(stub.seen().len(), 2);
    let stub = Stub::start(|_| Reply::page(&songs(0..100), 334, Some("always"))).await;
    assert!(matches!(stub.client().artist_songs(ARTIST, None).await, Err(Error::MissingRows { .. })));
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let stub =
        Stub::start(|seen| Reply::page(&songs(seen.offset()..seen.offset() + 100), 200, Some("more"))).await;
    let error = stub.client().artist_songs(ARTIST, None).await.unwrap_err();
    assert!(matches!(error, Error::EndlessPagination { .. }), "{error}");
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
