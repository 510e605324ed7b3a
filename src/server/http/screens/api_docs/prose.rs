//! Renders the document's texts in the Markdown subset that they use: paragraphs, headings, lists and code.

use leptos::prelude::*;

/// Renders several paragraphs.
pub fn prose(text: &str) -> AnyView {
    text.split("\n\n")
        .map(str::trim)
        .filter(|block| !block.is_empty())
        .map(block)
        .collect::<Vec<_>>()
        .into_any()
}

fn block(text: &str) -> AnyView {
    if let Some(heading) = text.strip_prefix("## ") {
        return view! { <h2>{heading.to_owned()}</h2> }.into_any();
    }
    let Some(list) = text.strip_prefix("- ") else {
        return view! { <p>{line(text)}</p> }.into_any();
    };
    let items: Vec<AnyView> =
        list.split("\n- ").map(|item| view! { <li>{line(item)}</li> }.into_any()).collect();
    view! { <ul>{items}</ul> }.into_any()
}

/// Renders text with inline code.
pub fn line(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let part = part.to_owned();
        if index % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect::<Vec<_>>().into_any()
}
