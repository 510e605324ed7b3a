//! How sessions end.

use music_analytics::domain::accounts::{Right, Role};
use tokio::time::{Duration, Instant, sleep, timeout};

use super::engine;
use super::signed_in::{self, EMAIL, PASSWORD};
use super::support::{Browser, TestServer, cookie, form, until};

const OPEN_SYNC: &str =
    "insert into syncs (id, request_key, request, state, round, done, total, percent, message, created_at)
    values ('00000000-0000-4000-8000-000000000001', 'k', $1, 'running', 0, 0, 1, 0, 'at it', 1)";

/// A sync that stays open because there are no workers.
async fn open_sync(house: &TestServer) -> &'static str {
    let request = r#"{"artists":[],"from":"2026-09-01","to":"2026-09-30","platforms":[],"country":null,"refresh":false}"#;
    let mut tx = house.context.db.write().await.unwrap();
    sqlx::query(OPEN_SYNC).bind(request).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    "/api/v1/syncs/00000000-0000-4000-8000-000000000001/events"
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let house = TestServer::new().await;
    let browser = house.admin().await;
    assert_eq!(browser.get("/account").await.status(), 200);
    let left = browser.post("/sign-out", &[]).await;
    assert!(left.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(browser.get("/account").await.status(), 303);
    assert_eq!(browser.get("/api/v1/platforms").await.status(), 401);
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_is_dead_at_once_open_streams_too() {
    let house = TestServer::new().await;
    let events = open_sync(&house).await;
    let (here, there) = (house.admin().await, house.admin().await);
    let mut stream = there.get(events).await;
    assert_eq!(stream.status(), 200);
    assert!(stream.chunk().await.unwrap().is_some(), "the first event");
    let page = here.text("/account").await;
    assert!(page.contains("badge-good"));
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(here.post("/account/sessions/end", &[("id", &id)]).await.status(), 303);
    assert_eq!(there.get("/account").await.status(), 303);
    let end = timeout(Duration::from_secs(5), async { while stream.chunk().await.unwrap().is_some() {} });
    assert!(end.await.is_ok(), "the stream has ended");
    assert_eq!(here.get("/account").await.status(), 200);
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let (ada, bob) = (house.admin().await, house.browser("bob@example.com", PASSWORD).await);
    let mut tx = house.context.db.read().await.unwrap();
    let id: String = sqlx::query_scalar(
        "select s.id from sessions s join users u on u.id = s.user_id where u.email = 'ada@example.com'",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    drop(tx);
    bob.post("/account/sessions/end", &[("id", &id)]).await;
    assert_eq!(ada.get("/account").await.status(), 200);
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let house = TestServer::new().await;
    let (here, there) = (house.admin().await, house.admin().await);
    let change = async |before: &str, after: &str| {
        here.post("/account/password", &[("current_password", before), ("new_password", after)]).await;
    };
    change("a wrong password", "another kettle drum").await;
    assert_eq!(there.get("/account").await.status(), 200, "the password of before was wrong");
    change(PASSWORD, "short").await;
    assert_eq!(there.get("/account").await.status(), 200, "the new one was too weak");
    change(PASSWORD, "another kettle drum").await;
    assert_eq!(there.get("/account").await.status(), 303);
    assert_eq!(here.get("/account").await.status(), 200);
    assert_eq!(house.try_to_sign_in(EMAIL, PASSWORD).await.status(), 401);
    assert_eq!(house.try_to_sign_in(EMAIL, "another kettle drum").await.status(), 303);
}

#[tokio::test]
async fn a_session_does_not_help_to_guess_the_password() {
    let house = TestServer::new().await;
    let here = house.admin().await;
    for _ in 0..5 {
        here.post(
            "/account/password",
            &[("current_password", "a guess"), ("new_password", "another kettle drum")],
        )
        .await;
    }
    here.post(
        "/account/password",
        &[("current_password", PASSWORD), ("new_password", "another kettle drum")],
    )
    .await;
    let hash = async || {
        let mut tx = house.context.db.read().await.unwrap();
        let sql = "select password_hash from users where email = $1";
        sqlx::query_scalar::<_, String>(sql).bind(EMAIL).fetch_one(&mut *tx).await.unwrap()
    };
    assert!(
        house.context.hasher.matches(PASSWORD.to_owned(), Some(hash().await)).await.unwrap(),
        "it is as it was"
    );
}

#[tokio::test]
async fn sessions_end_when_idle_and_when_old() {
    let house = TestServer::new().await;
    for (column, age, status) in [
        ("used_at", 59, 200),
        ("used_at", 61, 303),
        ("created_at", 12 * 60 - 1, 200),
        ("created_at", 12 * 60 + 1, 303),
    ] {
        let browser = house.admin().await;
        let mut tx = house.context.db.write().await.unwrap();
        let sql = format!("update sessions set {column} = {column} - {age} * 60000");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(browser.get("/account").await.status(), status, "{column} {age} min ago");
        let mut tx = house.context.db.write().await.unwrap();
        sqlx::query("delete from sessions").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_use_is_noted_by_the_minute() {
    let house = TestServer::new().await;
    let browser = house.admin().await;
    let mut tx = house.context.db.write().await.unwrap();
    sqlx::query("update sessions set used_at = used_at - 600000").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    browser.get("/account").await;
    until("the use is noted", async || {
        house.number("select max(used_at) - max(created_at) from sessions").await >= 0
    })
    .await;
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_and_the_last_admin_stays() {
    let house = TestServer::new().await;
    let token = house.token_of("bob@example.com", Role::Admin, Right::Admin).await;
    let (ada, bob) = (house.admin().await, house.browser("bob@example.com", PASSWORD).await);
    let id = async |email: &'static str| {
        let mut tx = house.context.db.read().await.unwrap();
        let sql = "select id from users where email = $1";
        sqlx::query_scalar::<_, String>(sql).bind(email).fetch_one(&mut *tx).await.unwrap()
    };
    let bobs = id("bob@example.com").await;
    ada.post("/users/change", &[("id", &bobs), ("act", "role"), ("role", "viewer")]).await;
    assert_eq!(bob.get("/users").await.status(), 403, "a role counts at once");
    ada.post("/users/change", &[("id", &bobs), ("act", "disable")]).await;
    assert_eq!(bob.get("/account").await.status(), 303);
    let client = signed_in::with_token(&token);
    assert_eq!(client.get(house.url("/api/v1/platforms")).send().await.unwrap().status(), 401);
    let adas = id("ada@example.com").await;
    for wish in [vec![("act", "disable")], vec![("act", "role"), ("role", "viewer")]] {
        let wish: Vec<(&str, &str)> = wish.into_iter().chain([("id", adas.as_str())]).collect();
        ada.post("/users/change", &wish).await;
        assert_eq!(ada.get("/users").await.status(), 200, "she stays the admin");
    }
}

/// The session ends within a second, although nothing can be written.
async fn is_soon_out(browser: &Browser, why: &str) {
    let is_out = async {
        while browser.get("/account").await.status() != 303 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(Duration::from_secs(1), is_out).await.is_ok(), "{why}");
}

#[tokio::test]
async fn sessions_end_at_once_while_somebody_else_writes() {
    let house = TestServer::new().await;
    let (leaves, ended, last) = (house.admin().await, house.admin().await, house.admin().await);
    let import = house.context.db.write().await.unwrap();
    let began = Instant::now();
    let (left, ()) = tokio::join!(leaves.post("/sign-out", &[]), is_soon_out(&leaves, "whoever signs out"));
    assert_eq!(left.status(), 303);
    let page = last.text("/account").await;
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("id", id.as_str())];
    let post = last.post("/account/sessions/end", &fields);
    let (one, ()) = tokio::join!(post, is_soon_out(&ended, "a session that was ended elsewhere"));
    assert_eq!(one.status(), 303);
    assert_eq!(last.get("/account").await.status(), 200);
    let post = last.post("/account/sessions/end", &[("id", "all")]);
    let (all, ()) = tokio::join!(post, is_soon_out(&last, "all sessions"));
    assert_eq!(all.status(), 303);
    assert!(began.elapsed() < Duration::from_secs(8), "nobody waits for whoever writes");
    drop(import);
    until("the rows follow", async || house.number("select count(*) from sessions").await == 0).await;
    assert_eq!((house.noted("signed-out").await, house.noted("session-revoked").await), (1, 2));
    assert_eq!(house.admin().await.get("/account").await.status(), 200, "a new one begins");
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_while_somebody_else_writes() {
    // Instances of a PostgreSQL server learn of it through the database.
    if engine::is_postgres() {
        return;
    }
    let house = TestServer::new().await;
    let token = house.token_of("bob@example.com", Role::Admin, Right::Admin).await;
    let (ada, bob) = (house.admin().await, house.browser("bob@example.com", PASSWORD).await);
    let (bobs, adas) = (house.id_of("bob@example.com").await, house.id_of(EMAIL).await);
    let import = house.context.db.write().await.unwrap();
    let fields = [("id", bobs.as_str()), ("act", "disable")];
    let post = ada.post("/users/change", &fields);
    let (disabled, ()) = tokio::join!(post, is_soon_out(&bob, "whoever is disabled"));
    assert_eq!(disabled.status(), 303);
    let told = disabled.headers()["set-cookie"].to_str().unwrap();
    assert!(told.contains("saved"), "{told}");
    let client = signed_in::with_token(&token);
    assert_eq!(client.get(house.url("/api/v1/platforms")).send().await.unwrap().status(), 401);
    assert!(ada.text("/users").await.contains("Enable: bob@example.com"));
    let back = ada.post("/users/change", &[("id", &bobs), ("act", "enable")]).await;
    assert_eq!(back.status(), 503, "that would be written first");
    drop(import);
    let rows = "select (select count(*) from users where disabled = 1)
        + (select count(*) from sessions s join users u on u.id = s.user_id where u.disabled = 1)
        + (select count(*) from api_tokens where revoked_at is not null) * 10";
    until("the rows follow", async || house.number(rows).await == 11).await;
    assert_eq!(ada.post("/users/change", &[("id", &bobs), ("act", "enable")]).await.status(), 303);
    house.browser("bob@example.com", PASSWORD).await;

    house.change("update users set role = 'admin' where email = 'bob@example.com'").await;
    let import = house.context.db.write().await.unwrap();
    ada.post("/users/change", &[("id", &bobs), ("act", "disable")]).await;
    ada.post("/users/change", &[("id", &adas), ("act", "disable")]).await;
    assert_eq!(ada.get("/users").await.status(), 200, "he is out already, so she is the last admin");
    drop(import);
    let out = "select count(*) from users where disabled = 1";
    until("his row follows", async || house.number(out).await == 1).await;

    house.change("update users set role = 'viewer' where email = 'bob@example.com'").await;
    let import = house.context.db.write().await.unwrap();
    ada.post("/users/change", &[("id", &adas), ("act", "disable")]).await;
    assert_eq!(ada.get("/users").await.status(), 200, "she is the last admin");
    drop(import);
}

#[tokio::test]
async fn what_was_entered_when_a_session_had_ended_is_kept() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    admin.post("/sign-out", &[]).await;
    let client = signed_in::anonymous().build().unwrap();
    let setting = [
        ("platform", "spotify"),
        ("level", "track"),
        ("metric", "audience"),
        ("kind", "counter"),
        ("unit", "plays of a test"),
        ("enabled", "true"),
    ];
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let request = form(client.post(house.url(path)), fields).header("cookie", &admin.cookie);
        request.header("referer", house.url("/platforms")).send().await.unwrap()
    };
    let answer = send("/users", &[("email", "bob@example.com"), ("role", "admin")]).await;
    assert_eq!(answer.headers()["location"], "/sign-in", "what is about accounts is not kept");
    let answer = send("/platforms/set", &setting).await;
    assert_eq!(answer.headers()["location"], "/sign-in?next=%2Fresume");
    let kept = cookie(&answer);
    let changed =
        async || house.number("select count(*) from platform_metrics where unit = 'plays of a test'").await;
    assert_eq!(changed().await, 0);
    let again = house.admin().await;
    let both = format!("{}; {kept}", again.cookie);
    let page = client.get(house.url("/resume")).header("cookie", &both).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("plays of a test") && page.contains("action=\"/platforms/set\""), "{page}");
    assert!(page.contains("Change a platform"), "what it does is said");
    assert_eq!(changed().await, 0, "not by itself");
    assert_eq!(again.post("/platforms/set", &setting).await.status(), 303);
    assert_eq!(changed().await, 1);
    assert_eq!(again.get("/resume").await.status(), 303, "there is nothing to go on with");
}
