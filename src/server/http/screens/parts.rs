//! Form and table helpers for server-rendered screens.

use leptos::prelude::*;

use crate::server::base::clock::rfc3339;
use crate::view::analytics::syncing::format_timestamp;

/// A labelled input, with a hint below it.
pub fn field(input: Input) -> AnyView {
    let Input { name, label, kind, autocomplete, value, hint } = input;
    let hint_id = format!("{name}-hint");
    let describes = (!hint.is_empty()).then(|| hint_id.clone());
    let length = (kind == "password").then_some("256");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                class="input" id=name name=name type=kind autocomplete=autocomplete value=value maxlength=length required
                spellcheck="false" aria-describedby=describes
            />
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
    .into_any()
}

#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The field name and element id.
    pub name: &'static str,
    pub label: &'static str,
    /// `email`, `password`, `text`, ...
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub value: &'a str,
    pub hint: &'static str,
}

pub fn email(value: &str) -> AnyView {
    field(Input { name: "email", label: "Email", kind: "email", autocomplete: "username", value, hint: "" })
}

/// An input for the current password.
pub fn password(name: &'static str, label: &'static str) -> AnyView {
    field(Input { name, label, kind: "password", autocomplete: "current-password", value: "", hint: "" })
}

/// An input for a new password.
pub fn new_password(name: &'static str, label: &'static str) -> AnyView {
    let hint = "At least 8 characters, such as a few unrelated words. Common passwords are refused.";
    field(Input { name, label, kind: "password", autocomplete: "new-password", value: "", hint })
}

/// An input for a code of an authenticator, or a recovery code.
pub fn code(name: &'static str) -> AnyView {
    let hint = "Six digits from your authenticator app, or a recovery code";
    field(Input { name, label: "Code", kind: "text", autocomplete: "one-time-code", value: "", hint })
}

pub fn hidden(name: &str, value: &str) -> AnyView {
    view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }.into_any()
}

/// A sign-out button for screens without the sidebar.
pub fn sign_out_form() -> AnyView {
    view! {
        <form method="post" action="/sign-out" class="entrance-other">
            <button type="submit" class="button-quiet">"Sign out"</button>
        </form>
    }
    .into_any()
}

pub fn cancel_link(to: String) -> AnyView {
    view! { <p><a class="link" href=to rel="external">"Cancel"</a></p> }.into_any()
}

/// A table in a scrollable region.
pub fn table(caption: impl Into<String>, head: &[&'static str], rows: Vec<Vec<AnyView>>) -> AnyView {
    let caption: String = caption.into();
    let label = format!("Table: {caption}");
    let head: Vec<AnyView> =
        head.iter().map(|words| view! { <th scope="col" class="text">{*words}</th> }.into_any()).collect();
    let row = |cells: Vec<AnyView>| {
        let cells: Vec<AnyView> =
            cells.into_iter().map(|cell| view! { <td class="text">{cell}</td> }.into_any()).collect();
        view! { <tr>{cells}</tr> }.into_any()
    };
    let rows: Vec<AnyView> = rows.into_iter().map(row).collect();
    view! {
        <div class="scroll" role="region" aria-label=label tabindex="0">
            <table class="table plain-table">
                <caption class="sr-only">{caption}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A form with a single button and hidden fields.
pub fn button(
    action: &'static str,
    fields: &[(&'static str, &str)],
    words: &'static str,
    label: String,
) -> AnyView {
    let fields: Vec<AnyView> = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    view! {
        <form method="post" action=action>
            {fields}
            <button type="submit" class="button-quiet" aria-label=label>{words}</button>
        </form>
    }
    .into_any()
}

/// A secret that is shown only once.
pub fn secret(title: String, text: &str, hint: &'static str) -> AnyView {
    view! {
        <section class="notice" role="status">
            <div>
                <h2>{title}</h2>
                <p><code class="secret">{text.to_owned()}</code></p>
                <p class="hint">{hint}</p>
            </div>
        </section>
    }
    .into_any()
}

/// A time given in milliseconds since 1970-01-01.
pub fn time(milliseconds: i64) -> AnyView {
    let machine = rfc3339(milliseconds / 1000);
    let words = format_timestamp(&machine);
    view! { <time datetime=machine>{words}</time> }.into_any()
}

pub fn time_or(milliseconds: Option<i64>, otherwise: &'static str) -> AnyView {
    milliseconds.map_or_else(|| otherwise.into_any(), time)
}
