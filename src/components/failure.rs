//! Shown instead of a page's content when loading fails.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::Problem;

/// The error with a link to continue.
pub fn failure(problem: &Problem) -> AnyView {
    let (title, href, way) = match problem.status {
        // Reloading redirects to the sign-in page and back.
        401 => ("You are signed out", "", "Sign in"),
        404 => ("There is nothing here", "/analytics", "Go to Music Analytics"),
        _ => ("Something went wrong", "", "Try again"),
    };
    view! {
        <Title text=title />
        <section class="card empty" role="alert">
            <h2>{title}</h2>
            <p>{problem.detail.clone()}</p>
            <a class="button" href=href rel="external">
                {way}
            </a>
        </section>
    }
    .into_any()
}
