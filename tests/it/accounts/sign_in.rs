//! Sign-in: credentials, throttling, cookies, first admin.

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::config::Config;

use super::signed_in::{self, EMAIL, PASSWORD};
use super::support::{TestServer, cookie, form, from, sign_in, until};

#[tokio::test]
async fn the_right_password_lets_in_and_sets_a_safe_cookie() {
    let house = TestServer::new().await;
    let answer = house.try_to_sign_in(" ADA@example.com ", PASSWORD).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], "/analytics");
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    let token = cookie(&answer).split_once('=').unwrap().1.to_owned();
    assert!(token.len() >= 43, "256 bits");
    let stored: i64 = house.number("select count(*) from sessions").await;
    assert_eq!(stored, 1);
    let mut tx = house.context.db.read().await.unwrap();
    let hash: String =
        sqlx::query_scalar("select token_hash from sessions").fetch_one(&mut *tx).await.unwrap();
    assert!(!hash.contains(&token), "only its hash is stored");
    drop(tx);
    let second = house.try_to_sign_in(EMAIL, PASSWORD).await;
    assert_ne!(cookie(&answer), cookie(&second), "new at each sign-in");
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host() {
    let url = Some("https://music.example.com".parse().unwrap());
    let house =
        TestServer::with(Config { public_url: url, ..signed_in::configured(Config::default()) }).await;
    let answer = house.try_to_sign_in(EMAIL, PASSWORD).await;
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-session=") && set.contains("; Secure"), "{set}");
    assert!(answer.headers()["strict-transport-security"].to_str().unwrap().starts_with("max-age="));
}

#[tokio::test]
async fn five_failures_are_free_and_then_the_account_waits_known_or_not() {
    let mut config = signed_in::configured(Config::default());
    config.proxies = "127.0.0.1".parse().unwrap();
    let house = TestServer::with(config).await;
    for email in [EMAIL, "nobody@example.com"] {
        for round in 0..7 {
            // A different address each time, so that only the account's throttle counts.
            let client = from(&format!("192.0.2.{round}"));
            let answer = sign_in(&client, &house.base, email, "a wrong password").await;
            let expected = if round < 5 { 401 } else { 429 };
            assert_eq!(answer.status(), expected, "{email} {round}");
            if expected == 429 {
                let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=15).contains(&wait), "{wait}");
            }
        }
        let answer = sign_in(&from("192.0.2.99"), &house.base, email, PASSWORD).await;
        assert_eq!(answer.status(), 429, "the right password does not help then");
    }
    until("the failures are in the log", async || {
        let sql =
            "select count(*) from audit_log where action = 'sign-in-failed' and actor = 'ada@example.com'";
        house.number(sql).await == 5
    })
    .await;
}

#[tokio::test]
async fn an_address_has_ten_tries_a_minute() {
    let house = TestServer::new().await;
    for round in 0..12 {
        let answer = house.try_to_sign_in(&format!("{round}@example.com"), "a wrong password").await;
        assert_eq!(answer.status(), if round < 10 { 401 } else { 429 }, "{round}");
    }
    // Forwarding headers from untrusted addresses are ignored.
    let answer = sign_in(&from("192.0.2.1"), &house.base, EMAIL, PASSWORD).await;
    assert_eq!(answer.status(), 429);
}

#[tokio::test]
async fn disabled_accounts_do_not_sign_in() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    assert_eq!(house.try_to_sign_in("bob@example.com", PASSWORD).await.status(), 303);
    let mut tx = house.context.db.write().await.unwrap();
    sqlx::query("update users set disabled = 1 where email = 'bob@example.com'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(house.try_to_sign_in("bob@example.com", PASSWORD).await.status(), 401);
}

#[tokio::test]
async fn the_first_admin_is_made_once_by_whoever_has_the_link() {
    let mut config = Config::default();
    config.provider.base_url = None;
    let house = TestServer::with(config).await;
    let client = signed_in::anonymous().build().unwrap();
    let link = house.url(&format!("/set-up/{}", house.context.setup_token.reveal()));
    assert_eq!(client.get(house.url("/set-up/0123")).send().await.unwrap().status(), 404);
    assert_eq!(client.get(&link).send().await.unwrap().status(), 200);
    let weak = form(client.post(&link), &[("email", EMAIL), ("password", "password1")]).send().await.unwrap();
    assert_eq!(weak.status(), 422);
    let made = form(client.post(&link), &[("email", EMAIL), ("password", PASSWORD)]).send().await.unwrap();
    assert_eq!(made.status(), 303);
    let seen = client.get(house.url("/users")).header("cookie", cookie(&made)).send().await.unwrap();
    assert_eq!(seen.status(), 200, "an admin, signed in");
    for again in
        [client.get(&link), form(client.post(&link), &[("email", "b@example.com"), ("password", PASSWORD)])]
    {
        assert_eq!(again.send().await.unwrap().status(), 404);
    }
    assert_eq!(house.number("select count(*) from users").await, 1);
}
