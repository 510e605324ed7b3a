//! Transient and permanent errors.

use std::io::Write as _;
use std::time::{Duration, Instant};

use music_analytics::server::provider::{Error, Limits, Recovery, Settings};
use serde_json::json;

use super::stub::{ARTIST, Reply, SONG, Stub, client};

fn artist() -> Reply {
    Reply::json(&json!({"type": "artist", "object": {"uuid": ARTIST, "name": "Billie Eilish"}, "errors": []}))
}

/// Replies with `trouble` a number of times, then normally.
async fn failing_first(times: usize, trouble: Reply) -> Stub {
    Stub::start(move |seen| if seen.before < times { trouble.clone() } else { artist() }).await
}

/// The result and the number of requests.
async fn ask(stub: &Stub) -> (Result<(), Error>, usize) {
    let answer = stub.client().artist(ARTIST).await;
    (answer.map(drop), stub.seen().len())
}

#[tokio::test]
async fn passing_trouble_is_tried_four_times() {
    let slow = "You reached the maximum request count per minute";
    for trouble in [
        Reply::raw(502, "<html>"),
        Reply::error(503, "x"),
        Reply::raw(504, ""),
        artist().cut(),
        Reply::raw(200, "{\"object\":{\"uuid\":\"11e8"),
        Reply::error(429, slow).header("x-ratelimit-reset", 0),
        Reply::error(429, slow),
        // The remaining calls decide, whatever the message is.
        Reply::error(429, "Quota exceeded for this minute").header("x-quota-remaining", 4_000_000),
        // A proxy's response, which says nothing about the data.
        Reply::raw(200, "<html>"),
        Reply::raw(403, "<html>forbidden</html>"),
        Reply::raw(404, "nothing"),
        Reply::raw(404, r#"{"message":"no route"}"#),
        Reply::raw(408, ""),
    ] {
        let (answer, requests) = ask(&failing_first(3, trouble.clone()).await).await;
        assert!(answer.is_ok() && requests == 4, "{trouble:?}: {requests} {answer:?}");
        let (answer, requests) = ask(&failing_first(4, trouble.clone()).await).await;
        assert!(answer.is_err() && requests == 4, "{trouble:?}: {requests} {answer:?}");
    }
}

#[tokio::test]
async fn a_500_is_tried_twice() {
    let (answer, requests) = ask(&failing_first(1, Reply::error(500, "x")).await).await;
    assert!(answer.is_ok() && requests == 2);
    let (answer, requests) = ask(&failing_first(2, Reply::error(500, "x")).await).await;
    let error = answer.unwrap_err();
    assert_eq!(requests, 2);
    assert_eq!(error.to_string(), format!("Soundcharts failed for artist {ARTIST} (500): try again later"));
    assert_eq!(error.recovery(), Recovery::RetryLater(None));
    let (answer, requests) =
        ask(&failing_first(1, Reply::json(&json!({"errors": [{"code": 500, "message": "x"}]}))).await).await;
    assert!(answer.is_ok() && requests == 2, "a 500 in a 200 is one");
}

#[tokio::test]
async fn lasting_trouble_is_not_repeated() {
    for (trouble, sentence) in [
        (Reply::error(400, "Invalid date"), "refused artist"),
        (Reply::error(401, "You are not logged in"), "rejected the credentials"),
        (Reply::error(403, "Not in your plan"), "plan does not include artist"),
        (Reply::error(404, "Not found."), "does not know artist"),
        (Reply::error(410, "ISRC Blacklisted"), "several recordings"),
        (
            Reply::error(429, "Maximum quota reached").header("x-ratelimit-reset", 0),
            "quota of this billing term",
        ),
        (Reply::json(&json!({"object": {"uuid": 7}})), "unexpected form at object.uuid"),
        (Reply::json(&json!({"type": "artist"})), "unexpected form at object: it is missing"),
    ] {
        let (answer, requests) = ask(&failing_first(1, trouble).await).await;
        let text = answer.unwrap_err().to_string();
        assert!(text.contains(sentence) && requests == 1, "{requests}: {text}");
    }
}

#[tokio::test]
async fn foreign_answers_end_everything_only_before_the_provider_was_heard() {
    let stub = Stub::start(|seen| if seen.before == 0 { artist() } else { Reply::raw(404, "<html>") }).await;
    let client = stub.client();
    assert!(client.artist(ARTIST).await.is_ok());
    let error = client.artist(ARTIST).await.unwrap_err();
    assert_eq!(error.recovery(), Recovery::RetryLater(None), "{error}");
    let nobody = Stub::start(|_| Reply::raw(404, "<html>")).await;
    let error = nobody.client().artist(ARTIST).await.unwrap_err();
    assert_eq!(error.recovery(), Recovery::StopAll, "{error}");
    assert!(error.to_string().contains("check SOUNDCHARTS_BASE_URL"), "{error}");
}

#[tokio::test]
async fn compressed_answers_are_read() {
    let json = json!({"object": {"uuid": ARTIST, "name": "Billie Eilish"}}).to_string();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(json.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let stub = Stub::start(move |_| Reply::raw(200, packed.clone()).header("content-encoding", "gzip")).await;
    assert_eq!(stub.client().artist(ARTIST).await.unwrap().name, "Billie Eilish");
    assert_eq!(stub.seen()[0].header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn redirects_are_refused() {
    let elsewhere = Stub::start(|_| artist()).await;
    let location = format!("{}/api", elsewhere.base);
    for status in [301, 302, 307, 308] {
        let (answer, requests) =
            ask(&failing_first(1, Reply::raw(status, "").header("location", &location)).await).await;
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::Redirected { .. }) && requests == 1, "{error}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_told_wait_is_kept() {
    for trouble in [
        Reply::error(429, "maximum request count").header("x-ratelimit-reset", 1),
        Reply::error(429, "maximum request count").header("retry-after", 1).header("x-ratelimit-reset", 0),
        Reply::error(503, "x").header("retry-after", 1).header("x-ratelimit-reset", 3000),
    ] {
        let start = Instant::now();
        let (answer, requests) = ask(&failing_first(1, trouble.clone()).await).await;
        assert!(answer.is_ok() && requests == 2, "{trouble:?}: {answer:?}");
        assert!((1000..3000).contains(&start.elapsed().as_millis()), "{trouble:?}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let trouble = Reply::error(429, "maximum request count").header("retry-after", 3600);
    let (answer, requests) = ask(&failing_first(1, trouble).await).await;
    let error = answer.unwrap_err();
    assert!(error.to_string().starts_with("Soundcharts rate limit reached; wait 3600 s"), "{error}");
    assert_eq!((error.recovery(), requests), (Recovery::RetryLater(Some(Duration::from_secs(3600))), 1));
}

#[tokio::test]
async fn a_stalled_answer_is_given_up_and_asked_for_again() {
    let (answer, requests) = ask(&failing_first(1, artist().after(Duration::from_secs(30))).await).await;
    assert!(answer.is_ok() && requests == 2, "{answer:?}");
    let start = Instant::now();
    let (answer, requests) = ask(&failing_first(9, artist().after(Duration::from_secs(30))).await).await;
    let error = answer.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }) && requests == 4, "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn nobody_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let stub = Stub::start(|_| artist()).await;
    let settings = Settings { address: format!("http://{address}").parse().unwrap(), ..stub.settings() };
    let error = client(settings).artist(ARTIST).await.unwrap_err();
    let expected = format!("Soundcharts cannot be reached at {address} (Connection refused");
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[tokio::test]
async fn a_host_that_cannot_speak_https() {
    let stub = Stub::start(|_| artist()).await;
    let address = stub.base.replace("http://", "https://").parse().unwrap();
    let error = client(Settings { address, ..stub.settings() }).artist(ARTIST).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_body_without_end_is_not_read() {
    let stub = Stub::start(|_| Reply::raw(200, vec![b' '; 1 << 20])).await;
    let limits = Limits { body: 64 << 10, ..stub.settings().limits };
    let error = client(Settings { limits, ..stub.settings() }).song(SONG).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 65_536, .. }), "{error}");
    assert_eq!(stub.seen().len(), 1);
    let stub = Stub::start(|_| Reply::raw(503, vec![b' '; 1 << 20])).await;
    assert!(matches!(stub.client().song(SONG).await, Err(Error::ServerError { status: 503, .. })));
}
