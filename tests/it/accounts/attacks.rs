//! Regression tests for attacks: idle connections, slow bodies, markup in names, tokens that create tokens.

use std::time::Instant;

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::http::listen;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, Mode};
use music_analytics::server::state::limits::account::RequestKind;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Duration, timeout};

use super::signed_in::{PASSWORD, anonymous, with_token};
use super::support::{TestServer, form, until};

/// The same server behind the product's own listener.
async fn listening(house: &TestServer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let context = house.context.clone();
    tokio::spawn(async move { listen::listen(listener, &context, std::future::pending()).await });
    address
}

/// Whether the server closes the connection within the time.
async fn is_closed(stream: &mut TcpStream, within: Duration) -> bool {
    let mut bytes = Vec::new();
    timeout(within, stream.read_to_end(&mut bytes)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_or_half_a_word_are_closed() {
    let house = TestServer::new().await;
    let address = listening(&house).await;
    let mut waiting = Vec::new();
    for said in [&b""[..], b"PRI * HTTP/2.0\r\n\r\nS", b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(said).await.unwrap();
            waiting.push(stream);
        }
    }
    let mut kept = TcpStream::connect(&address).await.unwrap();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    kept.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let began = Instant::now();
    for stream in &mut waiting {
        assert!(is_closed(stream, Duration::from_secs(20)).await, "after {:?}", began.elapsed());
    }
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut rest = String::new();
    kept.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "one that has asked is kept: {rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_come_slowly_keep_nobody_waiting() {
    let house = TestServer::new().await;
    let address = listening(&house).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = "POST /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\
                    content-type: application/x-www-form-urlencoded\r\n\r\nemail=";
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let client = anonymous().build().unwrap();
    for _ in 0..20 {
        let answer = client.get(format!("http://{address}/sign-in")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "others are answered meanwhile");
    }
    for stream in &mut slow {
        let mut answer = [0; 12];
        timeout(Duration::from_secs(15), stream.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"HTTP/1.1 408");
    }
}

#[tokio::test]
async fn strangers_leave_places_for_others() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let all: Vec<_> = std::iter::from_fn(|| house.context.limits.anonymous.try_acquire()).collect();
    let client = anonymous().build().unwrap();
    assert_eq!(client.get(house.url("/sign-in")).send().await.unwrap().status(), 503);
    let invented = [("cookie", "session-3000=invented"), ("authorization", "Bearer invented")];
    for (name, value) in invented {
        let answer = client.get(house.url("/sign-in")).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{name}: whoever says so is a stranger until it is known");
    }
    assert_eq!(admin.get("/analytics").await.status(), 200);
    drop(all);
    assert_eq!(client.get(house.url("/sign-in")).send().await.unwrap().status(), 200);
}

/// No token, whatever its scope or owner, may create, reset or revoke credentials.
#[tokio::test]
async fn a_token_gets_nobody_in() {
    let house = TestServer::new().await;
    let forms: [(&str, &[(&str, &str)]); 12] = [
        ("/account/choose-password", &[("new_password", "another kettle drum")]),
        ("/account/two-step/begin", &[]),
        ("/account/two-step/off", &[]),
        ("/users/two-step", &[("everybody", "true")]),
        ("/account/tokens", &[("name", "x"), ("scope", "admin"), ("days", "")]),
        ("/account/tokens/revoke", &[("id", "x")]),
        ("/account/password", &[("current_password", PASSWORD), ("new_password", "another kettle drum")]),
        ("/account/sessions/end", &[("id", "x")]),
        ("/users", &[("email", "eve@example.com"), ("role", "admin")]),
        ("/users/change", &[("id", "x"), ("act", "password")]),
        ("/imports/undo", &[("id", "1")]),
        ("/platforms/set", &[("platform", "spotify")]),
    ];
    let users = house.number("select count(*) from users").await;
    let mut tokens = 0;
    for role in Role::ALL {
        for scope in Right::ALL.iter().filter(|scope| **scope <= role.right()) {
            let client =
                with_token(&house.token_of(&format!("{role}-{scope}@example.com"), *role, *scope).await);
            tokens += 1;
            for (path, fields) in forms {
                let answer = form(client.post(house.url(path)), fields).send().await.unwrap();
                assert_eq!(answer.status(), 403, "{role} {scope} {path}");
            }
            for path in ["/account", "/users", "/audit", "/imports", "/resume"] {
                for method in [Method::GET, Method::HEAD] {
                    let answer = client.request(method, house.url(path)).send().await.unwrap();
                    assert_eq!(answer.status(), 403, "{role} {scope} {path}");
                }
            }
            assert_eq!(client.get(house.url("/api/v1/platforms")).send().await.unwrap().status(), 200);
        }
    }
    assert_eq!(house.number("select count(*) from users").await, users + tokens);
    // The configured token must not either.
    assert_eq!(house.number("select count(*) from api_tokens").await, tokens + 1);
}

