//! Every endpoint: request URL and response parsing.

use music_analytics::domain::Role;
use music_analytics::server::provider::{Error, RankingDate, Referential};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stub::{ARTIST, Reply, SONG, Stub, day};

async fn stub(answer: Value) -> Stub {
    Stub::start(move |_| Reply::json(&answer)).await
}

fn asked(stub: &Stub) -> Vec<String> {
    let line =
        |path: &str, query: &str| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    stub.seen().iter().map(|seen| line(&seen.path, &seen.query)).collect()
}

#[tokio::test]
async fn referential() {
    let stub = stub(json!({"items": [{"name": "Spotify", "code": "spotify"}]})).await;
    for of in [Referential::All, Referential::Social, Referential::Streaming, Referential::SongCharts] {
        assert_eq!(stub.client().platforms(of).await.unwrap()[0].code, "spotify");
    }
    assert_eq!(
        asked(&stub),
        [
            "/api/v2/referential/platforms?offset=0&limit=100",
            "/api/v2/referential/platforms/social?offset=0&limit=100",
            "/api/v2/referential/platforms/streaming?offset=0&limit=100",
            "/api/v2/chart/song/platforms?offset=0&limit=100",
        ]
    );
}

#[tokio::test]
async fn search() {
    let stub = stub(
        json!({"items": [{"uuid": ARTIST, "name": "AC/DC", "countryCode": ""}], "page": {"total": 400}}),
    )
    .await;
    let found = stub.client().search_artists(" AC/DC ").await.unwrap();
    assert_eq!((found[0].name.as_str(), found[0].country_code.as_deref()), ("AC/DC", None));
    assert!(stub.client().search_artists("  ").await.unwrap().is_empty());
    let error = stub.client().search_artists("..").await.unwrap_err();
    assert_eq!(error.to_string(), "Soundcharts cannot search for \"..\": enter a name or an id");
    assert_eq!(asked(&stub), ["/api/v2/artist/search/AC%2FDC?offset=0&limit=20"]);
    let nobody = Stub::start(|_| Reply::error(404, "No artist found for this term")).await;
    assert!(nobody.client().search_artists("x").await.unwrap().is_empty());
}

