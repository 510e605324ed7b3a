//! The demo visitor: when signing in without a password is allowed.

use music_analytics::server::config::Config;
use music_analytics::server::store::tables::meta::{DataKind, claim_as};
use reqwest::Response;

use super::signed_in;
use super::support::{TestServer, cookie, form};

async fn enter(house: &TestServer) -> Response {
    let client = signed_in::anonymous().build().unwrap();
    form(client.post(house.url("/sign-in/demo")), &[("next", "/artists")]).send().await.unwrap()
}

#[tokio::test]
async fn demo_data_are_open_on_this_machine() {
    let house = TestServer::with(Config::default()).await;
    let client = signed_in::anonymous().build().unwrap();
    let page = client.get(house.url("/sign-in")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("action=\"/sign-in/demo\"") && page.contains("data-demo=\"true\""));
    let answer = enter(&house).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &"/artists".parse().unwrap())
    );
    let cookie = cookie(&answer);
    let get = async |path: &str| client.get(house.url(path)).header("cookie", &cookie).send().await.unwrap();
    for path in ["/analytics", "/account", "/users", "/api/v1/platforms"] {
        assert_eq!(get(path).await.status(), 200, "{path}");
    }
    // A visitor cannot create tokens.
    let token = form(
        client.post(house.url("/account/tokens")).header("cookie", &cookie),
        &[("name", "x"), ("scope", "read"), ("days", "")],
    );
    assert!(!token.send().await.unwrap().text().await.unwrap().contains("class=\"secret\""));
}

#[tokio::test]
async fn the_door_is_shut_elsewhere() {
    let public =
        Config { public_url: Some("http://music.example.com".parse().unwrap()), ..Config::default() };
    let everywhere = Config { addr: "0.0.0.0:3000".parse().unwrap(), ..Config::default() };
    for config in [public, everywhere] {
        assert_eq!(enter(&TestServer::with(config).await).await.status(), 403);
    }
    let real = TestServer::with(Config::default()).await;
    let mut tx = real.context.db.write().await.unwrap();
    claim_as(&mut tx, DataKind::Real).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(enter(&real).await.status(), 403, "real data");
    assert_eq!(enter(&TestServer::new().await).await.status(), 403, "somebody is about to bring real data");
    let proxied = TestServer::with(Config::default()).await;
    let client = signed_in::anonymous().build().unwrap();
    for (name, value) in [
        ("x-forwarded-for", "192.0.2.1"),
        ("via", "1.1 proxy"),
        ("forwarded", "for=192.0.2.1"),
        ("x-real-ip", "192.0.2.1"),
        ("x-forwarded-host", "music.example.com"),
        ("x-forwarded-proto", "https"),
    ] {
        let request = client.post(proxied.url("/sign-in/demo")).header(name, value);
        assert_eq!(
            form(request, &[]).send().await.unwrap().status(),
            403,
            "through a proxy that says {name}"
        );
    }
}

#[tokio::test]
async fn a_visitor_does_not_stay_where_the_door_is_shut() {
    let house = TestServer::with(Config::default()).await;
    let cookie = cookie(&enter(&house).await);
    let public =
        Config { public_url: Some("http://music.example.com".parse().unwrap()), ..Config::default() };
    let mut context = house.context.clone();
    context.config = public.into();
    let base = signed_in::serve(&context).await;
    let client = signed_in::anonymous().build().unwrap();
    let answer = client.get(format!("{base}/analytics")).header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}
