//! What a page shows where the server failed.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::Problem;

/// What went wrong on the server, with a way on.
pub fn failure(problem: &Problem) -> AnyView {
    view! {
        <Title text="Something went wrong" />
        <section class="card empty" role="alert">
            <h2>"Something went wrong"</h2>
            <p>{problem.detail.clone()}</p>
            <a class="button" href="" rel="external">
                "Try again"
            </a>
        </section>
    }
    .into_any()
}
