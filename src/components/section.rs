//! The sections of a report: a card with a heading, perhaps tools beside it, and a remark below.

use std::sync::Arc;

use leptos::prelude::*;

/// Content that follows what it reads. Behind one type, so that the bundle holds the machinery once.
pub fn live(content: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let content: Arc<dyn Fn() -> AnyView + Send + Sync> = Arc::new(content);
    (move || content()).into_any()
}

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
