//! Time series: truncated, empty and unexpected windows.

use music_analytics::domain::Day;
use music_analytics::server::provider::{Error, Limits, SeriesAnswer, Settings, TimeSeries};
use serde_json::{Value, json};

use super::stub::{ARTIST, RecordedRequest, Reply, SONG, Stub, client, day, row, rows, window};

async fn ask(stub: &Stub, days: i32) -> Result<SeriesAnswer<TimeSeries>, Error> {
    stub.client().song_audience(SONG, "spotify", window(days)).await
}

async fn data(stub: &Stub, days: i32) -> TimeSeries {
    match ask(stub, days).await.unwrap() {
        SeriesAnswer::Data(series) => series,
        SeriesAnswer::NoData { reason } => panic!("{reason}"),
    }
}

fn days(series: &TimeSeries) -> Vec<Day> {
    let observations = &series.identifiers["a"];
    assert!(observations.iter().all(|o| o.value == i64::from(o.day.number())));
    observations.iter().map(|o| o.day).collect()
}

/// At most `most` of the last rows, newest first.
fn truncated(seen: &RecordedRequest, most: usize) -> Reply {
    let all = seen.days();
    let items: Value = all.iter().rev().take(most).map(|day| row(*day)).collect();
    Reply::page(&items, all.len(), None)
}

#[tokio::test]
async fn a_window_is_asked_for_inclusively() {
    let stub = Stub::start(|seen| Reply::list(&rows(seen))).await;
    let series = data(&stub, 30).await;
    assert_eq!(days(&series), day("2026-09-01").up_to(day("2026-09-30")).collect::<Vec<_>>());
    assert!(series.complaints.is_empty());
    let [seen] = &stub.seen()[..] else { panic!("one request") };
    assert_eq!(seen.path, format!("/api/v2/song/{SONG}/audience/spotify"));
    assert_eq!(seen.query, "startDate=2026-09-01&endDate=2026-09-30&offset=0&limit=100");
}

#[tokio::test]
async fn a_truncated_window_is_split_until_all_rows_are_there() {
    let stub = Stub::start(|seen| truncated(seen, 15)).await;
    let series = data(&stub, 90).await;
    assert_eq!(days(&series).len(), 90);
    assert!(series.complaints.is_empty(), "{:?}", series.complaints);
    // 90, then 2 x 45, 4 x 22 or 23, 8 x 11 or 12: these are complete, do not overlap and cover all days.
    let mut whole: Vec<Day> =
        stub.seen().iter().map(RecordedRequest::days).filter(|days| days.len() <= 15).flatten().collect();
    whole.sort_unstable();
    assert_eq!(whole, days(&series));
    // A second page is requested for each of the seven truncated ones; it repeats the first.
    assert_eq!(stub.seen().len(), 15 + 7);
}

#[tokio::test]
async fn a_wrong_total_does_not_multiply_requests() {
    let stub = Stub::start(|seen| Reply::page(&rows(seen), 3000, None)).await;
    let series = data(&stub, 90).await;
    assert_eq!(days(&series).len(), 90);
    assert_eq!(stub.seen().len(), 6);
    assert_eq!(
        series.complaints[0].to_string(),
        "2026-09-01 to 2026-10-15: of 3000 rows that were announced 45 were delivered"
    );
}

#[tokio::test]
async fn rows_that_are_announced_and_never_come_are_no_absence() {
    let stub = Stub::start(|_| Reply::page(&json!([]), 30, None)).await;
    let error = ask(&stub, 30).await.unwrap_err();
    assert!(matches!(error, Error::MissingRows { delivered: 0, announced: 30, .. }), "{error}");
}

#[tokio::test]
async fn rows_of_other_days_are_no_absence() {
    let stub = Stub::start(|_| Reply::list(&json!([row(day("2020-10-06")), row(day("2020-10-07"))]))).await;
    let error = ask(&stub, 30).await.unwrap_err();
    assert!(matches!(error, Error::WrongDays { .. }), "{error}");
}

#[tokio::test]
async fn a_404_is_no_data_if_the_provider_says_so() {
    let stub = Stub::start(|_| Reply::error(404, "No social account found for artist")).await;
    let answer = stub.client().artist_audience(ARTIST, "apple-music", window(30)).await.unwrap();
    assert_eq!(answer, SeriesAnswer::NoData { reason: "No social account found for artist".to_owned() });
    assert_eq!(stub.seen().len(), 1);
    let stub = Stub::start(|_| Reply::raw(404, "<html>nothing here</html>")).await;
    let error = ask(&stub, 30).await.unwrap_err();
    assert!(error.to_string().contains("does not answer as Soundcharts does (404)"), "{error}");
}

#[tokio::test]
async fn values_are_read_in_whichever_form_they_come() {
    let stub = Stub::start(|_| {
        Reply::raw(
            200,
            r#"{"items":[{"date":"2026-09-01","value":"93863298"},{"date":"2026-09-02","value":9.38e7},
                {"date":"2026-09-03","plots":[{"identifier":7130,"value":"5"}]}],"errors":{}}"#,
        )
    })
    .await;
    let series = data(&stub, 30).await;
    let values =
        |identifier: &str| series.identifiers[identifier].iter().map(|o| o.value).collect::<Vec<_>>();
    assert_eq!((values(""), values("7130")), (vec![93_863_298, 93_800_000], vec![5]));
    assert!(series.complaints.is_empty(), "{:?}", series.complaints);
}

