//! Initial passwords: valid for a day, and only for choosing a new password.

use music_analytics::domain::accounts::Role;

use super::signed_in::{EMAIL, PASSWORD};
use super::support::{Browser, TestServer, cookie, location, shown_secret, until};

const BOB: &str = "bob@example.com";

/// Adds Bob; returns his initial password.
async fn add_bob(admin: &Browser) -> String {
    let [page, _] = admin.sends("/users", &[("email", BOB), ("role", "analyst")]).await;
    shown_secret(&page).unwrap()
}

#[tokio::test]
async fn it_is_changed_before_anything_else() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let initial = add_bob(&admin).await;
    let bob = house.browser(BOB, &initial).await;
    for path in ["/", "/analytics", "/account", "/account/two-step", "/syncs", "/sign-in"] {
        let answer = bob.get(path).await;
        assert!(location(&answer).starts_with("/account/choose-password"), "{path}");
    }
    for path in ["/api/v1/platforms", "/api/v1/syncs/nothing/events"] {
        assert_eq!(bob.get(path).await.status(), 403, "{path}");
    }
    for (path, _) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(bob.post(path, &[]).await.status(), 403, "{path}");
    }
    let token = [("name", "x"), ("scope", "read"), ("days", "")];
    assert_eq!(location(&bob.post("/account/tokens", &token).await), "/account/choose-password");
    assert_eq!(house.number("select count(*) from api_tokens").await, 1, "the one of the configuration");
    assert_eq!(bob.get("/account/choose-password").await.status(), 200);
    for refused in ["short", "password1", &initial] {
        let answer = bob.post("/account/choose-password", &[("new_password", refused)]).await;
        assert_eq!(answer.status(), 422, "{refused}");
    }
    let chosen = [("new_password", PASSWORD), ("next", "/syncs")];
    let answer = bob.post("/account/choose-password", &chosen).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/syncs"));
    assert_eq!(bob.get("/syncs").await.status(), 200);
    assert_eq!(house.try_to_sign_in(BOB, &initial).await.status(), 401);
    assert_eq!(house.browser(BOB, PASSWORD).await.get("/syncs").await.status(), 200);
    let again = bob.post("/account/choose-password", &[("new_password", "another kettle drum")]).await;
    assert_eq!(again.status(), 303);
    assert_eq!(
        house.try_to_sign_in(BOB, PASSWORD).await.status(),
        303,
        "one of one's own takes the one before"
    );
}

#[tokio::test]
async fn it_ends_after_a_day_and_only_its_owner_is_told() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let initial = add_bob(&admin).await;
    let bob = house.browser(BOB, &initial).await;
    let age = async |minutes: i64| {
        let mut tx = house.context.db.write().await.unwrap();
        let sql = "update users set password_ends_at = $1 where email = $2";
        let ends = music_analytics::server::base::clock::now_ms() + (24 * 60 - minutes) * 60_000;
        sqlx::query(sql).bind(ends).bind(BOB).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    age(24 * 60 - 1).await;
    assert_eq!(house.try_to_sign_in(BOB, &initial).await.status(), 303);
    age(24 * 60 + 1).await;
    let wrong = house.try_to_sign_in(BOB, "a wrong password").await;
    assert_eq!(wrong.status(), 401);
    let unknown = house.try_to_sign_in("eve@example.com", "a wrong password").await;
    let text = async |answer: reqwest::Response| answer.text().await.unwrap();
    assert_eq!(text(wrong).await, text(unknown).await.replace("eve@", "bob@"));
    assert_eq!(house.try_to_sign_in(BOB, &initial).await.status(), 403);
    assert!(
        location(&bob.get("/account/choose-password").await).starts_with("/sign-in"),
        "open sessions end"
    );
    until("it is noted", async || house.noted("sign-in-failed").await == 3).await;
    let id = house.id_of(BOB).await;
    let [page, _] = admin.sends("/users/change", &[("id", &id), ("act", "password")]).await;
    let again = house.try_to_sign_in(BOB, &shown_secret(&page).unwrap()).await;
    let bob = house.browser_with(cookie(&again));
    assert!(location(&bob.get("/analytics").await).starts_with("/account/choose-password"));
}

#[tokio::test]
async fn one_that_its_owner_has_chosen_lasts() {
    let house = TestServer::new().await;
    house.token_of(BOB, Role::Viewer, music_analytics::domain::accounts::Right::Read).await;
    let ends = "select count(*) from users where password_ends_at is not null";
    assert_eq!(house.number(ends).await, 0);
    assert_eq!(house.browser(EMAIL, PASSWORD).await.get("/analytics").await.status(), 200);
}

#[tokio::test]
async fn a_session_that_was_left_open_does_not_choose_it() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let initial = add_bob(&admin).await;
    let bob = house.browser(BOB, &initial).await;
    house.change("update sessions set confirmed_at = confirmed_at - 601000").await;
    let path = "/account/choose-password";
    assert!(bob.text(path).await.contains("name=\"current_password\""));
    for before in ["", "a guess"] {
        let answer = bob.post(path, &[("current_password", before), ("new_password", PASSWORD)]).await;
        assert_eq!(answer.status(), 422, "{before}");
    }
    let answer = bob.post(path, &[("current_password", &initial), ("new_password", PASSWORD)]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(bob.get("/analytics").await.status(), 200);
}