#[tokio::test]
async fn artists() {
    let stub = stub(
        json!({"type": "artist", "object": {"uuid": ARTIST, "name": "Billie Eilish", "genres": ["pop"]}}),
    )
    .await;
    assert_eq!(stub.client().artist(ARTIST).await.unwrap().genres[0].root, "pop");
    stub.client().artist_by_platform("youtube-artist", "/g/11c75ypgws").await.unwrap();
    stub.client().artist_by_platform("lastfm", "Billie+Eilish").await.unwrap();
    assert_eq!(
        asked(&stub),
        [
            format!("/api/v2.9/artist/{ARTIST}"),
            "/api/v2.9/artist/by-platform/youtube-artist/%2Fg%2F11c75ypgws".to_owned(),
            "/api/v2.9/artist/by-platform/lastfm/Billie%2BEilish".to_owned(),
        ]
    );
    let unknown = Stub::start(|_| Reply::error(404, "Not found.")).await;
    let error = unknown.client().artist_by_platform("spotify", "6qqN").await.unwrap_err();
    assert!(error.to_string().ends_with("try again in some hours"), "{error}");
    assert!(matches!(unknown.client().artist(ARTIST).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn songs_of_an_artist() {
    let stub = stub(
        json!({"items": [{"uuid": SONG, "name": "bad guy", "releaseDate": "2019-03-29T00:00:00+01:00"}]}),
    )
    .await;
    for role in [None, Some(Role::Main), Some(Role::Featured)] {
        let songs = stub.client().artist_songs(ARTIST, role).await.unwrap().songs;
        assert_eq!(songs[0].release_date, Some(day("2019-03-29")));
    }
    let path = format!("/api/v2.21/artist/{ARTIST}/songs");
    assert_eq!(
        asked(&stub),
        [
            format!("{path}?offset=0&limit=100"),
            format!("{path}?mainPerformer=1&offset=0&limit=100"),
            format!("{path}?mainPerformer=0&offset=0&limit=100"),
        ]
    );
}

#[tokio::test]
async fn songs() {
    let artists = json!([{"uuid": ARTIST, "name": "Billie Eilish"}]);
    let song =
        json!({"uuid": SONG, "name": "bad guy", "isrc": {"value": "USUM71900764"}, "artists": artists});
    let stub = stub(json!({"type": "song", "object": song, "items": []})).await;
    assert_eq!(stub.client().song(SONG).await.unwrap().isrc.as_deref(), Some("USUM71900764"));
    assert_eq!(stub.client().song_by_isrc("USUM71900764").await.unwrap().artists[0].uuid, ARTIST);
    stub.client().song_identifiers(SONG, None, true).await.unwrap();
    stub.client().song_identifiers(SONG, Some("spotify"), false).await.unwrap();
    assert_eq!(
        asked(&stub),
        [
            format!("/api/v2.25/song/{SONG}"),
            "/api/v2.25/song/by-isrc/USUM71900764".to_owned(),
            format!("/api/v2/song/{SONG}/identifiers?onlyDefault=true&offset=0&limit=100"),
            format!("/api/v2/song/{SONG}/identifiers?platform=spotify&offset=0&limit=100"),
        ]
    );
    let ambiguous = Stub::start(|_| Reply::error(410, "ISRC Blacklisted due to multiple tracks")).await;
    let error = ambiguous.client().song_by_isrc("QZDEM2600001").await.unwrap_err();
    assert!(error.to_string().contains("several recordings carry it"), "{error}");
}

#[tokio::test]
async fn charts() {
    let stub = stub(
        json!({"items": [{"slug": "global-28", "name": "Global", "countryCode": "", "frequency": "daily"}]}),
    )
    .await;
    assert_eq!(stub.client().charts("spotify", None).await.unwrap()[0].country_code, None);
    stub.client().charts("spotify", Some("IT")).await.unwrap();
    assert_eq!(
        asked(&stub),
        [
            "/api/v2/chart/song/by-platform/spotify?offset=0&limit=100",
            "/api/v2/chart/song/by-platform/spotify?countryCode=IT&offset=0&limit=100",
        ]
    );
}

#[tokio::test]
async fn available_rankings_are_those_of_the_range() {
    let newest = day("2026-10-31");
    let stub = Stub::start(move |seen| {
        let day = |back: usize| format!("{}T18:00:01+00:00", newest - back as i32);
        let items: Value = (seen.offset()..seen.offset() + 100).map(|back| json!(day(back))).collect();
        Reply::page(&items, 2000, Some("next"))
    })
    .await;
    let dates =
        stub.client().available_rankings("global-28", day("2026-06-01"), day("2026-06-30")).await.unwrap();
    assert_eq!(dates.len(), 30);
    assert_eq!(
        dates[0],
        RankingDate { day: day("2026-06-01"), label: "2026-06-01T18:00:01+00:00".to_owned() }
    );
    assert_eq!(stub.seen().len(), 2, "older pages cannot hold a day of the range");
}

#[tokio::test]
async fn rankings() {
    let stub = stub(json!({
        "related": {"chart": {"slug": "global-28"}, "date": "2020-10-06T18:00:01+00:00"},
        "items": [
            {"song": {"uuid": Uuid::from_u128(2), "name": "Two"}, "position": 2},
            {"song": {"uuid": Uuid::from_u128(1), "name": "One", "creditName": "A"}, "position": 1, "oldPosition": null},
            {"song": {"uuid": Uuid::from_u128(2), "name": "Two"}, "position": 9},
            {"song": {"uuid": Uuid::from_u128(3), "name": "Gone"}, "position": 0},
            {"song": null, "position": 4},
            {"song": {"uuid": null, "name": "Nobody"}, "position": 5},
        ],
    }))
    .await;
    let label = "2020-10-06T18:00:01+00:00".to_owned();
    let date = RankingDate { day: day("2020-10-06"), label };
    let ranking = stub.client().ranking("global-28", &date).await.unwrap();
    let places: Vec<(u32, &str)> =
        ranking.iter().map(|ranked| (ranked.position, ranked.name.as_str())).collect();
    assert_eq!(places, [(1, "One"), (2, "Two")]);
    let path = "/api/v2.14/chart/song/global-28/ranking/2020-10-06T18%3A00%3A01%2B00%3A00?offset=0&limit=100";
    assert_eq!(asked(&stub), [path]);
    let other = RankingDate { day: day("2020-10-07"), ..date };
    assert!(matches!(stub.client().ranking("global-28", &other).await, Err(Error::WrongDays { .. })));
}

/// One request for several songs if the provider supports it, otherwise one per song.
#[tokio::test]
async fn songs_come_together_or_one_by_one() {
    let uuids: Vec<Uuid> = (0..12).map(Uuid::from_u128).collect();
    let song = |uuid: &str| json!({"uuid": uuid, "name": "x", "isrc": {"value": "USUM71900764"}});
    let together = Stub::start(move |seen| {
        let several = seen.path.rsplit('/').next().unwrap().replace("%2C", ",");
        Reply::json(&json!({"items": several.split(',').map(song).collect::<Vec<_>>()}))
    })
    .await;
    let songs = together.client().songs(&uuids).await.unwrap();
    assert_eq!(songs.iter().map(|song| song.uuid).collect::<Vec<_>>(), uuids);
    assert!(songs.iter().all(|song| song.isrc.as_deref() == Some("USUM71900764")));
    assert_eq!(together.seen().len(), 2, "ten by one request");
    let answers: [fn() -> Reply; 4] = [
        || Reply::error(404, "Not found."),
        || Reply::error(400, "Bad request"),
        || Reply::json(&json!({"items": []})),
        || Reply::json(&json!({"object": null})),
    ];
    for answer in answers {
        let alone = Stub::start(move |seen| {
            let uuid = seen.path.rsplit('/').next().unwrap().replace("%2C", ",");
            if uuid.contains(',') {
                return answer();
            }
            if uuid.ends_with('3') {
                Reply::error(404, "Not found.")
            } else {
                Reply::json(&json!({"object": song(&uuid)}))
            }
        })
        .await;
        let songs = alone.client().songs(&uuids[..5]).await.unwrap();
        assert_eq!(songs.len(), 4, "all but the one that the provider does not know");
    }
}
