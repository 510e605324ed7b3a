//! The sync panel of a report: missing data, the cost of fetching it, progress, and failures. Works with
//! plain forms without WASM; with WASM, progress is live.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use uuid::Uuid;
use web_sys::{EventSource, MessageEvent, SubmitEvent};

use crate::api::{act_on_sync, analytics_page, sync_status};
use crate::components::icon::{Icon, IconView};
use crate::components::section::reactive;
use crate::components::toast::Toast;
use crate::domain::sync::SyncStatus;
use crate::view::analytics::page::{QueryOutcome, ReportData};
use crate::view::analytics::syncing::{
    Connection, LastStatus, SYNC_OFF, announcement, cost, failure_text, failures_title, panel_title,
    progress_text, sync_result_notice, unlisted_text,
};
use crate::view::figures::compact_text;
use crate::view::report::wording::missing_sentences;
use crate::view::{Address, AnalyticsView};

/// Without an event for this long, the page polls. The server sends events more often.
const EVENT_TIMEOUT: Duration = Duration::from_secs(12);
/// Delay between a poll and reconnecting to the event stream.
const RECONNECT_DELAY: Duration = Duration::from_secs(2);
/// Maximum delay between polls while the server does not respond.
const MAX_POLL_DELAY: Duration = Duration::from_secs(10);

/// State shared by the panel and the page.
#[derive(Clone, Copy)]
pub struct SyncSignals {
    /// The sync of the current query.
    pub sync: RwSignal<Option<LastStatus>>,
    /// The report after the sync, once loaded.
    pub newer: RwSignal<Option<Arc<ReportData>>>,
    /// See [`Address::report_query_string`].
    pub question: StoredValue<String>,
    /// Whether the report is being reloaded after a sync.
    is_refreshing: RwSignal<bool>,
    /// Whether events or polls are running.
    is_followed: StoredValue<bool>,
    /// The compact total shown on the page.
    total: StoredValue<String>,
    toast: Toast,
}

impl SyncSignals {
    pub fn new(address: &Address, page: &AnalyticsView) -> Self {
        let (status, total) = match &page.outcome {
            QueryOutcome::Report(answer) => {
                (answer.syncing.status.clone(), compact_text(answer.report.summary.total))
            }
            QueryOutcome::Nothing | QueryOutcome::Matches | QueryOutcome::Invalid(_) => (None, String::new()),
        };
        SyncSignals {
            sync: RwSignal::new(status.map(LastStatus::live)),
            newer: RwSignal::new(None),
            question: StoredValue::new(address.report_query_string()),
            is_refreshing: RwSignal::new(false),
            is_followed: StoredValue::new(false),
            total: StoredValue::new(total),
            toast: Toast::from_context(),
        }
    }

