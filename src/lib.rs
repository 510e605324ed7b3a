//! Music Analytics: the total metrics of artists over all platforms, with every number traceable
//! to the observations behind it. `domain` is the numbers' engine and compiles everywhere; `app`
//! and what it places are rendered by the server and hydrated in the browser; `server` never ships
//! to the browser.

pub mod domain;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod app;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod components;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;

/// The browser's entry point: takes over the page that the server rendered, and says so on the
/// document, for style sheets and tests.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(|| {
        leptos::prelude::provide_context(components::theme::Theme::of_document());
        app::App()
    });
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
