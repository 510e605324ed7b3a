//! The account screens: content, access and security headers.

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, Mode};

use super::signed_in::{self, PASSWORD};
use super::support::{TestServer, shown_secret, until};

#[tokio::test]
async fn an_admin_adds_people_who_then_sign_in() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let [page, again] = admin.sends("/users", &[("email", "Bob@example.com"), ("role", "viewer")]).await;
    assert!(again.contains("bob@example.com") && !again.contains("class=\"secret\""), "shown once");
    let bob = house.browser("bob@example.com", &shown_secret(&page).unwrap()).await;
    bob.post("/account/choose-password", &[("new_password", PASSWORD)]).await;
    assert!(bob.text("/analytics").await.contains("data-role=\"viewer\""));
    let [refused, _] = admin.sends("/users", &[("email", "bob@example.com"), ("role", "viewer")]).await;
    assert!(refused.contains("There is an account of this address already."));
    let id = house.id_of("bob@example.com").await;
    let [reset, again] = admin.sends("/users/change", &[("id", &id), ("act", "password")]).await;
    assert_eq!(shown_secret(&again), None);
    house.browser("bob@example.com", &shown_secret(&reset).unwrap()).await;
    assert_eq!(bob.get("/analytics").await.status(), 303, "a reset ends the sessions");
}

#[tokio::test]
async fn what_people_did_is_in_the_log() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    house.token_of("bob@example.com", Role::Analyst, Right::Sync).await;
    admin.post("/users", &[("email", "eve@example.com"), ("role", "viewer")]).await;
    let setting = [
        ("platform", "spotify"),
        ("level", "track"),
        ("metric", "audience"),
        ("kind", "counter"),
        ("unit", "streams"),
        ("enabled", "true"),
    ];
    assert_eq!(admin.post("/platforms/set", &setting).await.status(), 303);
    let log = admin.text("/audit").await;
    for words in
        ["Signed in", "Added a user", "eve@example.com as viewer", "Created a token", "Changed a platform"]
    {
        assert!(log.contains(words), "{words}");
    }
    assert!(log.contains("command line") && log.contains("127.0.0.1"));
    assert!(!log.contains(PASSWORD));
    let only = admin.text("/audit?action=platform-changed").await;
    assert!(only.contains("spotify") || only.contains("Spotify"));
    assert!(!only.contains("eve@example.com"));
    assert!(admin.text("/audit?actor=ADA@example.com").await.contains("Signed in"));
    assert!(admin.text("/audit?actor=nobody@example.com").await.contains("There is nothing of that kind."));
    until("nothing is lost", async || house.number("select count(*) from audit_log").await >= 7).await;
}

#[tokio::test]
async fn answers_carry_the_headers_that_protect_them() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let nobody = signed_in::anonymous().build().unwrap();
    let mut answers = vec![nobody.get(house.url("/sign-in")).send().await.unwrap()];
    for path in [
        "/analytics",
        "/account",
        "/users",
        "/audit",
        "/platforms",
        "/nothing-here",
        "/api/v1/platforms",
        "/healthz",
    ] {
        answers.push(admin.get(path).await);
    }
    answers.push(admin.get("/api/v1/report").await);
    answers.push(nobody.get(house.url("/api/v1/report")).send().await.unwrap());
    answers.push(nobody.get(house.url("/analytics")).send().await.unwrap());
    answers.push(nobody.get(house.url("/healthz")).header("host", "example.com").send().await.unwrap());
    for answer in answers {
        let url = answer.url().to_string();
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .unwrap_or_else(|| panic!("{name} of {url}"))
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(header("permissions-policy").contains("camera=()"));
        assert!(!header("x-request-id").is_empty());
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{url}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval' "), "{url}: {policy}");
        assert_eq!(header("cache-control"), "no-store", "{url}");
    }
}

#[tokio::test]
async fn people_read_refusals_as_pages() {
    let house = TestServer::new().await;
    let viewer = house.token_of("bob@example.com", Role::Viewer, Right::Read).await;
    let client = signed_in::with_token(&viewer);
    let get = async |path: &str, accept: &str| {
        client.get(house.url(path)).header("accept", accept).send().await.unwrap()
    };
    let page = get("/users", "text/html,*/*").await;
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (403, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("style-src 'self'"));
    assert_eq!(get("/users", "application/json").await.headers()["content-type"], "application/problem+json");
    assert_eq!(
        get("/api/v1/syncs/x", "text/html").await.headers()["content-type"],
        "application/problem+json"
    );
}

