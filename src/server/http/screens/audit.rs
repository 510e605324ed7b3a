//! The audit log for admins, newest first, fifty entries per page.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::Response;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::parts::{table, time};
use crate::components::field::choice;
use crate::domain::accounts::Action;
use crate::domain::accounts::email::normalize_email;
use crate::server::accounts::audit;
use crate::server::base::clock::rfc3339;
use crate::server::error::Error;
use crate::server::export::csv::text as csv_text;
use crate::server::http::api::exports::attachment;
use crate::server::http::auth::RequireAdmin;
use crate::server::state::context::Context;
use crate::server::store::tables::audit_log::{self, AuditEntry};
use crate::server::web::problem::HttpError;
use crate::view::forms::encoding::encode;

const PATH: &str = "/audit";
/// Entries per query when writing a file.
const DOWNLOAD_BATCH: u32 = 1_000;
/// Entries per page.
const ROWS: u32 = 50;

/// Query parameters; invalid values mean no filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    action: String,
    actor: String,
    after: String,
}

pub async fn show(
    State(context): State<Context>,
    RequireAdmin(_): RequireAdmin,
    Query(asked): Query<AuditQuery>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    let action: Option<Action> = asked.action.parse().ok();
    let actor = normalize_email(&asked.actor);
    let after: Option<(i64, &str)> =
        asked.after.split_once('-').and_then(|(at, id)| Some((at.parse().ok()?, id)));
    let mut tx = context.db.read().await?;
    let mut entries = audit_log::list(&mut tx, action, &actor, after, ROWS + 1).await?;
    let is_newest = after.is_none();
    drop(tx);
    let has_more = entries.len() > ROWS as usize;
    entries.truncate(ROWS as usize);
    let months = context.config.audit_months;
    Ok(frame.screen("Audit log", move || {
        let rows: Vec<Vec<AnyView>> = entries.iter().map(row).collect();
        let content = if rows.is_empty() {
            view! { <p class="hint">"There is nothing of that kind."</p> }.into_any()
        } else {
            table("What people did", &["Time", "Who", "What", "Of what", "By", "From"], rows)
        };
        let address = |path: &str, after: &str| {
            let pairs = [("action", action.map_or("", Action::as_str)), ("actor", &actor), ("after", after)];
            format!("{path}?{}", encode(pairs.into_iter().filter(|(_, value)| !value.is_empty())))
        };
        let link = |words: &'static str, href: String| {
            view! { <a class="button-quiet" href=href rel="external">{words}</a> }.into_any()
        };
        let last = entries.last().map(|entry| format!("{}-{}", entry.at, entry.id)).unwrap_or_default();
        let links: Vec<AnyView> = [
            (!is_newest).then(|| link("Newest", address(PATH, ""))),
            has_more.then(|| link("Older", address(PATH, &last))),
            Some(link("Download CSV", address("/audit/log.csv", ""))),
            Some(link("Download JSON lines", address("/audit/log.jsonl", ""))),
        ]
        .into_iter()
        .flatten()
        .collect();
        view! {
            <section class="card">
                {filter(action, &actor)}
                {content}
                <nav class="pager" aria-label="Pages of the audit log">{links}</nav>
                <p class="hint">{format!("Entries are kept for {months} months.")}</p>
            </section>
        }
        .into_any()
    }))
}

/// An entry as a line of JSON.
#[derive(Serialize)]
struct LogLine<'a> {
    time: String,
    actor: &'a str,
    action: &'static str,
    subject: &'a str,
    via: &'a str,
    address: &'a str,
}

impl<'a> LogLine<'a> {
    fn from_entry(entry: &'a AuditEntry) -> Self {
        let AuditEntry { at, actor, via, address, action, subject, .. } = entry;
        LogLine { time: rfc3339(at / 1000), actor, action: action.as_str(), subject, via, address }
    }
}

/// Downloads the filtered log as `log.csv` or `log.jsonl`, newest first.
pub async fn download(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    Path(file): Path<String>,
    Query(asked): Query<AuditQuery>,
) -> Result<Response<Body>, HttpError> {
    let is_csv = match file.as_str() {
        "log.csv" => true,
        "log.jsonl" => false,
        _ => return Err(Error::NotFound { what: "file", id: file }.into()),
    };
    let action: Option<Action> = asked.action.parse().ok();
    let actor = normalize_email(&asked.actor);
    audit::record_or_fail(&context.db, &person, Action::Exported, &format!("audit {file}")).await?;
    let mut tx = context.db.read().await?;
    let mut text = String::new();
    if is_csv {
        text += "time,actor,action,subject,via,address\n";
    }
    let mut last: Option<(i64, String)> = None;
    loop {
        let after = last.as_ref().map(|(at, id)| (*at, id.as_str()));
        let entries = audit_log::list(&mut tx, action, &actor, after, DOWNLOAD_BATCH).await?;
        let Some(end) = entries.last() else { break };
        for entry in &entries {
            let line = LogLine::from_entry(entry);
            if is_csv {
                let cells = [&line.time, line.actor, line.action, line.subject, line.via, line.address];
                let cells = cells.map(|cell| format!("\"{}\"", csv_text(cell).replace('"', "\"\"")));
                text += &cells.join(",");
            } else {
                text += &serde_json::to_string(&line).map_err(Error::damaged)?;
            }
            text.push('\n');
        }
        last = Some((end.at, end.id.clone()));
    }
    let kind = if is_csv { "text/csv; charset=utf-8" } else { "application/x-ndjson" };
    let headers =
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, attachment(&format!("audit-{file}")))];
    Ok((headers, text).into_response())
}

fn filter(action: Option<Action>, actor: &str) -> AnyView {
    let mut actions = vec![choice(String::new(), "Everything".to_owned(), action.is_none())];
    actions.extend(
        Action::ALL
            .iter()
            .map(|each| choice(each.to_string(), each.label().to_owned(), Some(*each) == action)),
    );
    view! {
        <form method="get" action="/audit" class="filter-form" role="search" aria-label="Narrow the log">
            <label>"What" <select class="input" name="action">{actions}</select></label>
            <label>"Who" <input class="input" name="actor" value=actor.to_owned() autocomplete="off" spellcheck="false" placeholder="address of an account" /></label>
            <button type="submit" class="button-quiet">"Show"</button>
        </form>
    }
    .into_any()
}

fn row(entry: &AuditEntry) -> Vec<AnyView> {
    vec![
        time(entry.at),
        entry.actor.clone().into_any(),
        entry.action.label().into_any(),
        entry.subject.clone().into_any(),
        entry.via.clone().into_any(),
        entry.address.clone().into_any(),
    ]
}
