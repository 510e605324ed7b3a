//! What goes with a control of a form: its error, and the summary of all errors.

use leptos::html::Section;
use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::domain::query::FieldError;
use crate::domain::view::page::{control_id, sentence};

/// What is wrong with the control that this describes, if anything is. The paragraph is always
/// there, so that `aria-describedby` leads somewhere.
pub fn field_error(id: &'static str, error: Option<String>) -> AnyView {
    let is_good = error.is_none();
    view! {
        <p id=id class="field-error" hidden=is_good>
            {error}
        </p>
    }
    .into_any()
}

/// A choice of a native select.
pub fn choice(value: String, words: String, is_selected: bool) -> AnyView {
    view! {
        <option value=value selected=is_selected>
            {words}
        </option>
    }
    .into_any()
}

/// Everything that is wrong, above the form, with links to the controls. It takes the focus.
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
                        {sentence(&error.message)}
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
