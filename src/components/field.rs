//! Form helpers: field errors, select options and the error summary.

use leptos::html::Section;
use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::domain::query::FieldError;
use crate::view::analytics::page::{as_sentence, control_id};

/// The error of a control. The paragraph is always rendered, so that `aria-describedby` has a target.
pub fn field_error(id: &'static str, error: Option<String>) -> AnyView {
    let is_good = error.is_none();
    view! {
        <p id=id class="field-error" hidden=is_good>
            {error}
        </p>
    }
    .into_any()
}

/// An option of a native select.
pub fn choice(value: String, words: String, is_selected: bool) -> AnyView {
    view! {
        <option value=value selected=is_selected>
            {words}
        </option>
    }
    .into_any()
}

/// All errors above the form, with links to the controls. Takes the focus when it appears.
pub fn error_summary(errors: &[FieldError]) -> AnyView {
    if errors.is_empty() {
        return ().into_any();
    }
    let summary = NodeRef::<Section>::new();
    Effect::new(move |_| {
        if let Some(summary) = summary.get() {
            let _ = summary.focus();
        }
    });
    let links: Vec<AnyView> = errors
        .iter()
        .map(|error| {
            let link = format!("#{}", control_id(&error.field));
            view! {
                <li>
                    <a href=link rel="external">
                        {as_sentence(&error.message)}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section node_ref=summary class="notice notice-bad" tabindex="-1" autofocus aria-labelledby="errors-title">
            <IconView icon=Icon::Warning />
            <div>
                <h2 id="errors-title">"The question cannot be answered yet"</h2>
                <ul>{links}</ul>
            </div>
        </section>
    }
    .into_any()
}
