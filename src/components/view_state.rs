//! Controls that change the view state: sorting, expanding, searching, paging. They submit a small form whose
//! hidden fields hold the page's state, so they work without WASM; with WASM, submitting is client-side
//! navigation.

use leptos::prelude::*;
use web_sys::SubmitEvent;

use crate::components::browser::{event_input, form_query};
use crate::components::icon::{Icon, IconView};
use crate::components::section::reactive;
use crate::view::analytics::state::OpenRows;
use crate::view::report::tracks::TrackPage;
use crate::view::{Address, ViewState};

/// The id of the form that view buttons belong to.
const VIEW_FORM: &str = "view-form";

/// The state of the page for the sections of a report.
#[derive(Clone, Copy)]
pub struct ViewContext {
    pub address: Memo<Address>,
    pub view: Memo<ViewState>,
    /// Navigates to another address; `true` replaces the history entry.
    pub go: Callback<(Address, bool)>,
}

impl ViewContext {
    fn submit(self, event: &SubmitEvent) {
        if let Some(query) = form_query(event) {
            event.prevent_default();
            self.go.run((Address::parse(&query), false));
        }
    }

    /// The state as hidden fields, filtered by name.
    pub fn hidden_fields(self, is_sent: fn(&str) -> bool) -> Vec<AnyView> {
        let pairs = self.address.with(Address::pairs);
        pairs
            .into_iter()
            .filter(|(name, _)| is_sent(name))
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> }.into_any())
            .collect()
    }
}

/// The form that all view buttons submit.
pub fn view_form(shown: ViewContext) -> AnyView {
    view! {
        <form
            id=VIEW_FORM
            method="get"
            action="/analytics#details"
            hidden
            on:submit=move |event| shown.submit(&event)
        >
            {reactive(move || shown.hidden_fields(|_| true).into_any())}
        </form>
    }
    .into_any()
}

/// A button that sets one parameter of the view state. `opens` is the expanded state and the id of what it
/// expands.
pub fn view_button(
    class: &'static str,
    name: &'static str,
    value: String,
    opens: Option<(bool, String)>,
    content: Vec<AnyView>,
) -> AnyView {
    let expanded = opens.as_ref().map(|(is_open, _)| is_open.to_string());
    let controls = opens.filter(|(is_open, _)| *is_open).map(|(_, controls)| controls);
    view! {
        <button
            type="submit"
            form=VIEW_FORM
            class=class
            name=name
            value=value
            aria-expanded=expanded
            aria-controls=controls
        >
            {content}
        </button>
    }
    .into_any()
}

/// One of several mutually exclusive buttons.
pub fn view_choice(name: &'static str, value: String, is_on: bool, words: &'static str) -> AnyView {
    view! {
        <button type="submit" form=VIEW_FORM class="button-quiet" name=name value=value aria-pressed=is_on.to_string()>
            {words}
        </button>
    }
    .into_any()
}

/// Expands or collapses all rows.
pub fn open_all_button(open: &OpenRows) -> AnyView {
    let is_all = *open == OpenRows::all_rows();
    let (words, next) =
        if is_all { ("Collapse all", OpenRows::default()) } else { ("Expand all", OpenRows::all_rows()) };
    view_button("button-quiet", "open", next.param_value(), None, vec![words.into_any()])
}

/// The track search box.
pub fn find_box(shown: ViewContext) -> AnyView {
    let typed = move |event| {
        if let Some(input) = event_input(&event) {
            let next = shown.address.with_untracked(|address| address.with_find(&input.value()));
            shown.go.run((next, true));
        }
    };
    view! {
        <form
            class="find"
            method="get"
            action="/analytics#details"
            role="search"
            on:submit=move |event| shown.submit(&event)
        >
            {reactive(move || shown.hidden_fields(|name| !matches!(name, "find" | "page")).into_any())}
            <IconView icon=Icon::Search />
            <input
                class="input"
                type="search"
                name="find"
                aria-label="Find tracks"
                placeholder="Find tracks"
                value=shown.view.with_untracked(|view| view.find.clone())
                prop:value=move || shown.view.with(|view| view.find.clone())
                on:input=typed
            />
            <button type="submit" class="button-quiet without-script">
                "Find"
            </button>
        </form>
    }
    .into_any()
}

/// Links to the pages of a table; `None` for a single page.
pub fn pager(page: &TrackPage<'_>, address: &Address) -> Option<AnyView> {
    let links: Vec<AnyView> = page
        .links()
        .into_iter()
        .map(|(words, target)| page_link(words, address.with(|next| next.view.page = target)))
        .collect();
    let here = page.position_text();
    (!links.is_empty()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of tracks">
                <span>{here}</span>
                {links}
            </nav>
        }
        .into_any()
    })
}

fn page_link(words: String, target: Address) -> AnyView {
    view! {
        <a class="button-quiet" href=target.href() data-noscroll="">
            {words}
        </a>
    }
    .into_any()
}
