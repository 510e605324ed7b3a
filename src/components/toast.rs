//! Toasts: one live region, already in the server-rendered page. Success messages disappear after some
//! seconds, errors stay until dismissed.

use std::time::Duration;

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::components::section::reactive;
use crate::view::forms::notice::Notice;

/// How long a success message is shown.
const SHOWN: Duration = Duration::from_secs(6);

/// Handle to the toast region; see [`Toast::provide`].
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<Notice>>);

impl Toast {
    /// Creates the handle and provides it as context.
    pub fn provide() -> Self {
        let toast = Toast(RwSignal::new(None));
        provide_context(toast);
        toast
    }

    /// The handle from context. Call it while a component is being created.
    pub fn from_context() -> Self {
        use_context().unwrap_or_else(|| Toast(RwSignal::new(None)))
    }

    pub fn show(self, notice: Notice) {
        self.0.try_set(Some(notice.clone()));
        if !notice.is_success {
            return;
        }
        let vanish = move || {
            if self.0.try_with_untracked(|shown| shown.as_ref() == Some(&notice)) == Some(true) {
                self.0.try_set(None);
            }
        };
        set_timeout(vanish, SHOWN);
    }

    pub fn error(self, words: String) {
        self.show(Notice::error(words));
    }

    /// The live region.
    pub fn region(self) -> AnyView {
        let shown = reactive(move || self.0.get().map(|notice| self.shown(notice)).into_any());
        view! { <div class="toasts" role="status">{shown}</div> }.into_any()
    }

    fn shown(self, notice: Notice) -> AnyView {
        let class = if notice.is_success { "toast" } else { "toast toast-bad" };
        let dismiss = move |_| {
            self.0.try_set(None);
        };
        view! {
            <div class=class>
                <p>{notice.text}</p>
                <button type="button" class="chip-remove" aria-label="Dismiss" on:click=dismiss>
                    <IconView icon=Icon::Close />
                </button>
            </div>
        }
        .into_any()
    }
}
