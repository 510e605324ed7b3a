//! The syncs page: running and past syncs with their failures.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::list_syncs;
use crate::components::icon::{Icon, IconView};
use crate::components::screen::{address_resource, screen_body};
use crate::domain::sync::{SyncState, SyncStatus};
use crate::view::SyncList;
use crate::view::analytics::syncing::{
    failure_text, failures_title, format_timestamp, progress_text, sync_subject,
};

/// How often the page reloads its data while a sync is running.
const REFRESH_INTERVAL: Duration = Duration::from_secs(2);

/// `/syncs`.
#[component]
pub fn SyncsPage() -> impl IntoView {
    let list = address_resource("", |(_, search)| list_syncs(search));
    let is_any_running = StoredValue::new(false);
    // Owned by the page and not by its content, so that a failed request does not stop it.
    Effect::new(move |_| {
        let look = move || {
            if is_any_running.try_get_value() == Some(true) {
                list.refetch();
            }
        };
        if let Ok(timer) = set_interval_with_handle(look, REFRESH_INTERVAL) {
            on_cleanup(move || timer.clear());
        }
    });
    let show = move |syncs: &SyncList| {
        let is_any_open = syncs.is_any_open();
        Effect::new(move |_| is_any_running.set_value(is_any_open));
        rows(syncs)
    };
    view! {
        <Title text="Syncs" />
        <h1>"Syncs"</h1>
        {screen_body(list, show)}
    }
}

fn rows(list: &SyncList) -> AnyView {
    let syncs: Vec<AnyView> = list.syncs.iter().map(sync).collect();
    let empty = syncs.is_empty().then(|| {
        view! {
            <section class="card empty">
                <IconView icon=Icon::Sync />
                <h2>"Nothing was fetched yet"</h2>
                <p>
                    "A sync fetches what a report lacks. Ask for a report, and fetch what it says is missing."
                </p>
                <a class="button" href="/analytics">"Go to Music Analytics"</a>
            </section>
        }
        .into_any()
    });
    let links: Vec<AnyView> = list
        .links()
        .into_iter()
        .map(|(words, href)| view! { <a class="button-quiet" href=href>{words}</a> }.into_any())
        .collect();
    let reload = list.is_any_open().then(|| {
        view! { <noscript inner_html="<meta http-equiv=\"refresh\" content=\"5\">"></noscript> }.into_any()
    });
    view! {
        <p class="hint">{list.remark()}</p>
        <ul class="syncs">{syncs}</ul>
        {empty}
        <nav class="pager" aria-label="Pages of syncs">{links}</nav>
        {reload}
    }
    .into_any()
}

fn sync(status: &SyncStatus) -> AnyView {
    let class = match status.state {
        SyncState::Complete => "badge badge-good",
        SyncState::Partial | SyncState::Cancelled => "badge badge-warn",
        SyncState::Failed => "badge badge-bad",
        SyncState::Queued | SyncState::Running => "badge",
    };
    let progress = status.state.is_open().then(|| {
        view! {
            <div class="progress-row">
                <progress
                    max="100"
                    value=status.percent.to_string()
                    aria-label="Progress of fetching"
                    aria-valuetext=progress_text(status)
                ></progress>
                <span class="percent">{format!("{} %", status.percent)}</span>
            </div>
        }
        .into_any()
    });
    let failures: Vec<AnyView> =
        status.failures.iter().map(|failure| view! { <li>{failure_text(failure)}</li> }.into_any()).collect();
    let has_none = failures.is_empty();
    let button = match (status.state.is_open(), status.state.can_be_retried()) {
        (true, _) => Some(action("cancel", status, "Cancel")),
        (_, true) => Some(action("retry", status, "Try again")),
        _ => None,
    };
    view! {
        <li class="card sync-row">
            <div class="sync-head">
                <h2>{sync_subject(status)}</h2>
                <span class=class>{status.state.label()}</span>
            </div>
            <p>{status.message.clone()}</p>
            {progress}
            <p class="hint">{format!("{}. Asked for on {}.", progress_text(status), format_timestamp(&status.created_at))}</p>
            <details class="failures" hidden=has_none>
                <summary>{failures_title(status)}</summary>
                <ul>{failures}</ul>
            </details>
            {button}
        </li>
    }
    .into_any()
}

fn action(act: &'static str, status: &SyncStatus, words: &'static str) -> AnyView {
    let label = format!("{words}: {}", sync_subject(status));
    view! {
        <form method="post" action="/syncs/act" class="for-analysts">
            <input type="hidden" name="act" value=act />
            <input type="hidden" name="on" value=status.id.to_string() />
            <input type="hidden" name="back" value="/syncs" />
            <button type="submit" class="button-quiet" aria-label=label>{words}</button>
        </form>
    }
    .into_any()
}
