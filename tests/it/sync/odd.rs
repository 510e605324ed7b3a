//! Responses that the simulator does not produce: a relay in front of it modifies them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use music_analytics::domain::sync::SyncState;
use music_analytics::server::simulator::settings::Settings;
use music_analytics::server::sync::Started;
use serde_json::{Value, json};

use super::catalogue::made;
use super::country::charted;
use super::support::{Fixture, ReportSpec, assert_complete, free};

type Change = fn(address: &Uri, answer: &mut Value);

#[derive(Clone)]
struct Relay {
    provider: String,
    http: reqwest::Client,
    change: Change,
}

/// Puts a relay in front of a fixture's provider.
async fn relay(world: &mut Fixture, change: Change) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let state = Arc::new(Relay { provider: world.base(), http, change });
    let app = axum::Router::new().fallback(pass_on).with_state(state);
    tokio::spawn(async move { axum::serve(listener, app).await });
    world.config.provider.base_url = Some(address.parse().unwrap());
}

async fn pass_on(
    State(relay): State<Arc<Relay>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let failed = |error: reqwest::Error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response();
    let mut request = relay.http.get(format!("{}{uri}", relay.provider));
    for (name, value) in headers.iter().filter(|(name, _)| name.as_str().starts_with("x-")) {
        request = request.header(name, value);
    }
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(failed)?;
    let body = match serde_json::from_slice::<Value>(&body) {
        Ok(mut value) => {
            (relay.change)(&uri, &mut value);
            value.to_string().into_bytes()
        }
        Err(_) => body.to_vec(),
    };
    Ok(Response::builder().status(status).body(Body::from(body)).unwrap())
}

fn items(answer: &mut Value) -> &mut Vec<Value> {
    answer["items"].as_array_mut().unwrap()
}

/// Unknown words for the frequency: it is derived from the days of the rankings.
#[tokio::test(flavor = "multi_thread")]
async fn how_often_a_chart_is_made_is_read_from_its_days() {
    let mut world =
        Fixture::start(charted(), Settings { extras: true, knobs: free(), ..Settings::default() }).await;
    relay(&mut world, |address, answer| {
        if address.path().contains("/chart/song/by-platform/youtube") {
            items(answer).iter_mut().for_each(|chart| chart["frequency"] = json!("EVERY_SO_OFTEN"));
        }
    })
    .await;
    world.add_artists(&[0]).await;
    let question = ReportSpec { country: Some("IT"), ..ReportSpec::month(&[0]) };
    assert_complete(&world.run(&question).await);
    let of = "select count(*) from charts where slug = 'weekly-it' and active = 1 and frequency = 'weekly'";
    assert_eq!(
        world.number(of).await,
        1,
        "a chart that is the only one of its platform and country is asked for"
    );
}

/// A code that the provider does not list would otherwise look like a permanent lack of data.
#[tokio::test(flavor = "multi_thread")]
async fn platforms_that_the_provider_does_not_list_are_warned_of() {
    let mut world = Fixture::new(made(1, 2)).await;
    relay(&mut world, |address, answer| {
        if address.path().contains("/referential/platforms") {
            items(answer).retain(|platform| platform["code"] != "spotify");
        }
    })
    .await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    let status = world.run(&question).await;
    assert_eq!(status.state, SyncState::Complete, "everything that was asked for came: {status:?}");
    let [warning] = &status.failures[..] else { panic!("{status:?}") };
    assert!(warning.reason.contains("Spotify (spotify)"), "{warning:?}");
    world.assert_truth(&question).await;
}

/// Number of identifiers of a song: a response for a month would be too large.
const SOUNDS: u64 = 2_500;

#[tokio::test(flavor = "multi_thread")]
async fn a_song_with_very_many_identifiers_is_fetched_some_days_at_a_time() {
    let mut world = Fixture::new(made(1, 1)).await;
    relay(&mut world, |address, answer| {
        if address.path().ends_with("/audience/tiktok") && address.path().contains("/song/") {
            for row in items(answer) {
                let sound = |sound: u64| json!({"identifier": format!("{sound:0>240}"), "value": 1_000_000 + sound * 100});
                row["plots"] = (0..SOUNDS).map(sound).collect();
            }
        }
    })
    .await;
    world.add_artists(&[0]).await;
    let question = ReportSpec::month(&[0]);
    assert_complete(&world.run(&question).await);
    let of_song = "select sum(count) from observations where platform_id = (select id from platforms where code = 'tiktok')";
    let days = world.number("select max(last_day) - min(first_day) + 1 from observations").await;
    assert!(days >= question.range().day_count() as i64);
    assert_eq!(world.number(of_song).await, SOUNDS as i64 * days, "no day is left out");
    let parts = "select count(*) from sync_units where task = 'audience' and platform_id = (select id from platforms where code = 'tiktok')";
    assert!(world.number(parts).await > 1);
    assert!(matches!(world.ask(&question.request()).await, Started::NothingMissing(_)), "nothing is missing");
}
