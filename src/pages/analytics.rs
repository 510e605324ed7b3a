//! Music Analytics: total metrics of artists over all platforms. The URL holds all state: a memo of the query
//! string, and a resource keyed by the part that affects the numbers. View state (sorting, search, expanded
//! rows) is in the URL too, but does not trigger requests.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::analytics_page;
use crate::components::browser::use_navigate_to;
use crate::components::data_notes::{getting_started, notice_box};
use crate::components::field::error_summary;
use crate::components::icon::Icon;
use crate::components::query_form::query_form;
use crate::components::report_view::report_view;
use crate::components::screen::{address_key, screen_body, screen_resource};
use crate::components::section::reactive;
use crate::components::sync_panel::SyncSignals;
use crate::components::view_state::ViewContext;
use crate::view::analytics::page::{QueryOutcome, ReportData};
use crate::view::report::wording::{page_title, status_text};
use crate::view::{Address, AnalyticsView};

/// `/analytics`: the form and its results.
#[component]
pub fn AnalyticsPage() -> impl IntoView {
    let here = address_key("");
    let address = Memo::new(move |_| here.with(|(_, search)| Address::parse(search)));
    let question = Memo::new(move |_| address.with(Address::report_query_string));
    let asked = Memo::new(move |_| (String::new(), question.get()));
    let page = screen_resource(asked, move |_| analytics_page(here.get_untracked().1));

    let go = use_navigate_to();
    let go = Callback::new(move |(address, replace): (Address, bool)| go(&address, replace));
    let shown =
        ViewContext { address, view: Memo::new(move |_| address.with(|address| address.view.clone())), go };
    // `is_first`: the browser has filled in the form. `is_awaited`: the user has submitted it.
    let is_first = StoredValue::new(true);
    let was_submitted = StoredValue::new(false);
    let submit = move |next: Address, with_button: bool| {
        was_submitted.set_value(with_button);
        if next.report_query_string() == question.get_untracked() {
            page.refetch();
        } else {
            go.run((next, false));
        }
    };
    let arrived = move || was_submitted.try_update_value(std::mem::take).unwrap_or(false);
    let show = move |page: &AnalyticsView| {
        let address = address.get_untracked();
        let is_fresh = is_first.try_update_value(std::mem::take).unwrap_or(false);
        let is_submitted = was_submitted.get_value();
        let signals = SyncSignals::new(&address, page);
        let results = match &page.outcome {
            QueryOutcome::Nothing => getting_started(page, &address),
            QueryOutcome::Matches | QueryOutcome::Invalid(_) => ().into_any(),
            QueryOutcome::Report(answer) => results(answer, page, shown, signals, is_submitted, arrived),
        };
        view! {
            <Title text=signals.title(page_title(page)) />
            {error_summary(page.errors())}
            {query_form(page, &address, shown, is_fresh, submit)}
            <p class="sr-only" role="status">{status_text(page)}</p>
            {results}
        }
        .into_any()
    };
    view! {
        <h1>"Music Analytics"</h1>
        {move || notice_box("notice", Icon::Info, "Parts of the address were ignored", address.with(|address| address.notices.clone()))}
        {screen_body(page, show)}
    }
}

/// The report, replaced by the refreshed one after a sync.
fn results(
    answer: &Arc<ReportData>,
    page: &AnalyticsView,
    shown: ViewContext,
    signals: SyncSignals,
    is_asked: bool,
    arrived: impl Fn() -> bool + Copy + Send + Sync + 'static,
) -> AnyView {
    let (answer, page) = (Arc::clone(answer), page.clone());
    reactive(move || match signals.newer.get() {
        Some(newer) => report_view(&newer, &page, shown, signals, false, arrived),
        None => report_view(&answer, &page, shown, signals, is_asked, arrived),
    })
}
