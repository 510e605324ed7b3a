//! The sections of a report: a card with a heading, perhaps tools beside it, and a remark below.

use leptos::prelude::*;

/// A section. `id` is where links lead. It is no landmark: the table in it is one, of the same name.
pub fn section(
    id: &'static str,
    title: String,
    tools: Vec<AnyView>,
    content: Vec<AnyView>,
    remark: String,
) -> AnyView {
    let has_none = remark.is_empty();
    view! {
        <section id=id class="card">
            <div class="section-head">
                <h3>{title}</h3>
                {tools}
            </div>
            {content}
            <p class="hint" hidden=has_none>{remark}</p>
        </section>
    }
    .into_any()
}
