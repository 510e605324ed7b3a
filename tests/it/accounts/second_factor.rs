//! Two-step sign-in: valid codes, throttling, incomplete sign-ins, recovery, and making it required.

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::accounts::totp::{TotpSecret, step};
use music_analytics::server::base::clock::now_ms;
use reqwest::Response;

use super::signed_in::{EMAIL, PASSWORD, TOKEN, anonymous, with_token};
use super::support::{Browser, TestServer, cookie, form, location, shown_secret, until};

/// The code `steps` time steps from now.
fn code(secret: &TotpSecret, steps: i64) -> String {
    format!("{:06}", secret.code(step(now_ms()) + steps))
}

/// The secret shown during set-up.
async fn offered(browser: &Browser) -> TotpSecret {
    assert_eq!(browser.post("/account/two-step/begin", &[]).await.status(), 303);
    let page = browser.text("/account/two-step").await;
    assert!(page.contains("class=\"qr\"") && page.contains("otpauth://totp/"));
    TotpSecret::stored(page.split("secret=").nth(1).unwrap().split('&').next().unwrap()).unwrap()
}

/// Turns it on; returns the secret and the recovery codes.
async fn turn_on(browser: &Browser) -> (TotpSecret, Vec<String>) {
    let secret = offered(browser).await;
    let [page, again] = browser.sends("/account/two-step/on", &[("code", &code(&secret, 0))]).await;
    assert_eq!(shown_secret(&again), None, "once");
    (secret, shown_secret(&page).unwrap().lines().map(str::to_owned).collect())
}

/// Submits the password; returns the cookie of the incomplete sign-in.
async fn first_step(house: &TestServer, email: &str) -> String {
    let answer = house.try_to_sign_in(email, PASSWORD).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/sign-in/code"));
    cookie(&answer)
}

async fn second_step(house: &TestServer, half: &str, code: &str) -> Response {
    let client = anonymous().build().unwrap();
    let request = client.post(house.url("/sign-in/code")).header("cookie", half);
    form(request, &[("code", code), ("next", "/artists")]).send().await.unwrap()
}

/// Clears used codes, as if time had passed.
async fn later(house: &TestServer) {
    house.change("update second_factors set last_step = 0").await;
}

#[tokio::test]
async fn the_code_of_the_moment_lets_in_once() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let (secret, recovery) = turn_on(&admin).await;
    assert_eq!(recovery.len(), 10);
    let stored = house.number("select count(*) from recovery_codes").await;
    assert_eq!(stored, 10);
    let half = first_step(&house, EMAIL).await;
    let first = code(&secret, 0);
    assert_eq!(second_step(&house, &half, &first).await.status(), 401, "used when it was turned on");
    for wrong in ["", "12345", "not a code", &code(&secret, 5)] {
        assert_eq!(second_step(&house, &half, wrong).await.status(), 401, "{wrong}");
    }
    house.change("delete from sign_in_tries").await;
    later(&house).await;
    assert_eq!(second_step(&house, &half, &code(&secret, -2)).await.status(), 401, "two steps ago");
    let next = code(&secret, 1);
    let spaced = format!("{} {}", &next[..3], &next[3..]);
    let entered = second_step(&house, &half, &spaced).await;
    assert_eq!((entered.status().as_u16(), location(&entered)), (303, "/artists"));
    let session = house.browser_with(cookie(&entered));
    assert_eq!(session.get("/users").await.status(), 200);
    assert_eq!(location(&second_step(&house, &half, &next).await), "/sign-in?next=%2Fartists", "it is done");
    let half = first_step(&house, EMAIL).await;
    assert_eq!(second_step(&house, &half, &next).await.status(), 401, "used a moment ago");
    until("it is noted", async || house.noted("code-failed").await >= 6).await;
    assert_eq!(house.noted("second-factor-on").await, 1);
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_new_ones_end_the_old() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let (_, recovery) = turn_on(&admin).await;
    let half = first_step(&house, EMAIL).await;
    let entered = second_step(&house, &half, &recovery[0].to_uppercase().replace('-', " ")).await;
    assert_eq!(entered.status(), 303);
    assert_eq!(house.number("select count(*) from recovery_codes").await, 9);
    assert_eq!(house.noted("recovery-code-used").await, 1);
    let half = first_step(&house, EMAIL).await;
    assert_eq!(second_step(&house, &half, &recovery[0]).await.status(), 401, "once");
    let [page, _] = admin.sends("/account/two-step/codes", &[]).await;
    let new = shown_secret(&page).unwrap();
    assert_eq!(second_step(&house, &half, &recovery[1]).await.status(), 401, "the old ones have ended");
    assert_eq!(second_step(&house, &half, new.lines().next().unwrap()).await.status(), 303);
}

