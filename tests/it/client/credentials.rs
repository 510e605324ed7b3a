//! Provider credentials: headers, OAuth tokens, and secrets that must not leak.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use music_analytics::server::provider::{Client, Credentials, Error, Recovery, Referential, Settings};
use serde_json::json;

use super::stub::{ARTIST, Reply, Stub, client};

const TOKENS: &str = "/oauth/token";
const SECRET: &str = "s3cret-of-the-client";

/// Issues tokens "token-0", "token-1", ...; `answer` receives the number of the token used.
async fn oauth(seconds: u64, answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Stub {
    let made = AtomicUsize::new(0);
    Stub::start(move |seen| {
        if seen.path == TOKENS {
            let number = made.fetch_add(1, Ordering::SeqCst);
            let token = json!({"access_token": format!("token-{number}"), "expires_in": seconds, "token_type": "bearer"});
            return Reply::json(&token).after(Duration::from_millis(20));
        }
        assert!(seen.header("x-app-id").is_none() && seen.header("x-api-key").is_none());
        answer(seen.header("authorization").unwrap().strip_prefix("Bearer token-").unwrap().parse().unwrap())
    })
    .await
}

fn signed_in(stub: &Stub) -> Client {
    let credentials = Credentials::OAuth {
        client_id: "our-client".parse().unwrap(),
        client_secret: SECRET.parse().unwrap(),
        team_id: Some("team 7".to_owned()),
        token_url: format!("{}{TOKENS}", stub.base).parse().unwrap(),
    };
    client(Settings { credentials, ..stub.settings() })
}

fn tokens(stub: &Stub) -> usize {
    stub.seen().iter().filter(|seen| seen.path == TOKENS).count()
}

#[tokio::test]
async fn header_credentials_go_with_every_request() {
    let stub = Stub::start(|seen| {
        let is_signed =
            seen.header("x-app-id") == Some("app") && seen.header("x-api-key") == Some("key-of-app");
        assert!(seen.header("authorization").is_none());
        if is_signed { Reply::list(&json!([])) } else { Reply::error(401, "You are not logged in.") }
    })
    .await;
    let headers = |key: &str| {
        let credentials =
            Credentials::Headers { app_id: "app".parse().unwrap(), api_key: key.parse().unwrap() };
        client(Settings { credentials, ..stub.settings() })
    };
    headers("key-of-app").platforms(Referential::All).await.unwrap();
    let error = headers("wrong").platforms(Referential::All).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Soundcharts rejected the credentials: check SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY"
    );
    assert_eq!(error.recovery(), Recovery::StopAll);
    assert_eq!(stub.seen().len(), 2, "a 401 is not repeated");
}

#[tokio::test]
async fn many_requests_share_one_token() {
    let stub = oauth(3600, |_| Reply::list(&json!([]))).await;
    let client = signed_in(&stub);
    let answers = join_all((0..20).map(|_| client.platforms(Referential::Social))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(tokens(&stub), 1);
    let seen = stub.seen();
    let request = seen.iter().find(|seen| seen.path == TOKENS).unwrap();
    assert_eq!(request.body, "grant_type=client_credentials&team_id=team+7");
    // "our-client:s3cret-of-the-client"
    assert_eq!(request.header("authorization"), Some("Basic b3VyLWNsaWVudDpzM2NyZXQtb2YtdGhlLWNsaWVudA=="));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let stub = oauth(1, |_| Reply::list(&json!([]))).await;
    let client = signed_in(&stub);
    for _ in 0..2 {
        client.platforms(Referential::All).await.unwrap();
    }
    assert_eq!(tokens(&stub), 1);
    tokio::time::sleep(Duration::from_millis(950)).await;
    client.platforms(Referential::All).await.unwrap();
    assert_eq!(tokens(&stub), 2);
}

#[tokio::test]
async fn a_401_makes_one_new_token_and_no_more() {
    let expired = |token| if token == 0 { Reply::error(401, "Expired") } else { Reply::list(&json!([])) };
    let stub = oauth(3600, expired).await;
    let client = signed_in(&stub);
    let answers = join_all((0..8).map(|_| client.platforms(Referential::All))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(tokens(&stub), 2, "those who were refused together share the next token");

    let stub = oauth(3600, |_| Reply::error(401, "Never")).await;
    let error = signed_in(&stub).artist(ARTIST).await.unwrap_err();
    assert!(error.to_string().contains("SOUNDCHARTS_CLIENT_ID"), "{error}");
    assert_eq!(stub.seen().iter().filter(|seen| seen.path != TOKENS).count(), 2);
}

#[tokio::test]
async fn a_refused_client_and_a_broken_token_are_told_apart() {
    let stub = Stub::start(|_| Reply::raw(401, format!("{{\"error\":\"invalid {SECRET}\"}}"))).await;
    let refused = signed_in(&stub).artist(ARTIST).await.unwrap_err();
    assert!(matches!(refused, Error::Credentials { .. }));
    let stub = Stub::start(|_| Reply::raw(200, format!("{{\"access_token\":[\"{SECRET}\"]}}"))).await;
    let broken = signed_in(&stub).artist(ARTIST).await.unwrap_err();
    assert!(matches!(broken, Error::Malformed { .. }));
    for error in [refused, broken] {
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn secrets_are_in_no_error_and_no_debug() {
    let echo = format!("{SECRET} token-0");
    for status in [400, 403, 404, 429, 500] {
        let echo = echo.clone();
        let stub = oauth(3600, move |_| Reply::error(status, &echo)).await;
        let client = signed_in(&stub);
        let error = client.artist(ARTIST).await.unwrap_err();
        let texts = format!("{error} {error:?} {client:?}");
        assert!(!texts.contains("s3cret") && !texts.contains("token-0"), "{texts}");
    }
    let stub = oauth(3600, move |_| Reply::json(&json!({"object": echo}))).await;
    let error = signed_in(&stub).artist(ARTIST).await.unwrap_err();
    assert!(error.to_string().contains("(hidden)") && !error.to_string().contains("s3cret"), "{error}");
}