const HOSTILE: &str =
    r#"X</title><meta http-equiv=refresh content="0;url=//example.com"><img src=x onerror=alert(1)>'&amp;"#;

#[tokio::test]
async fn names_are_text_wherever_they_stand() {
    let house = TestServer::new().await;
    let directory = tempfile::tempdir().unwrap();
    let (artist, track) = ("a0000000-0000-4000-8000-000000000001", "70000000-0000-4000-8000-000000000001");
    let quoted = HOSTILE.replace('"', "\"\"");
    let files = [
        (format!("{}.csv", "artists <b>"), format!("uuid,name,slug\n{artist},\"{quoted}\",\n")),
        ("t.csv".to_owned(), format!("uuid,name,isrc\n{track},\"{quoted}\",\n")),
        ("l.csv".to_owned(), format!("track_uuid,artist_uuid,role\n{track},{artist},main\n")),
        (
            "o.csv".to_owned(),
            format!(
                "track_uuid,platform,identifier,date,value\n{track},spotify,\"{quoted}\",2026-09-01,5\n\
                 {track},spotify,\"{quoted}\",2026-09-02,9\n"
            ),
        ),
        (
            "p.csv".to_owned(),
            format!("code,name,level,kind,unit\nnew,\"{quoted}\",track,counter,\"{quoted}\"\n"),
        ),
    ];
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        let kept = |told: &import::FileReport| assert!(told.kept && told.bad.is_empty(), "{told:?}");
        import::run(&house.context.db, &[path], Mode::Keep, &ImportProgress::hidden(), kept).await.unwrap();
    }
    let admin = house.admin().await;
    let question = format!("artist={artist}&month=2026-09&daily=true&open={track}");
    for path in [
        format!("/analytics?{question}"),
        format!("/analytics?{question}&group=platform"),
        format!(
            "/analytics?picked=1&q={}",
            form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>()
        ),
        "/artists".to_owned(),
        format!("/artists/{artist}?month=2026-09"),
        format!("/tracks/{track}?month=2026-09"),
        "/platforms".to_owned(),
        "/syncs".to_owned(),
        "/imports".to_owned(),
        "/audit".to_owned(),
        format!("/nothing/{}", form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>()),
    ] {
        let page = admin.text(&path).await;
        assert!(page.contains("</html>"), "{path}");
        for markup in ["<img src=x", "<meta http-equiv", "<b>.csv", "</title><"] {
            let is_end_of_title = markup == "</title><" && page.matches("</title>").count() == 1;
            assert!(is_end_of_title || !page.contains(markup), "{path}: {markup}");
        }
    }
    for file in ["report.csv", "report.xlsx", "report"] {
        assert_eq!(
            admin.get(&format!("/api/v1/{file}?{}", question.split("&open").next().unwrap())).await.status(),
            200,
            "{file}"
        );
    }
}