#[tokio::test]
async fn wrong_codes_are_throttled_whatever_password_comes_between() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let (secret, recovery) = turn_on(&admin).await;
    later(&house).await;
    for round in 0..5 {
        // A correct password does not reset the throttle.
        let half = first_step(&house, EMAIL).await;
        assert_eq!(second_step(&house, &half, "000000").await.status(), 401, "{round}");
    }
    let half = first_step(&house, EMAIL).await;
    for given in [code(&secret, 1).as_str(), &recovery[0][1..]] {
        let answer = second_step(&house, &half, given).await;
        assert_eq!(answer.status(), 429, "{given}: the right one does not help then");
        let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=15).contains(&wait), "{wait}");
    }
    assert_eq!(admin.get("/account").await.status(), 200, "sessions go on");
    house.change("update sign_in_tries set blocked_until = 0 where subject like 'codes %'").await;
    assert_eq!(second_step(&house, &half, "000000").await.status(), 401);
    let answer = second_step(&house, &half, &code(&secret, 1)).await;
    let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((16..=30).contains(&wait), "it doubles: {wait}");
}

#[tokio::test]
async fn whoever_knows_the_password_keeps_nobody_out_who_has_a_recovery_code() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let (_, recovery) = turn_on(&admin).await;
    let half = first_step(&house, EMAIL).await;
    for _ in 0..5 {
        assert_eq!(second_step(&house, &half, "000000").await.status(), 401);
    }
    house.change("update sign_in_tries set tries = 150 where subject like 'codes %'").await;
    assert_eq!(second_step(&house, &half, "000000").await.status(), 429);
    assert_eq!(second_step(&house, &half, &recovery[0]).await.status(), 303);
    let half = first_step(&house, EMAIL).await;
    assert_eq!(second_step(&house, &half, &recovery[0]).await.status(), 401, "once");
    let tries = house.number("select tries from sign_in_tries where subject like 'codes %'").await;
    assert!(tries > 100, "the guesser gains next to nothing: {tries}");
    assert_eq!(second_step(&house, &half, "000000").await.status(), 429, "and waits again");
    house.change("update sessions set confirmed_at = 0").await;
    let off = async |code: &str| {
        let fields = [("confirm-password", PASSWORD), ("confirm-code", code)];
        admin.post("/account/two-step/off", &fields).await.status().as_u16()
    };
    assert_eq!((off("000000").await, off(&recovery[1]).await), (429, 303), "the same to confirm");
}

