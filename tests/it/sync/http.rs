//! Syncs over the JSON API.

use music_analytics::domain::Month;
use music_analytics::server::base::clock::today;
use reqwest::Method;
use serde_json::{Value, json};

use super::catalogue::{artist, made, months};
use super::served::ApiServer;
use super::support::{Fixture, assert_complete};

fn body(artists: &[usize]) -> Value {
    let artists: Vec<String> = artists.iter().map(|number| artist(*number).to_string()).collect();
    json!({"artists": artists, "month": months()[0].to_string()})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_is_started_once_watched_and_not_started_again() {
    let world = Fixture::new(made(1, 4)).await;
    world.add_artists(&[0]).await;
    let served = ApiServer::over(&world).await;
    let (status, plan) =
        served.get(&format!("/availability?artist={}&month={}", artist(0), months()[0])).await;
    assert!(status == 200 && plan["plan"]["requests"].as_u64() > Some(0), "{plan}");
    let asked = body(&[0]);
    let answers = tokio::join!(
        served.post("/syncs", &asked),
        served.post("/syncs", &asked),
        served.post("/syncs", &asked)
    );
    let id = answers.0.1["id"].as_str().unwrap().to_owned();
    for (status, answer) in [&answers.0, &answers.1, &answers.2] {
        assert_eq!((*status, &answer["id"]), (202, &json!(id)), "{answer}");
    }
    assert_complete(&world.ended(id.parse().unwrap()).await);
    let (status, shown) = served.get(&format!("/syncs/{id}")).await;
    assert_eq!((status, &shown["state"], &shown["percent"]), (200, &json!("complete"), &json!(100)));
    let (status, nothing) = served.post("/syncs", &asked).await;
    assert_eq!((status, &nothing["id"], &nothing["state"]), (200, &Value::Null, &json!("complete")));
    let (_, listed) = served.get("/syncs").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let (_, report) = served.get(&format!("/report?artist={}&month={}", artist(0), months()[0])).await;
    assert_eq!(report["summary"]["total"]["exact"], json!(true));
    // A completed sync can be neither cancelled nor retried.
    let cancelled = served.send(Method::DELETE, &format!("/syncs/{id}"), None).await;
    assert_eq!(cancelled.status(), 200);
    let (status, retried) = served.post_text(&format!("/syncs/{id}/retry"), "").await;
    assert_eq!((status, &retried["state"]), (202, &json!("complete")));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_question_is_refused_with_the_field() {
    let world = Fixture::new(made(1, 1)).await;
    world.add_artists(&[0]).await;
    let served = ApiServer::over(&world).await;
    let with = |field: &str, value: Value| {
        let mut body = body(&[0]);
        body[field] = value;
        body
    };
    let next_month = Month::containing(Month::containing(today()).last() + 1);
    for (expected, field, body) in [
        (400, "colour", with("colour", json!("red"))),
        (400, "artists", with("artists", json!("somebody"))),
        (400, "artists", with("artists", json!([]))),
        (400, "artists", with("artists", json!([7]))),
        (400, "month", with("month", json!(202609))),
        (400, "month", with("month", json!("2026-9"))),
        (400, "month", with("month", Value::Null)),
        (400, "refresh", with("refresh", json!("yes"))),
        (400, "country", with("country", json!("Italy"))),
        (422, "artist", with("artists", json!([artist(9)]))),
        (422, "month", with("month", json!(next_month.to_string()))),
        (422, "platform", with("platforms", json!(["gramophone"]))),
    ] {
        let (status, problem) = served.post("/syncs", &body).await;
        let named = problem["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!((status, named.starts_with(field)), (expected, true), "{body}: {problem}");
    }
    for text in ["", "[]", "{", "\"artists\""] {
        assert_eq!(served.post_text("/syncs", text).await.0, 400, "{text}");
    }
    for path in ["/syncs/none", &format!("/syncs/{}", artist(0))] {
        assert_eq!(served.get(path).await.0, 404, "{path}");
        assert_eq!(served.get(&format!("{path}/events")).await.0, 404, "{path}");
        assert_eq!(served.post_text(&format!("{path}/retry"), "").await.0, 404, "{path}");
    }
    // Last, because the server closes the connection when it does not read a body.
    let large = format!("{{\"artists\": [\"{}\"]}}", "x".repeat(70_000));
    assert_eq!(served.post_text("/syncs", &large).await.0, 413);
    assert_eq!(world.number("select count(*) from syncs").await, 0);
    served.stop().await;
}
