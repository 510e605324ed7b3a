//! Requests every route with every identity: anonymous, invented tokens and sessions, each role by session,
//! and each role by a token of each scope.

use music_analytics::app::App;
use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::http::auth::routes::Route;
use music_analytics::server::http::table;
use reqwest::{Client, Method, Response};
use serde::de::IgnoredAny;

use super::signed_in::{PASSWORD, anonymous, with_token};
use super::support::TestServer;

/// Every argument of every server function.
const EVERY_ARGUMENT: &str = r#"{"search": "", "id": "nothing", "uuid": "nothing", "q": "x", "is_list": false, "act": "cancel", "on": "nothing"}"#;

/// An identity to test with.
struct Identity {
    name: String,
    client: Client,
    /// `None` for identities without access.
    right: Option<Right>,
    is_token: bool,
}

async fn identities(house: &TestServer) -> Vec<Identity> {
    let stranger =
        |name: &str, client: Client| Identity { name: name.to_owned(), client, right: None, is_token: false };
    let cookie = [("cookie".parse().unwrap(), "session-3000=invented".parse().unwrap())];
    let mut all = vec![
        stranger("nobody", anonymous().build().unwrap()),
        stranger("an invented token", with_token("another-token-that-nobody-gave-out-0123456789")),
        stranger(
            "an invented session",
            anonymous().default_headers(cookie.into_iter().collect()).build().unwrap(),
        ),
    ];
    for role in Role::ALL {
        for scope in Right::ALL.iter().filter(|scope| **scope <= role.right()) {
            let email = format!("{role}-{scope}@example.com");
            let token = house.token_of(&email, *role, *scope).await;
            let name = format!("{role} by a token of scope {scope}");
            all.push(Identity { name, client: with_token(&token), right: Some(*scope), is_token: true });
            if *scope == role.right() {
                let client = house.browser(&email, PASSWORD).await.into_client();
                let name = format!("{role} by session");
                all.push(Identity { name, client, right: Some(*scope), is_token: false });
            }
        }
    }
    all
}

/// All routes, taken from the router.
fn routes(house: &TestServer) -> Vec<Route> {
    table(&house.context).routes()
}

async fn ask(client: &Client, house: &TestServer, method: &Method, path: &str) -> Response {
    let path = path.split('/').map(|part| if part.starts_with(['{', ':']) { "nothing" } else { part });
    let url = house.url(&path.collect::<Vec<_>>().join("/"));
    let request = client.request(method.clone(), url);
    let is_form =
        method == "POST" && !request.try_clone().unwrap().build().unwrap().url().path().starts_with("/api/");
    let request = if is_form {
        request.header("content-type", "application/x-www-form-urlencoded").body("x=y")
    } else if method == "POST" {
        request.header("content-type", "application/json").body(EVERY_ARGUMENT)
    } else {
        request
    };
    request.send().await.unwrap()
}

fn is_turned_away(answer: &Response) -> bool {
    let to_sign_in =
        answer.headers().get("location").is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in"));
    answer.status() == 401 || answer.status() == 303 && to_sign_in
}

#[tokio::test]
async fn only_those_who_may_are_answered() {
    let house = TestServer::new().await;
    let identities = identities(&house).await;
    for Route { method, path, access } in routes(&house) {
        for Identity { name, client, right, is_token } in &identities {
            // Skipped: signing out would end the session.
            if path == "/sign-out" && right.is_some() && !is_token {
                continue;
            }
            let answer = ask(client, &house, &method, &path).await;
            let status = answer.status();
            let asked = format!("{method} {path} as {name}: {status}");
            // A failed sign-in returns the form or redirects to it.
            let is_out = is_turned_away(&answer) && !path.starts_with("/sign-in");
            match (access.right(), right) {
                (None, _) => assert!(!is_out, "{asked}"),
                (Some(_), None) => assert!(is_out, "{asked}"),
                (Some(needed), Some(right)) => {
                    let is_refused = *right < needed || (*is_token && !access.takes_tokens());
                    assert_eq!(status == 403, is_refused, "{asked}");
                    assert!(!is_out, "{asked}");
                }
            }
            let kind = answer.headers().get("content-type");
            let is_told = kind.is_some_and(|kind| kind.to_str().unwrap().ends_with("json"));
            assert!(!status.is_server_error() || is_told, "{asked}");
        }
    }
}

