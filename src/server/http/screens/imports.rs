//! The list of imports for analysts, with undo.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::account::redirect_with_notice;
use super::frame::Frame;
use super::parts::{table, time};
use crate::domain::text::format::{grouped, pluralize};
use crate::server::error::Error;
use crate::server::http::auth::RequireSync;
use crate::server::ingest::import::undo;
use crate::server::state::context::Context;
use crate::server::store::imports::{self, Import, ImportedFile};
use crate::server::web::problem::HttpError;

const PATH: &str = "/imports";
/// Imports per page.
const ROWS: u32 = 50;
/// How long the request waits for an undo, which continues in the background.
const WAIT: Duration = Duration::from_secs(8);

/// Query parameters; an invalid cursor means the first page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ImportsQuery {
    before: String,
}

pub async fn show(
    State(context): State<Context>,
    RequireSync(_): RequireSync,
    Query(asked): Query<ImportsQuery>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    let before: Option<i64> = asked.before.parse().ok();
    let mut listed = imports::list(&mut *context.db.read().await?, before, ROWS + 1).await?;
    let has_more = listed.len() > ROWS as usize;
    listed.truncate(ROWS as usize);
    Ok(frame.screen("Imports", move || {
        let content = if listed.is_empty() {
            view! { <p class="hint">"Nothing was imported yet."</p> }.into_any()
        } else {
            table("Imports", &["Time", "Who", "Files", "What they did", "Undo"], listed.iter().map(row).collect())
        };
        let older = has_more.then(|| listed.last()).flatten().map(|last| format!("{PATH}?before={}", last.id));
        let link = |href: String, words: &'static str| {
            view! { <a class="button-quiet" href=href rel="external">{words}</a> }
        };
        view! {
            <section class="card">
                <p class="hint">
                    "Files are imported on the server: " <code>"music-analytics import FILE"</code>
                    ". An import can be undone as a whole: the values that it replaced return, and later ones stay."
                </p>
                {content}
                <nav class="pager" aria-label="Pages of the imports">
                    {before.map(|_| link(PATH.to_owned(), "Newest"))} {older.map(|href| link(href, "Older"))}
                </nav>
            </section>
        }
        .into_any()
    }))
}

fn row(import: &Import) -> Vec<AnyView> {
    let lines = |of: fn(&ImportedFile) -> String| -> AnyView {
        let lines: Vec<AnyView> =
            import.files.iter().map(|file| view! { <div>{of(file)}</div> }.into_any()).collect();
        lines.into_any()
    };
    let state = match (&import.undone, import.can_be_undone()) {
        (Some(by), _) => {
            view! { <span class="badge">"Undone"</span> " " {time(by.at * 1000)} " by " {by.who.clone()} }
                .into_any()
        }
        (None, false) => "made by an earlier version".into_any(),
        (None, true) => {
            let (href, label) = (format!("{PATH}/{}", import.id), format!("Undo import {}", import.id));
            view! { <a class="button-quiet" href=href rel="external" aria-label=label>"Undo…"</a> }.into_any()
        }
    };
    vec![
        time(import.by.at * 1000),
        import.by.who.clone().into_any(),
        lines(|file| file.file.clone()),
        lines(changes_text),
        state,
    ]
}

/// For example "observations: 3 new, 1 changed".
fn changes_text(file: &ImportedFile) -> String {
    let Some(kind) = file.kind else { return String::new() };
    let number = |count: u64| grouped(count.into());
    format!("{kind}: {} new, {} changed", number(file.counts.added), number(file.counts.changed))
}

/// The confirmation page for undoing an import.
pub async fn confirm_undo(
    State(context): State<Context>,
    RequireSync(_): RequireSync,
    Path(id): Path<String>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    let import = match id.parse() {
        Ok(number) => imports::by_id(&mut *context.db.read().await?, number).await?,
        Err(_) => None,
    };
    let import = import.ok_or(Error::NotFound { what: "import", id })?;
    Ok(frame.screen("Undo an import", move || {
        let files = pluralize(import.files.len(), "file");
        let rows = import
            .files
            .iter()
            .map(|file| {
                let number = |count: u64| grouped(count.into()).into_any();
                let kind = file.kind.map(|kind| kind.to_string()).unwrap_or_default();
                vec![
                    file.file.clone().into_any(),
                    kind.into_any(),
                    number(file.counts.added),
                    number(file.counts.changed),
                ]
            })
            .collect();
        let form = import.can_be_undone().then(|| {
            view! {
                <p>
                    "What these files added is removed, and what they replaced returns. Values that came later stay, as do "
                    "artists and tracks that other data uses. To have it back, import the files again."
                </p>
                <form method="post" action="/imports/undo">
                    <input type="hidden" name="id" value=import.id.to_string() />
                    <button type="submit" class="button">"Undo this import"</button>
                </form>
            }
        });
        let done = (!import.can_be_undone())
            .then(|| view! { <p>"This import was undone before, or cannot be undone."</p> });
        view! {
            <section class="card">
                <h2>{format!("Import {}: {files}", import.id)}</h2>
                <p class="hint">{time(import.by.at * 1000)} " by " {import.by.who.clone()}</p>
                {table("Files", &["File", "Holds", "New", "Changed"], rows)} {form} {done}
                <p><a href=PATH rel="external">"Back to the imports"</a></p>
            </section>
        }
        .into_any()
    }))
}

#[derive(Deserialize)]
pub struct UndoForm {
    id: i64,
}

/// Undoes an import. Runs in its own task, so that it finishes even if the client disconnects.
pub async fn undo(
    State(context): State<Context>,
    RequireSync(person): RequireSync,
    Form(UndoForm { id }): Form<UndoForm>,
) -> Result<Response<Body>, HttpError> {
    let db = context.db.clone();
    let mut undoing = tokio::spawn(async move {
        let undone = undo::undo(&db, &person, id).await;
        if let Err(error) = &undone {
            tracing::warn!(%error, id, "an import was not undone");
        }
        undone
    });
    match tokio::time::timeout(WAIT, &mut undoing).await {
        Ok(Ok(undone)) => redirect_with_notice(PATH, undone),
        Ok(Err(stopped)) => std::panic::resume_unwind(stopped.into_panic()),
        Err(_) => {
            let words =
                format!("Import {id} is being undone, which takes a while; this page says when it is done.");
            redirect_with_notice(PATH, Ok(words))
        }
    }
}
