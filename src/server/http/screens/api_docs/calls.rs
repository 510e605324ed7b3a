//! Documentation of a call: description, parameters, responses, example.

use leptos::prelude::*;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{Content, RefOr, Required, Response};

use super::super::parts::table;
use super::{Call, curl, prose, schemas};
use crate::server::http::api::openapi::{document, refusals};

pub fn name(call: &Call) -> AnyView {
    view! { <code><span class="api-method">{call.method}</span> " " {call.path.clone()}</code> }.into_any()
}

pub fn call(call: &Call, base: &str) -> AnyView {
    let summary = call.operation.summary.clone().unwrap_or_default();
    view! {
        <article class="card prose" aria-labelledby=call.anchor()>
            <h3 id=call.anchor()>{name(call)}</h3>
            <p class="strong">{summary}</p>
            {prose::prose(call.operation.description.as_deref().unwrap_or_default())}
            {parameters(call)}
            {body(call)}
            {answers(call)}
            <h4>"Example"</h4>
            <pre class="api-example" tabindex="0" aria-label=title("Example", call)><code>{curl::curl(document(), call, base)}</code></pre>
        </article>
    }
    .into_any()
}

/// An accessible name that is unique on the page.
fn title(of: &str, call: &Call) -> String {
    format!("{of} of {} {}", call.method, call.path)
}

fn parameters(call: &Call) -> Option<AnyView> {
    let parameters = call.operation.parameters.iter().flatten();
    let rows: Vec<Vec<AnyView>> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(row(parameter)),
            RefOr::Ref(_) => None,
        })
        .collect();
    (!rows.is_empty()).then(|| {
        let rows = table(title("Parameters", call), &["Parameter", "Type", "What it is"], rows);
        view! { <h4>"Parameters"</h4> {rows} }.into_any()
    })
}

fn row(parameter: &Parameter) -> Vec<AnyView> {
    let place = match parameter.parameter_in {
        ParameterIn::Path => Some("in the path"),
        ParameterIn::Header => Some("a header"),
        _ => None,
    };
    let is_optional = parameter.required != Required::True;
    let name = view! {
        <code>{parameter.name.clone()}</code>
        {place.map(|place| view! { <span class="below">{place}</span> })}
        {is_optional.then(schemas::optional)}
    };
    let kind = parameter.schema.as_ref().map(schemas::kind);
    vec![name.into_any(), kind.into_any(), prose::line(parameter.description.as_deref().unwrap_or_default())]
}

fn body(call: &Call) -> Option<AnyView> {
    let Some(RefOr::T(body)) = &call.operation.request_body else { return None };
    let (kind, content) = body.content.iter().next()?;
    Some(view! { <h4>"Body"</h4> <p>{schema(content)} ", as " <code>{kind.clone()}</code></p> }.into_any())
}

fn schema(content: &RefOr<Content>) -> AnyView {
    match content {
        RefOr::T(content) => content.schema.as_ref().map(schemas::kind).into_any(),
        RefOr::Ref(_) => ().into_any(),
    }
}

/// The responses of a call; errors common to all calls are summarized in one line.
fn answers(call: &Call) -> AnyView {
    let mut anywhere = Vec::new();
    let mut rows = Vec::new();
    for (status, answer) in &call.operation.responses.responses {
        let refusal = refusals::all().into_iter().find(|refusal| refusal.status.to_string() == *status);
        match (answer, refusal) {
            (RefOr::Ref(_), Some(refusal)) if refusal.is_anywhere => anywhere.push(status.clone()),
            (RefOr::Ref(_), Some(refusal)) => rows.push(answer_row(status, &refusal.response())),
            (RefOr::T(answer), _) => rows.push(answer_row(status, answer)),
            (RefOr::Ref(_), None) => {}
        }
    }
    view! {
        <h4>"Answers"</h4>
        {table(title("Answers", call), &["Status", "Content", "What it is"], rows)}
        <p class="hint">"And as any call: " {anywhere.join(", ")} ". " <a class="link" href="#refusals">"What refusals mean"</a></p>
    }
    .into_any()
}

fn answer_row(status: &str, answer: &Response) -> Vec<AnyView> {
    let contents: Vec<AnyView> = answer
        .content
        .iter()
        .map(|(kind, content)| {
            // Only JSON has a schema worth showing.
            let schema = kind.contains("json").then(|| schema(content));
            view! { {schema} <span class="below api-type">{kind.clone()}</span> }.into_any()
        })
        .collect();
    let headers: Vec<AnyView> = answer
        .headers
        .iter()
        .map(|(name, header)| {
            let about = match header {
                RefOr::T(header) => header.description.clone().unwrap_or_default(),
                RefOr::Ref(_) => String::new(),
            };
            view! { <span class="below"><code>{name.clone()}</code> ": " {about}</span> }.into_any()
        })
        .collect();
    let about = view! { {prose::line(&answer.description)} {headers} };
    vec![view! { <code>{status.to_owned()}</code> }.into_any(), contents.into_any(), about.into_any()]
}