/// Bodies that browsers do not send: content type and content. None has the arguments of a server function.
fn malformed() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    let deep = |open: &str| [&b"{\"search\": "[..], &open.as_bytes().repeat(60_000 / open.len())].concat();
    let mut all = vec![
        ("application/x-www-form-urlencoded", b"search=&id=x&uuid=x&q=x&is_list=false&act=x&on=x".to_vec()),
        ("application/x-www-form-urlencoded", b"%zz=%ff&&==&search".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data\r\n\r\n".to_vec()),
        ("text/plain", EVERY_ARGUMENT.as_bytes().to_vec()),
        ("application/jsonp", EVERY_ARGUMENT.as_bytes().to_vec()),
        ("", EVERY_ARGUMENT.as_bytes().to_vec()),
        (json, deep("[")),
        (json, deep("{\"search\": ")),
        (json, b"{\"search\": \"\xff\xfe\", \"id\": \"\xff\"}".to_vec()),
        (json, [&b"\xef\xbb\xbf"[..], EVERY_ARGUMENT.as_bytes()].concat()),
        (json, [EVERY_ARGUMENT.as_bytes(), b"{}"].concat()),
    ];
    for text in [
        "",
        " ",
        "{",
        "}",
        "null",
        "5",
        "\"search\"",
        "{\"search\"",
        "{'search': ''}",
        "x=y",
        "\0",
        "[1e999]",
    ] {
        all.push((json, text.as_bytes().to_vec()));
    }
    // Missing or wrong arguments.
    for text in
        ["{}", "{\"other\": 1}", "{\"search\": 5, \"id\": [], \"uuid\": {}, \"q\": null, \"act\": true}"]
    {
        all.push((json, text.as_bytes().to_vec()));
    }
    all
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_the_callers_fault() {
    let house = TestServer::new().await;
    let client = house.admin().await.into_client();
    let functions: Vec<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let calls = routes(&house).into_iter().filter(|route| functions.contains(&route.path));
    let mut asked = 0;
    for Route { method, path, .. } in calls {
        for (kind, body) in malformed() {
            // The function has no arguments that could be wrong.
            let is_object = body.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(&body).is_ok();
            if path == "/api/list-platforms" && kind == "application/json" && is_object {
                continue;
            }
            for accepts in ["application/json", "text/html"] {
                let request = client.request(method.clone(), house.url(&path)).header("accept", accepts);
                let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
                let answer = request.body(body.clone()).send().await.unwrap();
                let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
                let of = format!("{path}, {kind}, accepts {accepts}: {start}");
                let status = answer.status().as_u16();
                let is_json = kind == "application/json";
                assert_eq!(status, if is_json { 400 } else { 415 }, "{of}");
                let text = answer.text().await.unwrap();
                let problem: serde_json::Value = serde_json::from_str(&text).expect(&of);
                assert_eq!(problem["status"], status, "{of}: {text}");
                assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{of}: {text}");
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "{asked}");
}

#[tokio::test]
async fn the_table_has_every_page_and_server_function() {
    let house = TestServer::new().await;
    let routes = routes(&house);
    let knows = |method: &Method, path: &str| {
        routes.iter().any(|route| route.method == *method && route.path == path)
    };
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert!(knows(&method, path), "say in server/http/pages.rs who may call {path}");
    }
    for page in leptos_axum::generate_route_list(App) {
        assert!(knows(&Method::GET, page.path()), "{}", page.path());
    }
    assert!(routes.len() > 45, "{routes:?}");
    let document = include_str!("../../../docs/security.md");
    let table = table(&house.context).to_string();
    assert!(document.contains(&table), "put the table of routes into docs/security.md:\n{table}");
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let house = TestServer::new().await;
    let admin = house.token_of("b@example.com", Role::Admin, Right::Admin).await;
    for Route { method, path, .. } in routes(&house).into_iter().filter(|route| route.method != Method::GET) {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://example.com"),
        ] {
            let headers = [("authorization", format!("Bearer {admin}")), (name, value.to_owned())];
            let headers =
                headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let client = anonymous().default_headers(headers.collect()).build().unwrap();
            let answer = ask(&client, &house, &method, &path).await;
            assert_eq!(answer.status(), 403, "{method} {path} with {name}: {value}");
        }
    }
}

#[tokio::test]
async fn people_are_led_to_the_sign_in_and_back_and_programs_are_told() {
    let house = TestServer::new().await;
    let nobody = anonymous().build().unwrap();
    let answer = nobody.get(house.url("/analytics?month=2026-09&q=a%20b")).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.status(), 303);
    let next = location.strip_prefix("/sign-in?").unwrap();
    let next = form_urlencoded::parse(next.as_bytes()).next().unwrap().1.into_owned();
    assert_eq!(next, "/analytics?month=2026-09&q=a%20b");
    let answer = nobody.get(house.url("/api/v1/platforms")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
        (401, &"Bearer".parse().unwrap())
    );
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}
