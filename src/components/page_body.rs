//! The body of a screen: its data when they have come, what went wrong where they have not.

use leptos::prelude::*;

use crate::components::failure::failure;
use crate::domain::Problem;
use crate::domain::view::Sent;

/// What the server answers for a screen.
pub type Answered<T> = Result<Sent<T>, Problem>;

/// Shows a screen's data; while newer ones are on their way, those that are there.
pub fn page_body<T: Send + Sync + 'static>(
    data: Resource<Answered<T>>,
    show: impl Fn(&T) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    view! {
        <div class="page-body">
            <Transition fallback=|| view! { <p class="card empty">"Loading…"</p> }>
                {move || Suspend::new(async move {
                    match data.await {
                        Ok(data) => show(&data.0),
                        Err(problem) => failure(&problem),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}
