//! Changes to credentials require confirming the password, unless it was entered in the last minutes.

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::accounts::totp::{TotpSecret, step};
use music_analytics::server::base::clock::now_ms;
use music_analytics::server::config::Config;

use super::signed_in::{self, EMAIL, PASSWORD};
use super::support::{Browser, TestServer, cookie, form, until};

/// Lets the confirmation expire.
async fn later(house: &TestServer) {
    house.change("update sessions set confirmed_at = confirmed_at - 601000").await;
}

#[tokio::test]
async fn the_password_is_asked_for_again_after_ten_minutes() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let bob = house.id_of("bob@example.com").await;
    let admin = house.admin().await;
    let state = async || {
        (
            house.number("select count(*) from users").await,
            house.number("select count(*) from api_tokens where revoked_at is null").await,
            house.number("select count(*) from users where disabled = 0 and role = 'viewer'").await,
            house.number("select count(*) from meta where value = 'everybody'").await,
            house.number("select count(*) from sessions where offered_secret is not null").await,
        )
    };
    let before = state().await;
    let forms: [(&str, &[(&str, &str)]); 8] = [
        ("/account/tokens", &[("name", "nightly"), ("scope", "read"), ("days", "30")]),
        ("/account/two-step/begin", &[]),
        ("/account/two-step/off", &[]),
        ("/users", &[("email", "eve@example.com"), ("role", "viewer")]),
        ("/users/change", &[("id", &bob), ("act", "disable")]),
        ("/users/change", &[("id", &bob), ("act", "role"), ("role", "admin")]),
        ("/users/change", &[("id", &bob), ("act", "password")]),
        ("/users/two-step", &[("everybody", "true")]),
    ];
    later(&house).await;
    for (path, fields) in forms {
        let page = admin.post(path, fields).await;
        assert_eq!(page.status(), 200, "{path} asks");
        let page = page.text().await.unwrap();
        assert!(page.contains(&format!("action=\"{path}\"")) && page.contains("name=\"confirm-password\""));
        for (name, value) in fields {
            assert!(
                page.contains(&format!("name=\"{name}\" value=\"{value}\"")),
                "{path}: {name} is not lost"
            );
        }
    }
    assert_eq!(state().await, before, "nothing was done");
    let token: Vec<(&str, &str)> = [forms[0].1, &[("confirm-password", PASSWORD)]].concat();
    let [page, _] = admin.sends("/account/tokens", &token).await;
    assert!(page.contains("class=\"secret\""));
    // Now the password was entered recently.
    assert_eq!(admin.post("/users", forms[3].1).await.status(), 303);
    assert_eq!(state().await, (before.0 + 1, before.1 + 1, before.2 + 1, 0, 0));
    assert_eq!(
        admin.post("/account/sessions/end", &[("id", "all")]).await.status(),
        303,
        "ending asks for nothing"
    );
}

#[tokio::test]
async fn guesses_count_as_those_of_the_sign_in() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    later(&house).await;
    let with = async |password: &str| {
        let fields = [("name", "x"), ("scope", "read"), ("days", ""), ("confirm-password", password)];
        admin.post("/account/tokens", &fields).await.status().as_u16()
    };
    for _ in 0..5 {
        assert_eq!(with("a guess").await, 401);
    }
    assert_eq!(with(PASSWORD).await, 429);
    assert_eq!(house.try_to_sign_in(EMAIL, PASSWORD).await.status(), 429, "the account waits");
    assert_eq!(house.number("select count(*) from api_tokens").await, 1);
    until("it is noted", async || house.noted("confirmation-failed").await == 5).await;
}

/// A signed-in browser with two-step sign-in, and the secret.
async fn with_factor(house: &TestServer) -> (Browser, TotpSecret) {
    let admin = house.admin().await;
    admin.post("/account/two-step/begin", &[]).await;
    let page = admin.text("/account/two-step").await;
    let secret =
        TotpSecret::stored(page.split("secret=").nth(1).unwrap().split('&').next().unwrap()).unwrap();
    let code = format!("{:06}", secret.code(step(now_ms())));
    admin.post("/account/two-step/on", &[("code", &code)]).await;
    house.change("update second_factors set last_step = 0").await;
    (admin, secret)
}

#[tokio::test]
async fn with_a_second_factor_the_code_is_asked_for_as_well() {
    let house = TestServer::new().await;
    let (admin, secret) = with_factor(&house).await;
    later(&house).await;
    let right = format!("{:06}", secret.code(step(now_ms())));
    let off = async |password: &str, code: &str| {
        let fields = [("confirm-password", password), ("confirm-code", code)];
        admin.post("/account/two-step/off", &fields).await.status().as_u16()
    };
    assert_eq!((off(PASSWORD, "").await, off(PASSWORD, "000000").await), (401, 401));
    assert_eq!(off("a guess", &right).await, 401);
    let change = async |code: &str| {
        let fields =
            [("current_password", PASSWORD), ("new_password", "another kettle drum"), ("code", code)];
        admin.post("/account/password", &fields).await;
        house.noted("password-changed").await
    };
    assert_eq!(change("").await, 0);
    assert_eq!(house.number("select count(*) from second_factors").await, 1);
    assert_eq!(off(PASSWORD, &right).await, 303, "the code was not used up by the wrong password");
    assert_eq!(house.number("select count(*) from second_factors").await, 0);
    assert_eq!(change("").await, 1, "without one, the password is enough");
}

#[tokio::test]
async fn the_visitor_of_demo_data_has_nothing_to_confirm() {
    let house = TestServer::with(Config::default()).await;
    let client = signed_in::anonymous().build().unwrap();
    let answer = form(client.post(house.url("/sign-in/demo")), &[]).send().await.unwrap();
    let visitor = house.browser_with(cookie(&answer));
    later(&house).await;
    let added = visitor.post("/users", &[("email", "eve@example.com"), ("role", "viewer")]).await;
    assert_eq!(added.status(), 303);
    assert_eq!(visitor.post("/users/two-step", &[("everybody", "true")]).await.status(), 303);
    assert_eq!(visitor.get("/analytics").await.status(), 200);
    visitor.post("/account/two-step/begin", &[]).await;
    assert_eq!(house.number("select count(*) from sessions where offered_secret is not null").await, 0);
}
