//! The query form. A plain HTML form that works without WASM.

use leptos::html::Form;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use crate::components::artist_picker::artist_picker;
use crate::components::browser::form_query;
use crate::components::field::{choice, field_error};
use crate::components::period_picker::period_picker;
use crate::components::platform_checkboxes::platform_checkboxes;
use crate::components::section::reactive;
use crate::components::view_state::ViewContext;
use crate::domain::Role;
use crate::domain::query::Group;
use crate::view::analytics::page::field_errors;
use crate::view::report::wording::{COMPARISONS, country_note, group_label, role_label};
use crate::view::{Address, AnalyticsView};

/// The form for an address; it also submits the view state. `submit` is called with the new address.
/// `is_fresh`: whether the browser has just filled in the values.
pub fn query_form(
    page: &AnalyticsView,
    address: &Address,
    shown: ViewContext,
    is_fresh: bool,
    submit: impl Fn(Address, bool) + 'static,
) -> AnyView {
    let form = NodeRef::<Form>::new();
    // Edited controls keep their values when the page changes to another query; a reset restores those of the
    // address.
    Effect::new(move |_| {
        if let Some(form) = form.get().filter(|_| !is_fresh) {
            form.reset();
        }
    });
    let default_month = Address::default_month(page.today);
    let codes = page.platform_codes();
    let on_submit = move |event: SubmitEvent| {
        if let Some(query) = form_query(&event) {
            event.prevent_default();
            submit(Address::parse(&query).settled(default_month, &codes), event.submitter().is_some());
        }
    };
    view! {
        <form
            node_ref=form
            id="query-form"
            class="card query-form"
            method="get"
            action="/analytics#results"
            autocomplete="off"
            aria-label="Question"
            on:submit=on_submit
        >
            <input type="hidden" name="picked" value="1" />
            {reactive(move || shown.hidden_fields(|name| matches!(name, "sort" | "chart")).into_any())}
            <div class="form-artists">{artist_picker(page, address)}</div>
            <div class="form-period">{period_picker(page, address, shown.address)}</div>
            <div class="form-platforms">{platform_checkboxes(page, address)}</div>
            <div class="form-country">{country_select(page, address)}</div>
            <div class="form-options">
                {options(address)}
                <button type="submit" class="button">
                    "Analyze metrics"
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn country_select(page: &AnalyticsView, address: &Address) -> AnyView {
    let chosen = address.parameters.country.clone().unwrap_or_default();
    let error = field_errors(page.errors(), &["country"]);
    let mut options = vec![choice(String::new(), "All countries".to_owned(), chosen.is_empty())];
    options.extend(page.countries.iter().map(|country| {
        let code = country.code.as_str();
        choice(code.to_owned(), country.name.clone(), code == chosen)
    }));
    view! {
        <div class="field">
            <label for="country-select">"Country"</label>
            <select
                id="country-select"
                name="country"
                class="input"
                aria-describedby="country-note country-error"
                aria-invalid=error.is_some().then_some("true")
            >
                {options}
            </select>
            <p id="country-note" class="hint">{country_note(page, &chosen)}</p>
            {field_error("country-error", error)}
        </div>
    }
    .into_any()
}

fn options(address: &Address) -> Vec<AnyView> {
    let parameters = &address.parameters;
    let group = parameters.group.as_deref().and_then(|group| group.parse().ok()).unwrap_or(Group::Track);
    let role: Option<Role> = parameters.role.as_deref().and_then(|role| role.parse().ok());
    let radio = |value: &Group| {
        view! {
            <label>
                <input type="radio" name="group" value=value.as_str() checked=*value == group />
                <span>{group_label(*value)}</span>
            </label>
        }
        .into_any()
    };
    let mut credits = vec![choice(String::new(), "All credits".to_owned(), role.is_none())];
    credits.extend(
        Role::ALL.iter().map(|value| {
            choice(value.as_str().to_owned(), role_label(*value).to_owned(), role == Some(*value))
        }),
    );
    let groups = view! {
        <fieldset id="group" class="field" tabindex="-1">
            <legend>"Group by"</legend>
            <div class="segments">{Group::ALL.iter().map(radio).collect::<Vec<_>>()}</div>
        </fieldset>
    };
    let roles = view! {
        <div class="field">
            <label for="role-select">"Credits"</label>
            <select id="role-select" name="role" class="input">
                {credits}
            </select>
        </div>
    };
    let compare = parameters.compare.as_deref().unwrap_or(COMPARISONS[0].0);
    let comparisons: Vec<AnyView> = COMPARISONS
        .iter()
        .map(|(value, words)| choice((*value).to_owned(), (*words).to_owned(), *value == compare))
        .collect();
    let comparison = view! {
        <div class="field">
            <label for="compare-select">"Compare with"</label>
            <select id="compare-select" name="compare" class="input">
                {comparisons}
            </select>
        </div>
    };
    let daily = view! {
        <label class="check">
            <input type="checkbox" name="daily" value="true" checked=parameters.daily.as_deref() == Some("true") />
            <span>"Daily breakdown"</span>
        </label>
    };
    vec![groups.into_any(), roles.into_any(), comparison.into_any(), daily.into_any()]
}
