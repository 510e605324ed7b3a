//! What a page shows where the server has nothing, or failed.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::Problem;

/// What went wrong, with a way on.
pub fn failure(problem: &Problem) -> AnyView {
    let (title, href, way) = match problem.status {
        // Loading the page anew leads to where one signs in, and back here.
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
