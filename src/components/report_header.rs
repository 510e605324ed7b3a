//! The header of a report: title, adjacent periods and exports.

use leptos::html::Header;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::components::icon::{Icon, IconView};
use crate::components::toast::Toast;
use crate::domain::query::Period;
use crate::domain::report::Report;
use crate::view::analytics::form::adjacent_periods;
use crate::view::forms::notice::Notice;
use crate::view::report::wording::{period_label, subject};
use crate::view::{Address, AnalyticsView};

/// `here` is the address of the page. `arrived` returns true once after the user submitted the form; the page
/// then scrolls to the header.
pub fn report_header(
    report: &Report,
    page: &AnalyticsView,
    here: Memo<Address>,
    arrived: impl Fn() -> bool + 'static,
) -> AnyView {
    let header = NodeRef::<Header>::new();
    Effect::new(move |_| {
        if let Some(header) = header.get().filter(|_| arrived()) {
            let half =
                window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default() / 2.0;
            if header.get_bounding_client_rect().top() > half {
                header.scroll_into_view();
            }
        }
    });
    let toast = Toast::from_context();
    let address = here.get_untracked();
    let (before, after) = adjacent_periods(report.query.from, report.query.to, page.today);
    let link = |period: (String, Period), icon: Icon, is_next: bool| {
        let (words, period) = period;
        let href = move || here.with(|here| here.with_period(period).href());
        let icon = view! { <IconView icon /> }.into_any();
        let (left, right) = if is_next { (None, Some(icon)) } else { (Some(icon), None) };
        view! {
            <a class="pill" href=href data-noscroll="" data-key=if is_next { "ArrowRight" } else { "ArrowLeft" }>
                {left}
                {words}
                {right}
            </a>
        }
        .into_any()
    };
    view! {
        <header node_ref=header id="results" class="report-header">
            <div>
                <h2>{subject(report)}</h2>
                <p class="period">{period_label(report, page)}</p>
            </div>
            <nav class="neighbours" aria-label="Periods beside this one">
                {before.map(|period| link(period, Icon::Previous, false))}
                {after.map(|period| link(period, Icon::Next, true))}
            </nav>
            <div class="actions">
                <a
                    class="button"
                    data-key="e"
                    href=address.xlsx_href()
                    rel="external"
                    download=""
                    on:click=move |_| toast.show(Notice::success("Preparing Excel report…".to_owned()))
                >
                    "Download Excel report"
                </a>
                {copy_link()}
                <a class="button-quiet" href=address.json_href() rel="external">
                    "As JSON"
                </a>
                <a class="button-quiet" href=address.csv_href("tracks") rel="external" download="">
                    "CSV"
                </a>
            </div>
        </header>
    }
    .into_any()
}

/// Copies the page's URL. The clipboard API needs a secure context.
fn copy_link() -> impl IntoView {
    const BY_HAND: &str = "The link could not be copied: take it from the address bar.";
    let toast = Toast::from_context();
    let copy = move |_| {
        let window = window();
        let Some(address) = window.location().href().ok().filter(|_| window.is_secure_context()) else {
            return toast.error(BY_HAND.to_owned());
        };
        let copied = window.navigator().clipboard().write_text(&address);
        spawn_local(async move {
            match JsFuture::from(copied).await {
                Ok(_) => toast.show(Notice::success("Link copied".to_owned())),
                Err(_) => toast.error(BY_HAND.to_owned()),
            }
        });
    };
    view! {
        <button type="button" class="button-quiet with-script" on:click=copy>
            <IconView icon=Icon::Link />
            "Copy link"
        </button>
    }
}
