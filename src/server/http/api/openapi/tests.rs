//! The document is valid, covers all calls, and matches what they accept and return.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;
use crate::domain::query::{ParamOutcome, Parameters};
use crate::domain::report::{CountryEvidence, Report, TrackCharts};
use crate::server::accounts::Person;
use crate::server::state::context::Context;
use crate::view::report::tables::tests as tables;

/// Published calls, on which clients' scripts rely.
const CALLS: [&str; 17] = [
    "GET /report",
    "GET /availability",
    "GET /report.csv",
    "GET /report.xlsx",
    "GET /syncs",
    "POST /syncs",
    "GET /syncs/{id}",
    "DELETE /syncs/{id}",
    "GET /syncs/{id}/events",
    "POST /syncs/{id}/retry",
    "GET /artists",
    "POST /artists",
    "GET /provider/artists",
    "POST /artists/{id}/link",
    "GET /platforms",
    "GET /countries",
    "GET /openapi.json",
];

fn as_json() -> Value {
    serde_json::from_str(&document().to_json().unwrap()).unwrap()
}

/// All calls with method and path.
fn all() -> impl Iterator<Item = (String, String, &'static Operation)> {
    document().paths.paths.iter().flat_map(|(path, item)| {
        operations(item).map(move |(method, operation)| {
            let method = serde_json::to_value(&method).unwrap();
            (method.as_str().unwrap().to_uppercase(), path.clone(), operation)
        })
    })
}

/// The names of a call's query parameters.
fn parameters(operation: &Operation) -> BTreeSet<String> {
    let parameters = serde_json::to_value(&operation.parameters).unwrap();
    let parameters = parameters.as_array().cloned().unwrap_or_default();
    let of_query = parameters.into_iter().filter(|parameter| parameter["in"] == "query");
    of_query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn it_is_openapi_and_has_every_call() {
    let document = as_json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["servers"][0]["url"], BASE);
    let calls: Vec<String> = all().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(calls, CALLS);
    let mut names = BTreeSet::new();
    for (method, path, call) in all() {
        let named = call.operation_id.clone().unwrap();
        assert!(names.insert(named.clone()), "{named} is there twice");
        assert!(call.summary.as_ref().is_some_and(|summary| !summary.is_empty()), "{named}");
        assert!(TAGS.iter().any(|(tag, _)| call.tags == Some(vec![(*tag).to_owned()])), "{named}");
        assert!(matches!(scope(call).as_deref(), Some("read" | "sync")), "{named}");
        assert!(call.responses.responses.keys().any(|status| status.starts_with('2')), "{named}");
        for status in ["400", "401", "403", "429", "503"] {
            assert!(call.responses.responses.contains_key(status), "{named}: {status}");
        }
        assert_eq!(call.responses.responses.contains_key("404"), path.contains('{'), "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| walk(document, value)),
            Value::Object(fields) => {
                if let Some(to) = fields.get("$ref") {
                    let to = to.as_str().unwrap().strip_prefix('#').unwrap();
                    assert!(document.pointer(to).is_some(), "{to}");
                }
                fields.values().for_each(|value| walk(document, value));
            }
            _ => {}
        }
    }
    let document = as_json();
    walk(&document, &document);
}

#[test]
fn links_lead_to_calls_with_a_field_of_the_answer() {
    let document = as_json();
    let mut links = 0;
    for (_, path, call) in all() {
        for answer in serde_json::to_value(&call.responses).unwrap().as_object().unwrap().values() {
            for link in answer["links"].as_object().into_iter().flatten().map(|(_, link)| link) {
                links += 1;
                let to =
                    all().find(|(_, _, call)| link["operationId"] == json!(call.operation_id)).unwrap().1;
                assert!(to.contains("{id}"), "{path}");
                let field =
                    link["parameters"]["id"].as_str().unwrap().strip_prefix("$response.body#/").unwrap();
                let schema = answer["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
                let schema = document.pointer(&schema[1..]).unwrap();
                assert!(schema["properties"][field].is_object(), "{path}: {field}");
            }
        }
    }
    assert_eq!(links, 4);
}

#[test]
fn bodies_are_as_strict_as_the_server() {
    let schemas = &as_json()["components"]["schemas"];
    let link = &schemas["ArtistLink"];
    assert_eq!((&link["minProperties"], &link["maxProperties"]), (&json!(1), &json!(1)));
    assert_eq!(schemas["SyncRequest"]["properties"]["platforms"]["items"]["minLength"], json!(1));
}

#[test]
fn a_report_takes_its_documented_parameters_and_no_others() {
    let report = all().find(|(_, path, _)| path == "/report").unwrap().2;
    let mut parameters = parameters(report);
    assert_eq!(parameters.len(), 10);
    for name in &parameters {
        assert_eq!(Parameters::default().set(name, "x"), ParamOutcome::Accepted, "{name}");
    }
    for name in ["q", "limit", "cursor", "table", "artists", "sort"] {
        assert!(parameters.insert(name.to_owned()));
        assert_eq!(Parameters::default().set(name, "x"), ParamOutcome::Unknown, "{name}");
    }
}

/// Fields that a call reports as unknown.
async fn unknown(method: &str, path: &str, query: &str, body: &Value) -> BTreeSet<String> {
    let person = Person::operator();
    let routes = crate::server::http::api::routes().into_parts().0.with_state(Context::for_tests().await);
    let path = path.replace("{id}", "nothing");
    let request = Request::builder().method(method).uri(format!("{BASE}{path}?{query}"));
    let request = request.body(Body::from(body.to_string())).unwrap();
    let answer = routes.layer(Extension(person)).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {path}");
    let problem: Value =
        serde_json::from_slice(&to_bytes(answer.into_body(), 1 << 20).await.unwrap()).unwrap();
    let errors = problem["errors"].as_array().unwrap().iter();
    let unknown = errors.filter(|error| error["message"].as_str().unwrap().starts_with("is not a "));
    unknown.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_call_takes_its_documented_parameters_and_no_others() {
    let known: BTreeSet<String> = all().flat_map(|(_, _, call)| parameters(call)).collect();
    let known: BTreeSet<String> = known.into_iter().chain(["nonsense".to_owned()]).collect();
    let query = known.iter().map(|name| format!("{name}=1")).collect::<Vec<_>>().join("&");
    for (method, path, call) in all() {
        let not_its: BTreeSet<String> = known.difference(&parameters(call)).cloned().collect();
        assert_eq!(unknown(&method, &path, &query, &json!({})).await, not_its, "{method} {path}");
    }
}

#[tokio::test]
async fn every_body_takes_its_documented_fields_and_no_others() {
    let document = as_json();
    for (method, path, call) in all() {
        let Some(body) = &call.request_body else { continue };
        let body = serde_json::to_value(body).unwrap();
        let schema = &body["content"]["application/json"]["schema"]["$ref"];
        let schema = &document.pointer(schema.as_str().unwrap().trim_start_matches('#')).unwrap();
        let mut fields: serde_json::Map<String, Value> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(|name| (name.clone(), Value::Null))
            .collect();
        assert!(faults(&document, schema, &schema["example"]).is_empty(), "the example of {path}");
        assert_eq!(schema["additionalProperties"], json!(false), "{path}");
        fields.insert("nonsense".to_owned(), Value::Null);
        let unknown = unknown(&method, &path, "", &Value::Object(fields)).await;
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), ["nonsense"], "{path}");
    }
}

