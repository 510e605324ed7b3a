//! Authentication.

use music_analytics::server::simulator::endpoint::Endpoint;
use music_analytics::server::simulator::settings::{Knobs, Settings};

use super::support::{Provider, Reply};

const PATH: &str = "/api/v2/referential/platforms";
/// `id:key`, and with a wrong key.
const BASIC: [&str; 2] = ["Basic aWQ6a2V5", "Basic aWQ6bm8="];

async fn provider(knobs: Knobs) -> Provider {
    let mut settings = Settings { knobs, ..Settings::default() };
    settings.credentials.push(("id".to_owned(), "key".to_owned()));
    Provider::start(settings).await
}

async fn token(provider: &Provider, basic: &str, body: &str) -> Reply {
    let request = provider.client.post(format!("{}/oauth/token", provider.base));
    let form = ("content-type", "application/x-www-form-urlencoded");
    Reply::receive(request.header("authorization", basic).header(form.0, form.1).body(body.to_owned())).await
}

async fn with_token(provider: &Provider, token: &str) -> u16 {
    Reply::receive(provider.bare(PATH).header("authorization", format!("Bearer {token}"))).await.status
}

#[tokio::test]
async fn headers_are_checked_before_anything_else() {
    let provider = provider(Knobs::default()).await;
    for (id, key, status) in
        [("soundcharts", "soundcharts", 200), ("id", "key", 200), ("id", "soundcharts", 401), ("", "", 401)]
    {
        let answer =
            Reply::receive(provider.bare(PATH).header("x-app-id", id).header("x-api-key", key)).await;
        assert_eq!(answer.status, status, "{id}:{key}");
    }
    let bare = Reply::receive(provider.bare("/api/v2/no/such/path")).await;
    assert_eq!((bare.status, bare.message()), (401, "You are not logged in."));
    assert_eq!(provider.get("/api/v2/no/such/path").await.status, 404);
    assert_eq!(Reply::receive(provider.bare(PATH).header("x-app-id", "id")).await.status, 401);
}

#[tokio::test]
async fn tokens_are_got_by_basic_authentication_and_end() {
    let provider = provider(Knobs { token_seconds: 1, ..Knobs::default() }).await;
    let given = token(&provider, BASIC[0], "grant_type=client_credentials&team_id=1").await;
    assert_eq!((given.status, &given.body["expires_in"]), (200, &serde_json::json!(1)));
    let bearer = given.body["access_token"].as_str().unwrap();
    assert_eq!(with_token(&provider, bearer).await, 200);
    assert_eq!(with_token(&provider, "other").await, 401);
    tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    assert_eq!(with_token(&provider, bearer).await, 401);
    assert_eq!(token(&provider, BASIC[1], "grant_type=client_credentials").await.status, 401);
    assert_eq!(token(&provider, BASIC[0], "grant_type=password").await.status, 400);
    assert_eq!(provider.simulator.journal().counts_for(Endpoint::Token).received, 3);
}

#[tokio::test]
async fn a_token_may_end_before_its_time() {
    let faults = vec!["expired_token:times=1".parse().unwrap()];
    let provider = provider(Knobs { faults, ..Knobs::default() }).await;
    let get = async || {
        let given = token(&provider, BASIC[0], "grant_type=client_credentials").await;
        given.body["access_token"].as_str().unwrap().to_owned()
    };
    // The token request is one that the rule could affect.
    provider.simulator.set(Knobs::default());
    let first = get().await;
    assert_eq!(with_token(&provider, &first).await, 200);
    provider.simulator.turn(serde_json::json!({"faults": ["expired_token@platforms:times=1"]})).unwrap();
    assert_eq!(with_token(&provider, &first).await, 401);
    assert_eq!(with_token(&provider, &first).await, 401);
    let second = get().await;
    assert_ne!(first, second);
    assert_eq!(with_token(&provider, &second).await, 200);
}

#[tokio::test]
async fn other_hosts_and_other_sites_are_refused() {
    let provider = provider(Knobs::default()).await;
    assert_eq!(Reply::receive(provider.request(PATH).header("host", "example.com")).await.status, 421);
    let post =
        provider.client.post(format!("{}/oauth/token", provider.base)).header("origin", "http://example.com");
    assert_eq!(Reply::receive(post).await.status, 403);
    let everywhere = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = music_analytics::server::simulator::serve(everywhere, provider.simulator.clone()).await;
    assert!(refused.unwrap_err().to_string().contains("loopback"));
}
