//! Music Analytics: total metrics of artists over all platforms, with every number traceable to its
//! observations. `domain` is the calculation engine and `view` what screens are made of; both compile everywhere.
//! `app`, `pages` and `components` are rendered on the server and hydrated in the browser; `server` never ships to it.

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod components;
pub mod domain;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
pub mod view;

/// Browser entry point. Hydrates the server-rendered page and sets `data-hydrated` for style sheets and
/// tests.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::prelude::{document, provide_context, window};
    use leptos::wasm_bindgen::JsCast as _;
    std::panic::set_hook(Box::new(|panic| {
        leptos::logging::error!("{panic}");
        // WASM is dead after a panic: start.js switches the page to plain forms.
        if let Ok(event) = web_sys::Event::new("plain") {
            let _ = window().dispatch_event(&event);
        }
    }));
    // Hydrate only #app: browser extensions may add elements next to it.
    let app = document().get_element_by_id("app").and_then(|element| element.dyn_into().ok());
    let Some(app) = app else { return };
    leptos::mount::hydrate_from(app, || {
        provide_context(components::theme::Theme::from_document());
        app::App()
    })
    .forget();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