/// Deviations of a value from its schema.
fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    if let Some(to) = schema["$ref"].as_str() {
        return faults(document, document.pointer(&to[1..]).unwrap(), value);
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let tried: Vec<_> = ways.iter().map(|way| faults(document, way, value)).collect();
        let is_one = tried.iter().filter(|faults| faults.is_empty()).count() == 1;
        return if is_one { Vec::new() } else { tried.into_iter().flatten().collect() };
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.contains(&json!(kind)) {
        return vec![format!("{value} is no {kinds:?}")];
    }
    let mut all = Vec::new();
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        all.push(format!("{value} is none of {}", schema["enum"]));
    }
    for value in value.as_array().into_iter().flatten() {
        all.extend(faults(document, &schema["items"], value));
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => {
                all.extend(faults(document, schema, value).iter().map(|fault| format!("{name}: {fault}")))
            }
            None => all.push(format!("{name} is in no schema")),
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    all.extend(required.filter(|name| value.get(name).is_none()).map(|name| format!("{name} is missing")));
    all
}

#[test]
fn a_report_is_what_its_schema_says() {
    let document = as_json();
    let schema = &document["components"]["schemas"]["Report"];
    let evidence = CountryEvidence {
        country: "IT".parse().unwrap(),
        tracks: vec![TrackCharts { track: uuid::Uuid::nil(), charts: Vec::new() }],
        days_without_chart: vec!["2026-09-01".parse().unwrap()],
    };
    let report =
        Report { country_evidence: Some(evidence), incomplete: Some(Default::default()), ..tables::report() };
    let mut report = serde_json::to_value(report).unwrap();
    assert_eq!(faults(&document, schema, &report), [""; 0]);
    let properties: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(
        report.as_object().unwrap().keys().collect::<Vec<_>>(),
        properties,
        "the report is a whole one"
    );
    report["summary"]["tracks"] = json!("many");
    report["artists"][0].as_object_mut().unwrap().remove("total");
    report["more"] = json!(1);
    assert_eq!(faults(&document, schema, &report).len(), 3);
}

#[test]
fn what_may_be_null_is_always_there() {
    let document = as_json();
    let schemas = &document["components"]["schemas"];
    let required = |name: &str| schemas[name]["required"].as_array().unwrap().clone();
    assert!(required("Figure").contains(&json!("high")));
    assert!(required("ReportQuery").contains(&json!("country")));
    for optional in ["days", "growth", "country_evidence"] {
        assert!(!required("Report").contains(&json!(optional)), "{optional}");
    }
    assert_eq!(schemas["Figure"]["properties"]["high"]["type"], json!(["integer", "null"]));
    assert_eq!(required("SyncRequest"), ["artists"]);
}

#[tokio::test]
async fn texts_that_the_document_wants_are_never_empty() {
    let mut texts = 0;
    for (method, path, call) in all() {
        for parameter in serde_json::to_value(&call.parameters).unwrap().as_array().into_iter().flatten() {
            let schema = &parameter["schema"];
            let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
            let is_text = schema["type"] == "string" || schema["type"] == json!(["string", "null"]);
            let is_free = ["format", "pattern", "enum", "$ref"].iter().all(|key| schema[*key].is_null());
            if is_text && is_free && parameter["in"] == "query" {
                texts += 1;
                let name = parameter["name"].as_str().unwrap();
                assert_eq!(schema["minLength"], json!(1), "{name} of {path}");
                refused(&method, &path, &format!("{name}=")).await;
            }
        }
    }
    assert!(texts > 4, "{texts}");
}

/// Asserts that a call is rejected as malformed.
async fn refused(method: &str, path: &str, query: &str) {
    let routes = crate::server::http::api::routes().into_parts().0.with_state(Context::for_tests().await);
    let uri = format!("{BASE}{}?{query}", path.replace("{id}", "nothing"));
    let request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
    let answer = routes.layer(Extension(Person::operator())).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {path}?{query}");
}
