//! The cost of sign-ins: independent of whether an account exists, and small for active users while fifty sign-ins
//! per second arrive from different addresses for different accounts. Prints measurements; fails only far beyond
//! the goals, because machines differ.

use std::time::{Duration, Instant};

use music_analytics::domain::accounts::{Right, Role};
use music_analytics::server::config::Config;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use reqwest::Client;
use tokio::time::{MissedTickBehavior, interval};

use super::signed_in::{self, TOKEN, with_token};
use crate::accounts::support::{TestServer, form, from, sign_in};

/// How much longer a report may take meanwhile.
const AIM: f64 = 2.0;
/// The test fails beyond this multiple of the goal.
const WRONG: f64 = 3.0;
/// How much the median may differ between existing and unknown accounts.
const SAME: Duration = Duration::from_millis(10);

// Sequential, because they measure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_tells_nothing_and_leaves_reports_fast() {
    unknown_and_known_accounts_look_the_same().await;
    a_storm_leaves_reports_fast().await;
}

async fn unknown_and_known_accounts_look_the_same() {
    let mut config = signed_in::configured(Config::default());
    config.proxies = "127.0.0.1".parse().unwrap();
    let house = TestServer::with(config).await;
    let mut differences = Vec::new();
    let mut texts = [String::new(), String::new()];
    // Four failed attempts per account are not throttled.
    for round in 0..4 {
        for account in 0..4 {
            let mut times = [0.0, 0.0];
            // The order alternates, so that a slow machine affects both equally.
            for turn in [0, 1] {
                let which = (turn + account) % 2;
                let email = format!("{account}@{}.example.com", ["known", "unknown"][which]);
                if which == 0 && round == 0 {
                    house.token_of(&email, Role::Viewer, Right::Read).await;
                }
                let client = from(&format!("192.0.2.{}", 4 * account + round));
                let began = Instant::now();
                let answer = sign_in(&client, &house.base, &email, "a wrong password").await;
                assert_eq!(answer.status(), 401);
                let text = answer.text().await.unwrap();
                times[which] = began.elapsed().as_secs_f64();
                texts[which] = text.replace(&email, "ADDRESS");
                // Entries written to the log afterwards delay anonymous requests, so wait for them.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            differences.push(times[0] - times[1]);
        }
    }
    assert_eq!(texts[0], texts[1]);
    differences.sort_unstable_by(f64::total_cmp);
    let median = differences[differences.len() / 2] * 1000.0;
    println!("figure: a wrong password of a known account takes {median:.1} ms more than of an unknown one");
    assert!(median.abs() < SAME.as_secs_f64() * 1000.0 * WRONG, "{median} ms");
}

async fn a_storm_leaves_reports_fast() {
    let mut config = signed_in::configured(Config::default());
    config.proxies = "127.0.0.1".parse().unwrap();
    let house = TestServer::with(config).await;
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/1")).unwrap();
    let files: Vec<_> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .collect();
    let ending =
        import::run(&house.context.db, &files, import::Mode::Keep, &ImportProgress::hidden(), |_| {}).await;
    assert_eq!(ending.unwrap(), ImportOutcome::Done);
    let client = with_token(TOKEN);
    let artists = client.get(house.url("/api/v1/artists")).send().await.unwrap().text().await.unwrap();
    let artists: serde_json::Value = serde_json::from_str(&artists).unwrap();
    let report = house
        .url(&format!("/api/v1/report?artist={}&month=2026-04", artists["items"][0]["id"].as_str().unwrap()));

    let idle = p95(&client, &report, 200).await;
    // One client for all, so that the test itself adds as little load as possible.
    let (crowd, url) = (signed_in::anonymous().build().unwrap(), house.url("/sign-in"));
    let storm = tokio::spawn(async move {
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        for number in 0_u32.. {
            ticks.tick().await;
            let address = format!("198.51.{}.{}", number / 250 % 250, number % 250);
            let fields = [("email", format!("{number}@example.com")), ("password", "wrong".to_owned())];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            let request = form(crowd.post(&url).header("x-forwarded-for", address), &fields);
            tokio::spawn(async move { request.send().await.unwrap() });
        }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let meanwhile = p95(&client, &report, 400).await;
    storm.abort();
    let tries = house.number("select count(*) from sign_in_tries where subject like 'address %'").await;
    let ratio = meanwhile.as_secs_f64() / idle.as_secs_f64();
    println!("figure: p95 of a report {idle:?}, beside {tries} sign-ins {meanwhile:?}: {ratio:.1} times");
    assert!(tries > 5, "some of them were looked at");
    assert!(ratio < AIM * WRONG, "{ratio}");
}

async fn p95(client: &Client, url: &str, count: usize) -> Duration {
    let mut times = Vec::new();
    for _ in 0..count {
        let began = Instant::now();
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap();
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times[count * 95 / 100]
}
