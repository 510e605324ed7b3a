//! API tokens: permissions, expiry, revocation.

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::config::Config;
use reqwest::{Client, Method};

use super::signed_in::{self, TOKEN, with_token};
use super::support::TestServer;

const PLATFORMS: &str = "/api/v1/platforms";

async fn status(client: &Client, house: &TestServer, method: Method, path: &str) -> u16 {
    let request =
        client.request(method, house.url(path)).header("content-type", "application/json").body("{}");
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_token_may_what_its_scope_and_its_owner_may() {
    let house = TestServer::new().await;
    let cases = [
        (Role::Admin, Right::Read, 200, 403),
        (Role::Admin, Right::Sync, 200, 400),
        (Role::Analyst, Right::Admin, 200, 400),
        (Role::Viewer, Right::Admin, 200, 403),
    ];
    for (number, (role, scope, read, start)) in cases.into_iter().enumerate() {
        let token = house.token_of(&format!("{number}@example.com"), role, scope).await;
        let client = with_token(&token);
        assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, read, "{role} {scope}");
        assert_eq!(status(&client, &house, Method::POST, "/api/v1/syncs").await, start, "{role} {scope}");
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_ends_when_it_is_revoked() {
    let house = TestServer::new().await;
    let browser = house.admin().await;
    let [page, again] =
        browser.sends("/account/tokens", &[("name", "nightly"), ("scope", "read"), ("days", "30")]).await;
    assert!(again.matches("nightly").count() > 0 && !again.contains("class=\"secret\""));
    let token = page.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let client = with_token(&token);
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 200);
    let list = browser.text("/account").await;
    assert!(list.contains("nightly") && !list.contains(&token));
    let row = list.split("nightly").nth(1).unwrap();
    let id = row.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    browser.post("/account/tokens/revoke", &[("id", id)]).await;
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 401);
    for (name, days) in [("", "30"), ("x", "0"), ("x", "many"), ("x", "99999")] {
        let [refused, _] =
            browser.sends("/account/tokens", &[("name", name), ("scope", "read"), ("days", days)]).await;
        assert!(
            !refused.contains("class=\"secret\"") && refused.contains("role=\"status\""),
            "{name} {days}"
        );
    }
}

#[tokio::test]
async fn a_token_ends_by_itself() {
    let house = TestServer::new().await;
    let token = house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let client = with_token(&token);
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 200);
    let mut tx = house.context.db.write().await.unwrap();
    sqlx::query("update api_tokens set expires_at = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 401);
}

#[tokio::test]
async fn people_revoke_their_own_and_admins_everybodys() {
    let house = TestServer::new().await;
    let token = house.token_of("bob@example.com", Role::Analyst, Right::Read).await;
    house.token_of("eve@example.com", Role::Analyst, Right::Read).await;
    let mut tx = house.context.db.read().await.unwrap();
    let sql =
        "select t.id from api_tokens t join users u on u.id = t.user_id where u.email = 'bob@example.com'";
    let id: String = sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap();
    drop(tx);
    let client = with_token(&token);
    let eve = house.browser("eve@example.com", signed_in::PASSWORD).await;
    eve.post("/account/tokens/revoke", &[("id", &id)]).await;
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 200);
    house.admin().await.post("/account/tokens/revoke", &[("id", &id)]).await;
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 401);
}

#[tokio::test]
async fn the_token_of_the_configuration_is_made_once_and_stays_revoked() {
    let house = TestServer::new().await;
    let client = with_token(TOKEN);
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 200);
    let mut tx = house.context.db.write().await.unwrap();
    sqlx::query("update api_tokens set revoked_at = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    signed_in::serve(&house.context).await;
    assert_eq!(status(&client, &house, Method::GET, PLATFORMS).await, 401);
    assert_eq!(house.number("select count(*) from api_tokens").await, 1);
}

#[tokio::test]
async fn calls_of_a_token_are_limited_by_the_minute() {
    let config = Config { api_per_minute: Some(3), ..signed_in::configured(Config::default()) };
    let house = TestServer::with(config).await;
    let client = with_token(TOKEN);
    for left in [2, 1, 0] {
        let answer = client.get(house.url(PLATFORMS)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["ratelimit-limit"], "3");
        assert_eq!(answer.headers()["ratelimit-remaining"], left.to_string().as_str());
    }
    let refused = client.get(house.url(PLATFORMS)).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(house.admin().await.get(PLATFORMS).await.status(), 200, "people in a browser are not limited");
}
