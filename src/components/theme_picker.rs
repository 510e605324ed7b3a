//! The theme buttons in the sidebar. Without WASM they post a form (see `server::http::forms::theme`).

use leptos::prelude::*;

use crate::components::icon::IconView;
use crate::components::theme::Theme;

#[component]
pub fn ThemePicker() -> impl IntoView {
    let chosen = RwSignal::new(Theme::current());
    let button = |theme: Theme| {
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.as_str()
                title=theme.label()
                aria-label=theme.label()
                aria-pressed=move || (chosen.get() == theme).to_string()
                on:click=move |event| {
                    event.prevent_default();
                    theme.apply();
                    chosen.set(theme);
                }
            >
                <IconView icon=theme.icon() />
            </button>
        }
        .into_any()
    };
    view! {
        <form class="theme-picker" method="post" action="/theme" aria-label="Colour theme">
            {Vec::from(Theme::ALL.map(button))}
        </form>
    }
}
