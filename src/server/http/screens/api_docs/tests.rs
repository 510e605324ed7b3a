//! The page contains the whole document, and its links have targets.

use std::collections::BTreeSet;

use axum::body::to_bytes;
use axum::http::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST};
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::*;
use crate::server::accounts::{Origin, demo_visitor};
use crate::server::http::auth::cookies;
use crate::server::http::router;

async fn page() -> String {
    let context = Context::for_tests().await;
    let token = demo_visitor::enter(context.accounts(), &Origin::default()).await.unwrap();
    let cookie = format!("{}={token}", cookies::session_name(&context.config));
    let request = Request::get("/api/docs").header(HOST, "127.0.0.1:3000").header(COOKIE, cookie);
    let answer = router(context).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(
        answer.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'; style-src")
    );
    String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// The text between each `before` and the next quotation mark.
fn values<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn everything_is_there_once_and_can_be_reached() {
    let page = page().await;
    let all = values(&page, " id=\"");
    let ids: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), ids.len(), "an id is there twice");
    for link in values(&page, "href=\"#") {
        assert!(ids.contains(link), "{link}");
    }
    let labels = values(&page, "role=\"region\" aria-label=\"");
    assert_eq!(labels.len(), labels.iter().collect::<BTreeSet<_>>().len(), "two regions have one name");
    let document = document();
    for tag in document.tags.iter().flatten() {
        for call in calls_of(document, &tag.name) {
            assert!(ids.contains(call.anchor().as_str()), "{}", call.anchor());
        }
    }
    for name in document.components.as_ref().unwrap().schemas.keys() {
        assert!(ids.contains(format!("schema-{name}").as_str()), "{name}");
    }
    for heading in ["Authentication", "Rate limits", "Errors", "Paging"] {
        assert!(page.contains(&format!("<h2>{heading}<")), "{heading}");
    }
    assert!(!page.contains("<script") && !page.contains(" style="), "nothing runs here");
}

#[test]
fn examples_can_be_typed() {
    let document = document();
    let call =
        |tag, anchor: &str| calls_of(document, tag).into_iter().find(|call| call.anchor() == anchor).unwrap();
    let typed = |tag, anchor| {
        curl::curl(document, &call(tag, anchor), "http://127.0.0.1:3000").replace(" \\\n  ", " ")
    };
    let token = "curl -H \"Authorization: Bearer $TOKEN\"";
    let question = "artist=11e81bcc-9c1c-ce38-b96b-a0369fe50396&month=2026-09";
    let api = "http://127.0.0.1:3000/api/v1";
    assert_eq!(typed("Reports", "report"), format!("{token} '{api}/report?{question}'"));
    assert_eq!(
        typed("Exports", "report_csv"),
        format!("{token} -OJ '{api}/report.csv?{question}&table=tracks'")
    );
    let body = r#"{"artists":["11e81bcc-9c1c-ce38-b96b-a0369fe50396"],"month":"2026-09"}"#;
    assert_eq!(
        typed("Syncs", "start_sync"),
        format!("{token} -H 'Content-Type: application/json' -d '{body}' '{api}/syncs'")
    );
    assert!(typed("Syncs", "cancel_sync").starts_with(&format!("{token} -X DELETE '{api}/syncs/7f3c2a10-")));
}