    /// The page's title, with the progress in front while a sync is running. It is evaluated outside the
    /// page's owner: on the server after rendering, in the browser once more after the page is gone. That is
    /// why it needs an `ArcRwSignal`.
    pub fn title(self, title: String) -> impl Fn() -> String + Send + Sync + 'static {
        let sync = ArcRwSignal::from(self.sync);
        move || {
            let percent = sync.with(|seen| {
                seen.as_ref()
                    .filter(|seen| seen.connection == Connection::Live && seen.is_open())
                    .map(|seen| seen.status.percent)
            });
            percent.map_or_else(|| title.clone(), |percent| format!("({percent} %) {title}"))
        }
    }

    /// Starts, cancels or retries a sync; see [`act_on_sync`].
    pub fn act(self, act: &'static str, on: String) {
        spawn_local(async move {
            match act_on_sync(act.to_owned(), on).await {
                Ok(status) => {
                    self.sync.try_set((*status).clone().map(LastStatus::live));
                    self.follow();
                }
                Err(problem) => self.toast.error(problem.detail),
            }
        });
    }

    /// Follows an open sync and refreshes the report when it has ended.
    pub fn follow(self) {
        let Some(Some(seen)) = self.sync.try_get_untracked() else { return };
        if !seen.is_open() {
            return self.refresh_report(seen.status);
        }
        if self.is_followed.try_get_value() == Some(false) {
            self.is_followed.try_set_value(true);
            self.listen(seen.status.id);
        }
    }

    /// Subscribes to the event stream. Falls back to polling if no event arrives within [`EVENT_TIMEOUT`].
    fn listen(self, id: Uuid) {
        let Ok(events) = EventSource::new(&format!("/api/v1/syncs/{id}/events")) else {
            return self.poll(id, 0);
        };
        self.set_connection(Connection::Live);
        let has_heard = Rc::new(Cell::new(false));
        let watch: Rc<Cell<Option<IntervalHandle>>> = Rc::default();
        let (source, watched) = (events.clone(), Rc::clone(&watch));
        let stop = Rc::new(move || {
            source.close();
            if let Some(watch) = watched.take() {
                watch.clear();
            }
        });
        let (hears, stops) = (Rc::clone(&has_heard), Rc::clone(&stop));
        let look = move || {
            if !hears.replace(false) {
                stops();
                self.poll(id, 0);
            }
        };
        watch.set(set_interval_with_handle(look, EVENT_TIMEOUT).ok());
        let stops = Rc::clone(&stop);
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let Ok(status) = serde_json::from_str::<SyncStatus>(&text) else { return };
            has_heard.set(true);
            if !self.apply_status(status) {
                stops();
            }
        });
        let lost = Closure::<dyn FnMut(MessageEvent)>::new(move |_| {
            stop();
            self.poll(id, 0);
        });
        for (name, closure) in [("progress", heard), ("error", lost)] {
            let _ = events.add_event_listener_with_callback(name, closure.into_js_value().unchecked_ref());
        }
    }

    /// Stores a status. Returns whether to keep following: the sync is open and the page still exists.
    fn apply_status(self, status: SyncStatus) -> bool {
        let is_open = status.state.is_open();
        if self.sync.try_set(Some(LastStatus::live(status.clone()))).is_some() {
            return false;
        }
        if !is_open {
            self.refresh_report(status);
        }
        is_open
    }

    /// Updates the connection state.
    fn set_connection(self, link: Connection) {
        if let Some(Some(seen)) = self.sync.try_get_untracked() {
            self.sync.try_set(Some(LastStatus { connection: link, ..seen }));
        }
    }

    /// Polls the status with exponential backoff.
    fn poll(self, id: Uuid, tries: u32) {
        if tries > 0 {
            self.set_connection(Connection::Lost);
        }
        let question = move || {
            spawn_local(async move {
                if self.sync.try_get_untracked().is_none() {
                    return;
                }
                match sync_status(id.to_string()).await.map_err(|problem| problem.status) {
                    Ok(status) => {
                        if self.apply_status((*status).clone()) {
                            // Avoid a tight loop if the stream fails immediately.
                            set_timeout(move || self.listen(id), RECONNECT_DELAY);
                        }
                    }
                    Err(401 | 403) => self.set_connection(Connection::SignedOut),
                    Err(404) => self.set_connection(Connection::Gone),
                    Err(_) => self.poll(id, tries + 1),
                }
            });
        };
        match tries {
            0 => question(),
            _ => set_timeout(question, Duration::from_secs(1 << (tries - 1).min(3)).min(MAX_POLL_DELAY)),
        }
    }

    /// Reloads the report after a sync and shows the result as a toast.
    fn refresh_report(self, status: SyncStatus) {
        self.is_followed.try_set_value(false);
        let Some(question) = self.question.try_get_value() else { return };
        let before = self.total.try_get_value().unwrap_or_default();
        self.is_refreshing.try_set(true);
        spawn_local(async move {
            match analytics_page(question).await {
                Ok(page) => {
                    if let QueryOutcome::Report(answer) = &page.outcome {
                        self.total.try_set_value(compact_text(answer.report.summary.total));
                        self.newer.try_set(Some(Arc::clone(answer)));
                        self.toast.show(sync_result_notice(&status, &before, &answer.report));
                    }
                }
                Err(problem) => {
                    self.toast.error(format!("The report could not be made anew: {}", problem.detail));
                }
            }
            self.is_refreshing.try_set(false);
        });
    }
}

/// The panel; `None` if nothing is missing and no sync is open. `starts`: whether the user has just submitted
/// the form.
pub fn sync_panel(
    answer: &ReportData,
    page: &AnalyticsView,
    signals: SyncSignals,
    starts: bool,
) -> Option<AnyView> {
    let syncing = answer.syncing.clone();
    let unlisted = unlisted_text(syncing.plan.as_ref());
    let is_missing = answer.missing.never_fetched > 0 || unlisted.is_some();
    let sentences: Vec<String> =
        missing_sentences(&answer.missing, page).into_iter().chain(unlisted).collect();
    let is_told =
        syncing.status.as_ref().is_some_and(|status| status.state.is_open() || status.state.can_be_retried());
    if sentences.is_empty() && !syncing.has_plan() && !is_told {
        return None;
    }
    let begins = starts && syncing.starts_automatically && !syncing.is_open();
    Effect::new(move |_| {
        if begins {
            signals.act("begin", signals.question.get_value());
        } else if signals.sync.with_untracked(|seen| seen.as_ref().is_some_and(LastStatus::is_open)) {
            signals.follow();
        }
    });
    let heading =
        move || signals.sync.with(|seen| panel_title(seen.as_ref().map(|seen| &seen.status), is_missing));
    let sentences: Vec<AnyView> =
        sentences.into_iter().map(|words| view! { <li>{words}</li> }.into_any()).collect();
    let spoken =
        Memo::new(move |_| signals.sync.with(|seen| seen.as_ref().map(|seen| announcement(&seen.status))));
    let doing = move || match signals.sync.get() {
        Some(seen) if seen.is_open() => match seen.connection {
            Connection::Live => progress(&seen.status, signals),
            link => disconnected(&seen.status, link),
        },
        _ if signals.is_refreshing.get() => view! { <p>"Bringing the numbers up to date…"</p> }.into_any(),
        seen => offer(&syncing.plan, seen.map(|seen| seen.status).as_ref(), signals),
    };
    let view = view! {
        <section id="sync" class="notice sync" aria-labelledby="sync-title">
            <IconView icon=Icon::Sync />
            <div>
                <h3 id="sync-title">{heading}</h3>
                <ul>{sentences}</ul>
                {reactive(doing)}
                <p class="sr-only" role="status">{move || spoken.get()}</p>
            </div>
        </section>
    };
    Some(view.into_any())
}

