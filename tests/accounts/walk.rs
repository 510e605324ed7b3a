//! A walk over every route and server function there is, as nobody, as each role, and with a token of elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use music_analytics::app::App;
use music_analytics::server::accounts::{Right, Role};
use music_analytics::server::http::api::openapi;
use reqwest::{Client, Method, Response};

use super::signed_in::{PASSWORD, bearing, nobody};
use super::support::House;

/// Where the routes are named, and what stands before their paths.
const ROUTERS: [&str; 2] =
    [include_str!("../../src/server/http/mod.rs"), include_str!("../../src/server/http/screens/mod.rs")];

/// The calls of the API with their scopes, from the document that its router is made with.
fn calls() -> BTreeMap<(String, String), Option<String>> {
    let router = include_str!("../../src/server/http/api/mod.rs");
    assert!(!router.contains(".route("), "a call that is not in the document");
    let paths = openapi::document().paths.paths.iter();
    let calls = paths.flat_map(|(path, item)| {
        openapi::operations(item).map(move |(method, call)| {
            let method = serde_json::to_value(&method).unwrap().as_str().unwrap().to_uppercase();
            ((method, format!("{}{path}", openapi::BASE)), openapi::scope(call))
        })
    });
    calls.collect()
}

/// Every method and path.
fn routes() -> BTreeSet<(String, String)> {
    let mut routes: BTreeSet<_> = calls().into_keys().collect();
    for source in ROUTERS {
        for part in source.split(".route(\"").skip(1) {
            let (path, rest) = part.split_once('"').unwrap();
            let handlers = rest.split('\n').next().unwrap();
            for method in ["get", "post", "delete", "put", "patch"] {
                if handlers.contains(&format!("{method}(")) {
                    routes.insert((method.to_uppercase(), path.to_owned()));
                }
            }
        }
    }
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        routes.insert((method.to_string(), path.to_owned()));
    }
    for page in leptos_axum::generate_route_list(App) {
        routes.insert(("GET".to_owned(), page.path().to_owned()));
    }
    routes
}

/// What a route takes; `None` where it is open to everybody.
fn needs(method: &str, path: &str) -> Option<Right> {
    match (method, path) {
        (_, "/healthz" | "/readyz" | "/sign-in" | "/sign-in/demo" | "/set-up/{secret}" | "/theme") => None,
        (_, "/users" | "/users/change" | "/audit" | "/audit/{file}" | "/platforms/set") => Some(Right::Admin),
        ("GET", "/api/v1/provider/artists") => Some(Right::Sync),
        (_, "/imports" | "/imports/{id}" | "/imports/undo") => Some(Right::Sync),
        ("POST" | "DELETE", path) if path.starts_with("/api/v1/") => Some(Right::Sync),
        (_, "/api/act-on-sync" | "/artists/act" | "/syncs/act") => Some(Right::Sync),
        ("POST", "/sign-out" | "/account/password" | "/account/sessions/end") => Some(Right::Read),
        ("POST", "/account/tokens" | "/account/tokens/revoke") => Some(Right::Read),
        ("GET", _) => Some(Right::Read),
        // Server functions that show a page.
        ("POST", path) if path.starts_with("/api/") => Some(Right::Read),
        (method, path) => panic!("say who may do {method} {path}"),
    }
}

/// Whether a token may ask for it: the API and pages to read.
fn takes_tokens(method: &str, path: &str) -> bool {
    match (method, path) {
        (_, path) if path.starts_with("/api/") => true,
        (
            _,
            "/account" | "/users" | "/audit" | "/audit/{file}" | "/imports" | "/imports/{id}" | "/resume",
        ) => false,
        (method, _) => method == "GET",
    }
}

#[test]
fn the_document_names_the_scopes_that_are_asked_for() {
    for ((method, path), scope) in calls() {
        assert_eq!(scope, needs(&method, &path).map(|right| right.to_string()), "{method} {path}");
    }
}

async fn ask(client: &Client, house: &House, method: &str, path: &str) -> Response {
    let path = path.split('/').map(|part| if part.starts_with(['{', ':']) { "nothing" } else { part });
    let url = house.url(&path.collect::<Vec<_>>().join("/"));
    let request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
    let is_form =
        method == "POST" && !request.try_clone().unwrap().build().unwrap().url().path().starts_with("/api/");
    let request = if is_form {
        request.header("content-type", "application/x-www-form-urlencoded").body("x=y")
    } else if method == "POST" {
        // Every argument of every server function.
        let body = r#"{"search": "", "id": "nothing", "uuid": "nothing", "q": "x", "is_list": false, "act": "cancel", "on": "nothing"}"#;
        request.header("content-type", "application/json").body(body)
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
    let house = House::new().await;
    let routes = routes();
    assert!(routes.len() > 45, "{routes:?}");
    for path in ["/api/v1/report", "/api/docs", "/api/act-on-sync", "/tracks/{uuid}", "/audit"] {
        assert!(routes.iter().any(|(_, known)| known == path), "{path}: {routes:?}");
    }
    let nobody = nobody().build().unwrap();
    let forger = bearing("another-token-that-nobody-gave-out-0123456789");
    let mut people = Vec::new();
    for role in Role::ALL {
        let email = format!("{role}@example.com");
        let token = house.token_of(&email, *role, Right::Admin).await;
        people.push((role.right(), true, bearing(&token)));
        people.push((role.right(), false, house.browser(&email, PASSWORD).await.into_client()));
    }
    for (method, path) in &routes {
        let needed = needs(method, path);
        for client in [&nobody, &forger] {
            let answer = ask(client, &house, method, path).await;
            let is_out = is_turned_away(&answer);
            // Whoever leaves the demo's door or a failed sign-in open is answered by the form.
            let is_open = needed.is_none();
            assert_eq!(
                !is_out || path == "/sign-in",
                is_open,
                "{method} {path} as nobody: {}",
                answer.status()
            );
        }
        let Some(needed) = needed else { continue };
        let leaves = path == "/sign-out";
        for (right, is_token, client) in &people {
            // It would be the last that a session does.
            if leaves && !is_token {
                continue;
            }
            let answer = ask(client, &house, method, path).await;
            let status = answer.status();
            let is_refused = *right < needed || (*is_token && !takes_tokens(method, path));
            assert_eq!(status == 403, is_refused, "{method} {path} with {right}: {status}");
            assert!(is_refused || !is_turned_away(&answer), "{method} {path} with {right}: {status}");
            let fails = status.is_server_error()
                && !answer
                    .headers()
                    .get("content-type")
                    .is_some_and(|kind| kind == "application/problem+json" || kind == "application/json");
            assert!(!fails, "{method} {path} with {right}: {status}");
        }
    }
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let house = House::new().await;
    let admin = house.token_of("b@example.com", Role::Admin, Right::Admin).await;
    for (method, path) in routes().iter().filter(|(method, _)| method != "GET") {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://example.com"),
        ] {
            let headers = [("authorization", format!("Bearer {admin}")), (name, value.to_owned())];
            let headers =
                headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let client = nobody().default_headers(headers.collect()).build().unwrap();
            let answer = ask(&client, &house, method, path).await;
            assert_eq!(answer.status(), 403, "{method} {path} with {name}: {value}");
        }
    }
}

#[tokio::test]
async fn people_are_led_to_the_sign_in_and_back_and_programs_are_told() {
    let house = House::new().await;
    let nobody = nobody().build().unwrap();
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