#[tokio::test]
async fn of_many_codes_at_once_five_are_looked_at() {
    let house = TestServer::new().await;
    turn_on(&house.admin().await).await;
    let half = first_step(&house, EMAIL).await;
    let tries = (0..20).map(|number| {
        let (house, half) = (&house, &half);
        async move { second_step(house, half, &format!("{number:06}")).await.status().as_u16() }
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 5, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn half_a_sign_in_is_worth_nothing() {
    let house = TestServer::new().await;
    turn_on(&house.admin().await).await;
    let half = first_step(&house, EMAIL).await;
    let name = house.context.config.addr.port();
    let (cookie_name, token) = half.split_once('=').unwrap();
    assert_eq!(cookie_name, format!("half-{name}"));
    let mut tx = house.context.db.read().await.unwrap();
    let stored: String =
        sqlx::query_scalar("select token_hash from half_sign_ins").fetch_one(&mut *tx).await.unwrap();
    drop(tx);
    assert!(!stored.contains(token), "only its hash is stored");
    for cookie in [half.clone(), format!("session-{name}={token}"), format!("session-{name}={stored}")] {
        let browser = house.browser_with(cookie);
        for path in
            ["/analytics", "/account", "/account/two-step", "/account/choose-password", "/users", "/audit"]
        {
            let answer = browser.get(path).await;
            assert!(answer.status() == 303 && location(&answer).starts_with("/sign-in"), "{path}");
        }
        for path in
            ["/api/v1/platforms", "/api/v1/report", "/api/v1/syncs/nothing/events", "/api/v1/openapi.json"]
        {
            assert_eq!(browser.get(path).await.status(), 401, "{path}");
        }
        for path in ["/account/two-step/off", "/account/tokens", "/users", "/account/password", "/sign-out"] {
            let answer = browser.post(path, &[("name", "x"), ("scope", "read"), ("days", "")]).await;
            assert_eq!(location(&answer), "/sign-in", "{path}");
        }
        for (path, _) in leptos::server_fn::axum::server_fn_paths() {
            assert_eq!(browser.post(path, &[]).await.status(), 401, "{path}");
        }
        let bearer = with_token(token).get(house.url("/api/v1/platforms")).send().await.unwrap();
        assert_eq!(bearer.status(), 401);
    }
    assert_eq!(house.number("select count(*) from sessions").await, 1, "that of who turned it on");
}

#[tokio::test]
async fn half_a_sign_in_ends_by_itself_and_with_the_account() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let bob = house.browser("bob@example.com", PASSWORD).await;
    let (secret, _) = turn_on(&bob).await;
    let admin = house.admin().await;
    let id = house.id_of("bob@example.com").await;
    let lapsed = async |half: &str| {
        later(&house).await;
        let answer = second_step(&house, half, &code(&secret, 0)).await;
        assert_eq!(location(&answer), "/sign-in?next=%2Fartists");
    };
    let half = first_step(&house, "bob@example.com").await;
    house.change("update half_sign_ins set began_at = began_at - 301000").await;
    lapsed(&half).await;
    let half = first_step(&house, "bob@example.com").await;
    admin.post("/users/change", &[("id", &id), ("act", "disable")]).await;
    lapsed(&half).await;
    admin.post("/users/change", &[("id", &id), ("act", "enable")]).await;
    lapsed(&half).await;
    let half = first_step(&house, "bob@example.com").await;
    admin.post("/users/change", &[("id", &id), ("act", "password")]).await;
    lapsed(&half).await;
}

#[tokio::test]
async fn the_first_step_tells_nothing_to_who_does_not_know_the_password() {
    let house = TestServer::new().await;
    turn_on(&house.admin().await).await;
    let known = house.try_to_sign_in(EMAIL, "a wrong password").await;
    let unknown = house.try_to_sign_in("nobody@example.com", "a wrong password").await;
    assert_eq!((known.status().as_u16(), unknown.status().as_u16()), (401, 401));
    let text = async |answer: Response| answer.text().await.unwrap().replace(EMAIL, "nobody@example.com");
    assert_eq!(text(known).await, text(unknown).await);
    let client = anonymous().build().unwrap();
    assert_eq!(location(&client.get(house.url("/sign-in/code")).send().await.unwrap()), "/sign-in");
}

#[tokio::test]
async fn it_is_on_when_a_code_has_proved_it_and_ends_other_sessions() {
    let house = TestServer::new().await;
    let (here, there) = (house.admin().await, house.admin().await);
    let secret = offered(&here).await;
    let page = there.text("/account/two-step").await;
    assert!(!page.contains(&secret.base32()), "it is of the session that asked for it");
    let refused = here.post("/account/two-step/on", &[("code", "000000")]).await;
    assert_eq!(location(&refused), "/account/two-step");
    assert_eq!(house.number("select count(*) from second_factors").await, 0);
    assert_eq!(there.get("/account").await.status(), 200);
    house.change("update sessions set confirmed_at = 0").await;
    assert!(!here.text("/account/two-step").await.contains(&secret.base32()), "nor of who finds it open");
    house.change("update sessions set confirmed_at = used_at").await;
    here.post("/account/two-step/on", &[("code", &code(&secret, 0))]).await;
    assert_eq!(house.number("select count(*) from second_factors").await, 1);
    assert_eq!(here.get("/account").await.status(), 200);
    assert_eq!(there.get("/account").await.status(), 303);
    let again = here.post("/account/two-step/begin", &[]).await;
    assert_eq!(location(&again), "/account", "it is on already");
    assert_eq!(here.post("/account/two-step/off", &[]).await.status(), 303);
    assert_eq!(house.number("select count(*) from second_factors").await, 0);
    assert_eq!(house.number("select count(*) from recovery_codes").await, 0);
    assert_eq!(house.noted("second-factor-off").await, 1);
    house.admin().await;
}

#[tokio::test]
async fn an_admin_takes_it_away_from_who_has_lost_it() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let bob = house.browser("bob@example.com", PASSWORD).await;
    turn_on(&bob).await;
    let half = first_step(&house, "bob@example.com").await;
    for _ in 0..5 {
        second_step(&house, &half, "000000").await;
    }
    let admin = house.admin().await;
    let id = house.id_of("bob@example.com").await;
    assert_eq!(admin.post("/users/change", &[("id", &id), ("act", "twostep")]).await.status(), 303);
    assert_eq!(bob.get("/account").await.status(), 303, "its sessions have ended");
    assert_eq!(house.noted("second-factor-reset").await, 1);
    let bob = house.browser("bob@example.com", PASSWORD).await;
    assert_eq!(bob.get("/account").await.status(), 200);
    let (secret, _) = turn_on(&bob).await;
    later(&house).await;
    let half = first_step(&house, "bob@example.com").await;
    let entered = second_step(&house, &half, &code(&secret, 1)).await;
    assert_eq!(entered.status(), 303, "the failures of before are forgotten");
}

#[tokio::test]
async fn where_everybody_needs_it_nothing_comes_before_it() {
    let house = TestServer::new().await;
    let token = house.token_of("bob@example.com", Role::Analyst, Right::Sync).await;
    let bob = house.browser("bob@example.com", PASSWORD).await;
    assert_eq!(bob.post("/users/two-step", &[("everybody", "true")]).await.status(), 403, "admins say so");
    let admin = house.admin().await;
    assert_eq!(admin.post("/users/two-step", &[("everybody", "true")]).await.status(), 303);
    assert_eq!(house.noted("second-factor-rule").await, 1);
    for browser in [&admin, &bob] {
        for path in ["/analytics", "/account", "/users", "/api/docs", "/downloads/report.csv"] {
            let answer = browser.get(path).await;
            let to = location(&answer);
            assert!(answer.status() == 303 && to.starts_with("/account/two-step?next=%2F"), "{path}: {to}");
        }
        for path in ["/api/v1/platforms", "/api/v1/syncs/nothing/events"] {
            assert_eq!(browser.get(path).await.status(), 403, "{path}");
        }
        for (path, _) in leptos::server_fn::axum::server_fn_paths() {
            assert_eq!(browser.post(path, &[]).await.status(), 403, "{path}");
        }
        for path in ["/account/tokens", "/account/password", "/users", "/users/two-step", "/syncs/act"] {
            let fields = [("everybody", "false"), ("name", "x"), ("scope", "read"), ("days", "")];
            let answer = browser.post(path, &fields).await;
            assert_eq!(location(&answer), "/account/two-step", "{path}");
        }
    }
    for token in [&token, TOKEN] {
        let answer = with_token(token).get(house.url("/api/v1/platforms")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "tokens go on");
    }
    turn_on(&bob).await;
    assert_eq!(bob.get("/analytics").await.status(), 200);
    assert_eq!(bob.post("/account/two-step/off", &[]).await.status(), 303);
    assert_eq!(location(&bob.get("/artists").await), "/account/two-step?next=%2Fartists");
    turn_on(&admin).await;
    assert_eq!(admin.post("/users/two-step", &[("everybody", "false")]).await.status(), 303);
    assert_eq!(bob.get("/artists").await.status(), 200);
}

#[tokio::test]
async fn what_was_entered_when_it_came_to_be_needed_is_kept() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    house.change("insert into meta (key, value) values ('second_factor', 'everybody')").await;
    let setting = [
        ("platform", "spotify"),
        ("level", "track"),
        ("metric", "audience"),
        ("kind", "counter"),
        ("unit", "plays of a test"),
        ("enabled", "true"),
    ];
    let client = anonymous().build().unwrap();
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let request = form(client.post(house.url(path)), fields).header("cookie", &admin.cookie);
        request.header("referer", house.url("/platforms")).send().await.unwrap()
    };
    let lost = send("/users", &[("email", "bob@example.com"), ("role", "admin")]).await;
    assert_eq!(location(&lost), "/account/two-step", "what is about accounts is not kept");
    let answer = send("/platforms/set", &setting).await;
    assert_eq!(location(&answer), "/account/two-step?next=%2Fresume");
    let kept = cookie(&answer);
    assert!(kept.starts_with("kept-"), "{kept}");

    let begun = admin.post("/account/two-step/begin", &[("next", "/resume")]).await;
    assert_eq!(location(&begun), "/account/two-step?next=%2Fresume");
    let page = admin.text("/account/two-step?next=%2Fresume").await;
    assert!(page.contains("name=\"next\" value=\"/resume\""), "{page}");
    let secret =
        TotpSecret::stored(page.split("secret=").nth(1).unwrap().split('&').next().unwrap()).unwrap();
    let fields = [("code", code(&secret, 0)), ("next", "/resume".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let [codes, _] = admin.sends("/account/two-step/on", &fields).await;
    assert!(codes.contains("href=\"/resume\""), "the way on: {codes}");

    let both = format!("{}; {kept}", admin.cookie);
    let page = client.get(house.url("/resume")).header("cookie", both).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("plays of a test") && page.contains("action=\"/platforms/set\""), "{page}");
    let changed = "select count(*) from platform_metrics where unit = 'plays of a test'";
    assert_eq!(house.number(changed).await, 0, "not by itself");
    assert_eq!(admin.post("/platforms/set", &setting).await.status(), 303);
    assert_eq!(house.number(changed).await, 1);
}