fn progress(status: &SyncStatus, signals: SyncSignals) -> AnyView {
    let how_far = progress_text(status);
    view! {
        <p>{status.message.clone()}</p>
        <div class="progress-row">
            <progress
                max="100"
                value=status.percent.to_string()
                aria-label="Progress of fetching"
                aria-valuetext=how_far.clone()
            ></progress>
            <span class="percent">{format!("{} %", status.percent)}</span>
        </div>
        <p class="hint">{how_far} ". What is below is incomplete until this has ended."</p>
        {action("cancel", status.id.to_string(), "Cancel", "button-quiet", signals)}
        <noscript inner_html="<meta http-equiv=\"refresh\" content=\"5\">"></noscript>
    }
    .into_any()
}

/// Shown while the connection is lost, so that an old status is not taken for the current one.
fn disconnected(status: &SyncStatus, link: Connection) -> AnyView {
    let sign_in = (link == Connection::SignedOut)
        .then(|| view! { <p><a class="button" href="" rel="external">"Sign in"</a></p> }.into_any());
    view! {
        <p>{link.message()}</p>
        <p class="hint">{format!("Last known: {} %.", status.percent)}</p>
        {sign_in}
    }
    .into_any()
}

fn offer(
    plan: &Option<crate::domain::sync::SyncPlan>,
    status: Option<&SyncStatus>,
    signals: SyncSignals,
) -> AnyView {
    let ended = status.filter(|status| status.state.can_be_retried()).map(|status| {
        let failures: Vec<AnyView> = status
            .failures
            .iter()
            .map(|failure| view! { <li>{failure_text(failure)}</li> }.into_any())
            .collect();
        let has_none = failures.is_empty();
        view! {
            <p>{format!("{}.", status.message)}</p>
            <details class="failures" hidden=has_none>
                <summary>{failures_title(status)}</summary>
                <ul>{failures}</ul>
            </details>
            {action("retry", status.id.to_string(), "Try again", "button-quiet", signals)}
        }
        .into_any()
    });
    let is_off = plan.is_none();
    let plan = plan.as_ref().filter(|plan| plan.requests > 0 && ended.is_none()).map(|plan| {
        let question = signals.question.get_value();
        view! {
            <p class="cost">{cost(plan)}</p>
            {action("start", question, "Fetch from Soundcharts", "button", signals)}
            <p class="for-viewers">"Ask an analyst to fetch it."</p>
        }
        .into_any()
    });
    let off = is_off.then(|| view! { <p class="cost">{SYNC_OFF}</p> }.into_any());
    let all: Vec<AnyView> = ended.into_iter().chain(plan).chain(off).collect();
    all.into_any()
}

/// A button as its own form, so that it works without WASM.
fn action(
    act: &'static str,
    on: String,
    words: &'static str,
    class: &'static str,
    signals: SyncSignals,
) -> AnyView {
    let subject = on.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        signals.act(act, subject.clone());
    };
    let back = signals.question.with_value(|question| format!("/analytics?{question}"));
    view! {
        <form method="post" action="/syncs/act" class="for-analysts" on:submit=submit>
            <input type="hidden" name="act" value=act />
            <input type="hidden" name="on" value=on />
            <input type="hidden" name="back" value=back />
            <input type="hidden" name="reload" value="true" />
            <button type="submit" class=class>{words}</button>
        </form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::domain::sync::SyncState;
    use crate::view::analytics::syncing::tests::status;

    #[test]
    fn the_title_is_told_outside_of_the_page() {
        let page = Owner::new_root(None);
        let title = page.with(|| {
            let signals = SyncSignals {
                sync: RwSignal::new(Some(LastStatus::live(status(SyncState::Running, 37)))),
                newer: RwSignal::new(None),
                question: StoredValue::new(String::new()),
                is_refreshing: RwSignal::new(false),
                is_followed: StoredValue::new(false),
                total: StoredValue::new(String::new()),
                toast: Toast::from_context(),
            };
            signals.title("Mira".to_owned())
        });
        // The server evaluates it on a thread that may already serve another page.
        let text = std::thread::spawn(title).join().unwrap();
        assert_eq!(text, "(37 %) Mira");
    }
}
