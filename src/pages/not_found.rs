//! The "page not found" page. The server sends it with status 404.

use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found" />
        <section class="card not-found">
            <h1>"Page not found"</h1>
            <p>"There is no page at this address. It may have been moved, or the link may be incomplete."</p>
            <a class="button" href="/analytics">
                "Go to Music Analytics"
            </a>
        </section>
    }
}
