//! What has just happened, told in a corner for a moment: one live region, there from the server's page on.
//! What went wrong stays until it is dismissed.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::components::section::live;
use crate::domain::view::told::Told;

/// Good news goes by itself after so long.
const SHOWN: Duration = Duration::from_secs(6);

/// Whoever has something to tell asks for it with [`Toast::here`].
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<Told>>);

impl Toast {
    /// Makes it known to everything inside the app.
    pub fn provide() -> Self {
        let toast = Toast(RwSignal::new(None));
        provide_context(toast);
        toast
    }

    /// The app's; to be asked for while a view is made, not later.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Toast(RwSignal::new(None)))
    }

    /// Tells it; good news goes by itself.
    pub fn tell(self, told: Told) {
        self.0.try_set(Some(told.clone()));
        if !told.is_good {
            return;
        }
        let vanish = move || {
            if self.0.try_with_untracked(|shown| shown.as_ref() == Some(&told)) == Some(true) {
                self.0.try_set(None);
            }
        };
        set_timeout(vanish, SHOWN);
    }

    /// Tells what went wrong.
    pub fn bad(self, words: String) {
        self.tell(Told::bad(words));
    }

    /// Where it is shown.
    pub fn region(self) -> AnyView {
        let shown = live(move || self.0.get().map(|told| self.shown(told)).into_any());
        view! { <div class="toasts" role="status">{shown}</div> }.into_any()
    }

    fn shown(self, told: Told) -> AnyView {
        let class = if told.is_good { "toast" } else { "toast toast-bad" };
        let dismiss = move |_| {
            self.0.try_set(None);
        };
        view! {
            <div class=class>
                <p>{told.words}</p>
                <button type="button" class="chip-remove" aria-label="Dismiss" on:click=dismiss>
                    <IconView icon=Icon::Close />
                </button>
            </div>
        }
        .into_any()
    }
}
