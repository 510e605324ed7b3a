//! Renders the parts of cells and cards. Expandable parts are native disclosures, so they work with mouse,
//! touch and keyboard, with and without WASM.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::components::logo::{logo, thumbnail};
use crate::components::table::table_view;
use crate::components::view_state::view_button;
use crate::view::figures::UNKNOWN;
use crate::view::report::chart::{HEIGHT, WIDTH};
use crate::view::report::table::{Part, Toggle};

/// Parts separated by spaces.
pub fn parts(parts: Vec<Part>) -> Vec<AnyView> {
    parts.into_iter().flat_map(|each| [part(each), " ".into_any()]).collect()
}

pub fn part(part: Part) -> AnyView {
    match part {
        Part::Text(text) => text.into_any(),
        Part::Aside(text) => span("aside", text),
        Part::Below(text) => span("below", text),
        Part::Hidden(text) => span("sr-only", text),
        Part::Unknown => view! {
            <span class="unknown">
                <span aria-hidden="true">{UNKNOWN}</span>
                <span class="sr-only">"unknown"</span>
            </span>
        }
        .into_any(),
        Part::Bounds(text, bounds) => disclosure("bounds", text, vec![bounds]),
        Part::Note(label, explanation) => disclosure("flag", label.to_owned(), vec![explanation.to_owned()]),
        Part::More(label, items) => disclosure("more", label, items),
        Part::Link(href, words) => view! { <a class="link" href=href>{words}</a> }.into_any(),
        Part::Logo(code, name) => logo(&code, &name),
        Part::Picture(image, name) => thumbnail(image.as_deref(), &name),
        Part::Spark(area, line, words) => view! {
            <svg class="spark" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=words>
                <path class="chart-area" d=area />
                <path class="chart-line" d=line />
            </svg>
        }
        .into_any(),
        Part::Sort(value, arrow, words) => {
            let mut content = parts(words);
            content.push(span("arrow", arrow.to_owned()));
            view_button("sort", "sort", value, None, content)
        }
        Part::Toggle(Toggle { value, is_open, controls, words }) => {
            let content = vec![view! { <IconView icon=Icon::Next /> }.into_any(), words.into_any()];
            view_button("toggle", "open", value, Some((is_open, controls)), content)
        }
        Part::Table(table) => table_view(*table),
    }
}

fn span(class: &'static str, text: String) -> AnyView {
    view! { <span class=class>{text}</span> }.into_any()
}

fn disclosure(class: &'static str, summary: String, lines: Vec<String>) -> AnyView {
    let lines: Vec<AnyView> = lines.into_iter().map(|line| span("below", line)).collect();
    view! {
        <details class=class>
            <summary>{summary}</summary>
            {lines}
        </details>
    }
    .into_any()
}
