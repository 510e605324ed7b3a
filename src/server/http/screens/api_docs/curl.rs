//! Example curl commands.

use serde_json::Value;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};

use super::Call;

/// A runnable command with the document's example values.
pub fn curl(document: &OpenApi, call: &Call, base: &str) -> String {
    let mut path = call.path.clone();
    let mut query = Vec::new();
    for parameter in call.operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let Some(example) = example(parameter) else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => path = path.replace(&format!("{{{}}}", parameter.name), &example),
            ParameterIn::Query => query.push(format!("{}={example}", parameter.name)),
            _ => {}
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let mut parts = vec!["curl -H \"Authorization: Bearer $TOKEN\"".to_owned()];
    if is_file(call) {
        parts.push("-OJ".to_owned());
    }
    match body(document, call) {
        Some(body) => parts.push(format!("-H 'Content-Type: application/json' -d '{body}'")),
        None if call.method != "GET" => parts.push(format!("-X {}", call.method)),
        None => {}
    }
    parts.push(format!("'{base}{path}{query}'"));
    parts.join(" \\\n  ")
}

fn example(parameter: &utoipa::openapi::path::Parameter) -> Option<String> {
    match &serde_json::to_value(parameter).ok()?["example"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Whether the response is a file download.
fn is_file(call: &Call) -> bool {
    let answer = call.operation.responses.responses.get("200");
    matches!(answer, Some(RefOr::T(answer)) if answer.headers.contains_key("content-disposition"))
}

fn body(document: &OpenApi, call: &Call) -> Option<String> {
    let Some(RefOr::T(body)) = &call.operation.request_body else { return None };
    let RefOr::T(content) = body.content.values().next()? else { return None };
    match named(document, content.schema.as_ref()?)? {
        Schema::Object(object) => Some(object.example.as_ref()?.to_string()),
        _ => None,
    }
}

/// Resolves a reference.
fn named<'a>(document: &'a OpenApi, schema: &'a RefOr<Schema>) -> Option<&'a Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(to) => {
            let name = to.ref_location.rsplit('/').next()?;
            match document.components.as_ref()?.schemas.get(name)? {
                RefOr::T(schema) => Some(schema),
                RefOr::Ref(_) => None,
            }
        }
    }
}