#[tokio::test]
async fn values_that_cannot_be_read_are_no_absence() {
    for rows in [
        r#"{"date":"2026-09-01","plots":[{"identifier":"a","value":"many"}]}"#,
        r#"{"date":"2026-09-01","amount":5}"#,
        r#"{"day":"2026-09-01","plots":[]},{"date":"2026-09-02","amount":5}"#,
    ] {
        let stub = Stub::start(move |_| Reply::raw(200, format!(r#"{{"items":[{rows}]}}"#))).await;
        let error = ask(&stub, 30).await.unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{rows}: {error}");
    }
    let followers = r#"{"items":[{"date":"2026-09-01","followerCount":"many","postCount":7}]}"#;
    let stub = Stub::start(move |_| Reply::raw(200, followers)).await;
    let error = stub.client().artist_audience(ARTIST, "spotify", window(30)).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn an_empty_window_is_data() {
    let stub = Stub::start(|_| Reply::list(&json!([]))).await;
    assert_eq!(ask(&stub, 30).await.unwrap(), SeriesAnswer::Data(TimeSeries::default()));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_asked_for_in_parts() {
    let stub = Stub::start(|seen| Reply::list(&rows(seen))).await;
    let limits = |body| Limits { body, ..stub.settings().limits };
    let small = client(Settings { limits: limits(2000), ..stub.settings() });
    let (mut open, mut came, mut parts) = (Some(window(90)), Vec::new(), 0);
    while let Some(window) = open {
        let SeriesAnswer::Data(series) = small.song_audience(SONG, "spotify", window).await.unwrap() else {
            panic!("no data")
        };
        came.extend(days(&series));
        parts += 1;
        open = series.rest;
    }
    assert_eq!(came, day("2026-09-01").up_to(day("2026-09-01") + 89).collect::<Vec<_>>());
    // 90 and 45 days were too large; after that, 22 were requested at once.
    assert_eq!((parts, stub.seen().len()), (5, 2 + 5));
    let tiny = client(Settings { limits: limits(100), ..stub.settings() });
    let error = tiny.song_audience(SONG, "spotify", window(90)).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 100, .. }), "{error}");
}

#[tokio::test]
async fn bad_values_cost_only_themselves() {
    let stub = Stub::start(|_| {
        Reply::raw(
            200,
            r#"{"items":[
                {"date":"2026-09-03T00:00:00+02:00","plots":[{"identifier":"a","value":9007199254740993},{"identifier":"b","value":1}]},
                {"date":"2026-09-02T00:00:00+02:00","plots":[{"identifier":"a","value":18446744073709551615},{"identifier":"b","value":-4}]},
                {"date":"2026-09-03T00:00:00+02:00","plots":[{"identifier":"a","value":7}]},
                {"date":"2026-09-01T00:00:00+02:00"}],
              "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":4},"errors":[]}"#,
        )
    })
    .await;
    let series = data(&stub, 30).await;
    let values = |identifier: &str| -> Vec<(String, i64)> {
        series.identifiers[identifier].iter().map(|o| (o.day.to_string(), o.value)).collect()
    };
    assert_eq!(values("a"), [("2026-09-03".to_owned(), 9_007_199_254_740_993)]);
    assert_eq!(values("b"), [("2026-09-02".to_owned(), -4), ("2026-09-03".to_owned(), 1)]);
    assert_eq!(
        series.complaints[0].to_string(),
        "a, 2026-09-02T00:00:00+02:00: 18446744073709551615 is larger than can be stored"
    );
}

#[tokio::test]
async fn artists_have_followers_and_listeners() {
    let stub = Stub::start(|seen| {
        let value = |day: Day| match seen.path.ends_with("/listening") {
            true => json!({"date": format!("{day}T00:00:00+00:00"), "value": 5}),
            false => json!({"date": format!("{day}T00:00:00+00:00"), "followerCount": 7, "likeCount": null, "viewCount": 9}),
        };
        Reply::list(&seen.days().into_iter().map(value).collect())
    })
    .await;
    let SeriesAnswer::Data(audience) =
        stub.client().artist_audience(ARTIST, "youtube", window(3)).await.unwrap()
    else {
        panic!("no data")
    };
    assert_eq!((audience.followers.len(), audience.likes.len(), audience.views.len()), (3, 0, 3));
    assert_eq!((audience.followers[0].value, audience.views[2].value), (7, 9));
    let SeriesAnswer::Data(streaming) =
        stub.client().artist_streaming(ARTIST, "spotify", window(3)).await.unwrap()
    else {
        panic!("no data")
    };
    assert_eq!(streaming.values.iter().map(|o| o.value).collect::<Vec<_>>(), [5, 5, 5]);
    assert!(stub.seen()[1].path.ends_with("/streaming/spotify/listening"));
}
