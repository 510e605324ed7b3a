//! API documentation rendered from the OpenAPI document.

mod calls;
mod curl;
mod prose;
mod schemas;
#[cfg(test)]
mod tests;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use leptos::prelude::*;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{OpenApi, Tag};

use super::frame::Frame;
use super::parts::table;
use crate::server::http::api::openapi::{BASE, document, operations, refusals};
use crate::server::http::auth::RequireRead;
use crate::server::state::context::Context;

/// A call of the document.
#[derive(Clone)]
struct Call {
    method: &'static str,
    path: String,
    operation: &'static Operation,
}

impl Call {
    /// The anchor id.
    fn anchor(&self) -> String {
        self.operation.operation_id.clone().unwrap_or_else(|| format!("{} {}", self.method, self.path))
    }
}

/// The calls with a tag, in document order.
fn calls_of(document: &'static OpenApi, tag: &str) -> Vec<Call> {
    let paths = document.paths.paths.iter();
    let calls = paths.flat_map(|(path, item)| {
        operations(item).map(move |(method, operation)| Call {
            method: word(&method),
            path: format!("{BASE}{path}"),
            operation,
        })
    });
    calls.filter(|call| call.operation.tags.iter().flatten().any(|of| of == tag)).collect()
}

const fn word(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Head => "HEAD",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Trace => "TRACE",
    }
}

pub async fn show(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    frame: Frame,
) -> Response<Body> {
    let document = document();
    let base = context.config.base();
    frame.screen("API", move || {
        let groups: Vec<(&Tag, Vec<Call>)> =
            document.tags.iter().flatten().map(|tag| (tag, calls_of(document, &tag.name))).collect();
        let contents: Vec<AnyView> = groups.iter().map(|(tag, calls)| links(tag, calls)).collect();
        let sections: Vec<AnyView> = groups.iter().map(|(tag, calls)| section(tag, calls, &base)).collect();
        view! {
            <section class="card prose">
                <p>
                    {format!("Version {} of ", document.info.version)} <code>{format!("{base}{BASE}")}</code> ". The same as "
                    <a class="link" href=format!("{BASE}/openapi.json") rel="external">"OpenAPI 3.1"</a> ", for programs."
                </p>
                {prose::prose(document.info.description.as_deref().unwrap_or_default())}
            </section>
            <section class="card" aria-labelledby="refusals">
                <h2 id="refusals">"Refusals"</h2>
                {refused()}
            </section>
            <nav class="card" aria-labelledby="calls">
                <h2 id="calls">"Calls"</h2>
                <div class="api-contents">{contents}</div>
            </nav>
            {sections}
            {schemas::section(document)}
        }
        .into_any()
    })
}

/// The table of error responses.
fn refused() -> AnyView {
    let rows = refusals::all().into_iter().map(|refusal| {
        let which = if refusal.is_anywhere { "any call" } else { "where it is named" };
        vec![view! { <code>{refusal.status}</code> }.into_any(), which.into_any(), prose::line(refusal.about)]
    });
    table("Refusals by status", &["Status", "Of", "Why"], rows.collect())
}

fn links(tag: &Tag, calls: &[Call]) -> AnyView {
    let links: Vec<AnyView> = calls
        .iter()
        .map(|call| {
            let summary = call.operation.summary.clone().unwrap_or_default();
            view! {
                <li>
                    <a class="link" href=format!("#{}", call.anchor())>{calls::name(call)}</a>
                    <span class="below">{summary}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <div><h3>{tag.name.clone()}</h3><ul>{links}</ul></div> }.into_any()
}

fn section(tag: &Tag, calls: &[Call], base: &str) -> AnyView {
    let calls: Vec<AnyView> = calls.iter().map(|call| calls::call(call, base)).collect();
    view! {
        <section class="api-group">
            <h2>{tag.name.clone()}</h2>
            <p class="hint">{tag.description.clone()}</p>
            {calls}
        </section>
    }
    .into_any()
}
