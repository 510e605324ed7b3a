//! What people did, for admins: newest first, fifty at a time.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{table, time};
use crate::components::field::choice;
use crate::domain::view::encoding::encode;
use crate::server::accounts::audit::Action;
use crate::server::accounts::users::normal;
use crate::server::context::Context;
use crate::server::db::audit_log::{self, Entry};
use crate::server::http::gate::MayAdmin;
use crate::server::http::problem::Refused;

/// Entries on a page.
const ROWS: u32 = 50;

/// The address's query; what cannot be read asks for everything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    action: String,
    actor: String,
    skip: String,
}

/// The screen.
pub async fn show(
    State(context): State<Context>,
    MayAdmin(_): MayAdmin,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response<Body>, Refused> {
    let action: Option<Action> = asked.action.parse().ok();
    let actor = normal(&asked.actor);
    let skip: u32 = asked.skip.parse().unwrap_or(0);
    let mut tx = context.db.read().await?;
    let mut entries = audit_log::list(&mut tx, action, &actor, skip, ROWS + 1).await?;
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
        let page = |words: &'static str, skip: u32| {
            let skip = skip.to_string();
            let pairs = [("action", action.map_or("", Action::as_str)), ("actor", &actor), ("skip", &skip)];
            let href = format!("/audit?{}", encode(pairs.into_iter().filter(|(_, value)| !value.is_empty())));
            view! { <a class="button-quiet" href=href rel="external">{words}</a> }.into_any()
        };
        let links: Vec<AnyView> = [
            (skip > 0).then(|| page("Newer", skip.saturating_sub(ROWS))),
            has_more.then(|| page("Older", skip.saturating_add(ROWS))),
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

fn row(entry: &Entry) -> Vec<AnyView> {
    vec![
        time(entry.at),
        entry.actor.clone().into_any(),
        entry.action.label().into_any(),
        entry.subject.clone().into_any(),
        entry.via.clone().into_any(),
        entry.address.clone().into_any(),
    ]
}