#[tokio::test]
async fn what_lets_somebody_in_ends_with_a_reset_and_with_the_account() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let status = async |token: &str| {
        with_token(token).get(house.url("/api/v1/platforms")).send().await.unwrap().status().as_u16()
    };
    let id = async |email: &'static str| -> String {
        let mut tx = house.context.db.read().await.unwrap();
        let sql = "select id from users where email = $1";
        sqlx::query_scalar(sql).bind(email).fetch_one(&mut *tx).await.unwrap()
    };
    let bob = house.token_of("bob@example.com", Role::Analyst, Right::Sync).await;
    assert_eq!(status(&bob).await, 200);
    let id_of_bob = id("bob@example.com").await;
    admin.post("/users/change", &[("id", &id_of_bob), ("act", "password")]).await;
    assert_eq!(status(&bob).await, 401, "a reset ends the tokens");
    let eve = house.token_of("eve@example.com", Role::Analyst, Right::Sync).await;
    let id_of_eve = id("eve@example.com").await;
    for act in ["disable", "enable"] {
        admin.post("/users/change", &[("id", &id_of_eve), ("act", act)]).await;
        assert_eq!(status(&eve).await, 401, "{act}: it does not come to life again");
    }
}

#[tokio::test]
async fn all_sessions_of_an_account_end_at_once() {
    let house = TestServer::new().await;
    let (one, other) = (house.admin().await, house.admin().await);
    assert!(one.text("/account").await.contains("End all sessions"));
    assert_eq!(one.post("/account/sessions/end", &[("id", "all")]).await.status(), 303);
    for browser in [one, other] {
        assert_eq!(browser.get("/account").await.status(), 303, "signed out");
    }
}

#[tokio::test]
async fn tries_leave_traces_and_the_log_can_be_taken_along() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    house.try_to_sign_in("nobody@example.com", "a guess").await;
    house.try_to_sign_in("my password by mistake", "x").await;
    until("both are noted", async || {
        house.number("select count(*) from audit_log where action = 'sign-in-failed'").await == 2
    })
    .await;
    let log = admin.text("/audit/log.csv?action=sign-in-failed").await;
    assert!(log.starts_with("time,actor,action,subject,via,address\n"), "{log}");
    assert!(log.contains("nobody@example.com") && !log.contains("mistake"), "{log}");
    assert_eq!(log.lines().count(), 3);
    let lines = admin.text("/audit/log.jsonl").await;
    let all: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        all.iter().any(|line| line["action"] == "exported" && line["subject"] == "audit log.csv"),
        "{lines}"
    );
    assert_eq!(admin.get("/audit/other.txt").await.status(), 404);
}

#[tokio::test]
async fn a_viewer_and_a_link_from_elsewhere_spend_no_calls() {
    let house = TestServer::new().await;
    house.token_of("eve@example.com", Role::Viewer, Right::Read).await;
    let eve = house.browser("eve@example.com", PASSWORD).await;
    let said = "A search at Soundcharts costs a call";
    assert!(eve.text("/artists?provider=velvet").await.contains(said));
    let admin = house.admin().await;
    let from_elsewhere = anonymous().build().unwrap().get(house.url("/artists?provider=velvet"));
    let from_elsewhere =
        from_elsewhere.header("cookie", &admin.cookie).header("sec-fetch-site", "cross-site");
    assert!(from_elsewhere.send().await.unwrap().text().await.unwrap().contains(said));
    assert_eq!(house.number("select count(*) from provider_searches").await, 0);
}

#[tokio::test]
async fn one_account_takes_no_more_than_its_part() {
    let house = TestServer::new().await;
    let admin = house.admin().await;
    let id: String = {
        let mut tx = house.context.db.read().await.unwrap();
        sqlx::query_scalar("select id from users").fetch_one(&mut *tx).await.unwrap()
    };
    let mut taken = Vec::new();
    while let Ok(place) = house.context.limits.accounts.take(&id, RequestKind::Request) {
        taken.push(place);
    }
    let refused = admin.get("/analytics").await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    drop(taken);
    assert_eq!(admin.get("/analytics").await.status(), 200);
}
