//! Two instances on one database share sessions, limits and throttling.

use std::time::Duration;

use super::cluster;
use super::house::{TestServer, sign_in};
use super::signed_in::{self, EMAIL, TOKEN, with_token};
use music_analytics::server::config::Config;
use music_analytics::server::state::limits::calls;

const PLATFORMS: &str = "/api/v1/platforms";

async fn two(config: Config) -> [TestServer; 2] {
    let url = cluster::new_database().await;
    let directory = || tempfile::tempdir().unwrap();
    // Concurrently, like two machines that start at the same time: one of them creates the tables.
    let (one, other) = tokio::join!(
        TestServer::at(config.clone(), &url, directory()),
        TestServer::at(config.clone(), &url, directory())
    );
    [one, other]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_works_on_the_other_and_dies_on_both() {
    let [one, other] = two(signed_in::configured(Config::default())).await;
    assert_eq!(one.number("select count(*) from users").await, 1, "one first admin");
    let mut browser = one.admin().await;
    assert_eq!(browser.get(PLATFORMS).await.status(), 200);
    browser.base = other.base.clone();
    assert_eq!(browser.get(PLATFORMS).await.status(), 200);
    let later = other.admin().await;
    let page = later.text("/account").await;
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(later.post("/account/sessions/end", &[("id", &id)]).await.status(), 303);
    for base in [&one.base, &other.base] {
        browser.base = base.clone();
        assert_eq!(browser.get(PLATFORMS).await.status(), 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_token_are_limited_over_both() {
    let config = Config { api_per_minute: Some(40), ..signed_in::configured(Config::default()) };
    let houses = two(config).await;
    houses.iter().for_each(|house| calls::share(house.context.limits.clone(), house.context.db.clone()));
    let client = with_token(TOKEN);
    let mut allowed = 0;
    for _ in 0..100 {
        let mut refused = 0;
        for house in &houses {
            match client.get(house.url(PLATFORMS)).send().await.unwrap().status().as_u16() {
                200 => allowed += 1,
                429 => refused += 1,
                status => panic!("{status}"),
            }
        }
        if refused == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Each misses at most the other's calls of a second or two.
    eprintln!("{allowed} calls of 40");
    assert!((40..=70).contains(&allowed), "{allowed}");
    assert_eq!(houses[0].number("select count(*) from api_calls").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_to_sign_in_are_counted_over_both() {
    let houses = two(signed_in::configured(Config::default())).await;
    let client = signed_in::anonymous().build().unwrap();
    let mut statuses = Vec::new();
    for number in 0..8 {
        let base = &houses[number % 2].base;
        statuses.push(sign_in(&client, base, EMAIL, "not the password").await.status().as_u16());
    }
    assert!(statuses[..5].iter().all(|status| *status != 429), "{statuses:?}");
    assert_eq!(statuses[6..], [429, 429], "{statuses:?}");
}
