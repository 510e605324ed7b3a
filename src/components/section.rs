//! Report sections: a card with heading, tools and an optional remark.

use std::sync::Arc;

use leptos::prelude::*;

/// Reactive content. Type-erased, so that the bundle contains the reactive code only once.
pub fn reactive(content: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let content: Arc<dyn Fn() -> AnyView + Send + Sync> = Arc::new(content);
    (move || content()).into_any()
}

/// A section with `id` as link target. It is not a landmark, because the table in it is one with the same
/// name.
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
