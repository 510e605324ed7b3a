//! Notices next to the numbers: warnings, empty reports, getting started.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::view::analytics::page::ReportData;
use crate::view::report::wording::{EmptyReason, example_links};
use crate::view::{Address, AnalyticsView};

/// A box with a list of sentences; `None` if the list is empty.
pub fn notice_box(
    class: &'static str,
    icon: Icon,
    title: &'static str,
    sentences: Vec<String>,
) -> Option<AnyView> {
    if sentences.is_empty() {
        return None;
    }
    let view = view! {
        <section class=class>
            <IconView icon />
            <div>
                <p class="text-base font-semibold">{title}</p>
                <ul>{sentences.into_iter().map(item).collect::<Vec<_>>()}</ul>
            </div>
        </section>
    };
    Some(view.into_any())
}

fn item(sentence: String) -> AnyView {
    view! { <li>{sentence}</li> }.into_any()
}

/// The warnings of a report.
pub fn report_notices(answer: &ReportData) -> Option<AnyView> {
    let warnings = answer.report.warnings.iter().map(|warning| warning.message.clone()).collect();
    notice_box("notice notice-warn", Icon::Warning, "What to know about these numbers", warnings)
}

/// Shown instead of an empty report.
pub fn empty_report(emptiness: EmptyReason) -> AnyView {
    view! {
        <section class="card empty">
            <h3>{emptiness.title}</h3>
            <p>{emptiness.detail}</p>
        </section>
    }
    .into_any()
}

/// Shown if there is no query yet.
pub fn getting_started(page: &AnalyticsView, address: &Address) -> AnyView {
    let links: Vec<AnyView> = example_links(page, address)
        .into_iter()
        .map(|(words, href)| {
            view! {
                <li>
                    <a class="pill" href=href>
                        {words}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    let has_none = links.is_empty();
    let words = if has_none {
        "No artist is stored here yet: import a catalogue or fill the demo first."
    } else {
        "Choose one or more artists and a month, and see what all their tracks reached on every platform. For example:"
    };
    view! {
        <section id="results" class="card empty">
            <IconView icon=Icon::Analytics />
            <h2>"Nothing asked yet"</h2>
            <p>{words}</p>
            <ul class="examples" hidden=has_none>
                {links}
            </ul>
        </section>
    }
    .into_any()
}