#[tokio::test]
async fn pictures_of_the_provider_are_fetched_once_and_served_by_us() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::routing::get;
    use music_analytics::domain::catalogue::{Artist, Source};
    use music_analytics::server::store::tables::artists;

    let asked = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked);
    let png = b"\x89PNG\r\n\x1a\n of a test";
    let provider = axum::Router::new()
        .route(
            "/good.png",
            get(move || {
                counted.fetch_add(1, Ordering::SeqCst);
                async move { png.to_vec() }
            }),
        )
        .route("/bad.svg", get(|| async { "<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>" }))
        .route("/large.png", get(move || async move { [&png[..], &vec![0; 2 << 20]].concat() }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, provider).await });
    let mut config = signed_in::configured(music_analytics::server::config::Config::default());
    config.provider.base_url = Some(there.parse().unwrap());
    let house = TestServer::with(config).await;
    let pictures = ["/good.png", "/bad.svg", "/large.png", "/gone.png"];
    let mut uuids = Vec::new();
    let mut tx = house.context.db.write().await.unwrap();
    for (number, path) in pictures.iter().enumerate() {
        let uuid = uuid::Uuid::from_u128(1 + number as u128);
        let artist = Artist {
            uuid: Some(uuid),
            name: format!("Artist {number}"),
            slug: None,
            country_code: None,
            image_url: Some(format!("{there}{path}")),
            source: Source::Soundcharts,
            external_id: None,
        };
        artists::put(&mut tx, &[artist]).await.unwrap();
        uuids.push(uuid);
    }
    tx.commit().await.unwrap();
    let client = signed_in::with_token(signed_in::TOKEN);
    for (uuid, kind) in uuids.iter().zip(["image/png", "image/svg+xml", "image/svg+xml", "image/svg+xml"]) {
        for _ in 0..2 {
            let answer = client.get(house.url(&format!("/pictures/artist/{uuid}"))).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["content-type"]),
                (200, &kind.parse().unwrap())
            );
            let body = answer.bytes().await.unwrap();
            assert_eq!(body == png[..], kind == "image/png", "others are drawn by us");
            assert!(!body.windows(7).any(|part| part == b"<script"));
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_too_large_or_too_much_is_refused_clearly() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let long = "x".repeat(70_000);
    let refused =
        admin.post("/account/password", &[("current_password", &long), ("new_password", "y")]).await;
    assert_eq!(refused.status(), 413);
    let all: Vec<_> = std::iter::from_fn(|| house.context.limits.callers.try_acquire()).collect();
    let began = std::time::Instant::now();
    let refused = admin.get("/analytics").await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert!(began.elapsed().as_millis() < 150, "{:?}", began.elapsed());
    assert_eq!(admin.get("/healthz").await.status(), 200, "health is told whatever the load");
    drop(all);
    assert_eq!(admin.get("/analytics").await.status(), 200);
}

#[tokio::test]
async fn an_analyst_undoes_an_import() {
    let house = TestServer::new().await;
    house.token_of("bob@example.com", Role::Analyst, Right::Sync).await;
    house.token_of("eve@example.com", Role::Viewer, Right::Read).await;
    let bob = house.browser("bob@example.com", PASSWORD).await;
    assert!(bob.text("/imports").await.contains("Nothing was imported yet."));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("artists of june.csv");
    std::fs::write(&file, "uuid,name,slug\na0000000-0000-4000-8000-000000000001,Anna,\n").unwrap();
    import::run(&house.context.db, &[file], Mode::Keep, &ImportProgress::hidden(), |_| {}).await.unwrap();
    let list = bob.text("/imports").await;
    assert!(list.contains("artists of june.csv") && list.contains("artists: 1 new, 0 changed"), "{list}");
    let address = list.split("href=\"/imports/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let eve = house.browser("eve@example.com", PASSWORD).await;
    for path in ["/imports".to_owned(), format!("/imports/{address}")] {
        assert_eq!(eve.get(&path).await.status(), 403, "{path}");
    }
    assert_eq!(eve.post("/imports/undo", &[("id", &address)]).await.status(), 403);
    assert_eq!(bob.get("/imports/999").await.status(), 404);
    assert!(bob.text(&format!("/imports/{address}")).await.contains("Undo this import"));
    assert_eq!(house.number("select count(*) from artists").await, 1, "nothing is undone by looking");
    assert_eq!(bob.post("/imports/undo", &[("id", &address)]).await.status(), 303);
    assert_eq!(house.number("select count(*) from artists").await, 0);
    let list = bob.text("/imports").await;
    assert!(list.contains("Undone") && !list.contains("Undo…"), "{list}");
    let again = bob.post("/imports/undo", &[("id", &address)]).await;
    assert_eq!(again.status(), 303, "a form that is sent once more changes nothing");
    let log = house.admin().await.text("/audit").await;
    assert!(log.contains("Took an import back") && log.contains("artists of june.csv"));
}
