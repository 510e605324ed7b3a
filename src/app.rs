//! The app shell: HTML document, sidebar and routes.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::components::shortcuts::Shortcuts;
use crate::components::sidebar::Sidebar;
use crate::components::theme::Theme;
use crate::components::toast::Toast;
use crate::pages::analytics::AnalyticsPage;
use crate::pages::artist::ArtistPage;
use crate::pages::artists::ArtistsPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::platforms::PlatformsPage;
use crate::pages::syncs::SyncsPage;
use crate::pages::track::TrackPage;
use crate::view::files::{BRAND, Bundle};

/// Context that marks pages with demo data.
#[derive(Debug, Clone, Copy)]
pub struct DemoData;

/// Context with the user's role. It is set on the document, so that style sheets can hide controls; the
/// server still checks every action.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    /// `viewer`, `analyst` or `admin`.
    pub role: &'static str,
}

/// The HTML document, rendered on the server only. The theme is set on `<html>`, so that a dark page does not
/// flash white.
pub fn shell(bundle: Bundle) -> impl IntoView {
    let is_demo = use_context::<DemoData>().map(|_| "true");
    let role = use_context::<SignedIn>().map(|person| person.role);
    view! {
        <!DOCTYPE html>
        <html
            lang="en" data-theme=Theme::current().as_str() data-demo=is_demo data-role=role data-bundle=bundle.version
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <link rel="icon" type="image/svg+xml" href=BRAND />
                <link rel="stylesheet" href=bundle.css />
                <link rel="modulepreload" href=bundle.js.clone() nonce=use_nonce() />
                <link rel="preload" href=bundle.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
                <script
                    id="start" r#type="module" nonce=use_nonce() data-js=bundle.js data-wasm=bundle.wasm
                    inner_html=include_str!("start.js")
                ></script>
                <MetaTags />
            </head>
            <body>
                <div id="app">
                    <App />
                </div>
                <div class="page-notices">
                    <p class="page-notice for-plain" role="status">
                        "This page goes on without scripts: a browser extension has changed it, or they have failed."
                    </p>
                    <p class="page-notice for-outdated" role="status">
                        "A new version is there: " <a id="reload" class="link" href="">"reload"</a>
                    </p>
                </div>
            </body>
        </html>
    }
}

/// The page's title. Escaped here, because the server inserts it unescaped.
fn title(of_page: String) -> String {
    let title = format!("{of_page} · Music Analytics");
    if cfg!(feature = "ssr") {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title
    }
}

/// The content of `<body>`, identical on the server and in the browser.
///
/// Pages use `SsrMode::Async`, because streamed fragments need JavaScript and the pages work without it.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let toast = Toast::provide();
    view! {
        <Title formatter=title />
        <a href="#main" class="skip-link" rel="external">"Skip to the content"</a>
        <Router>
            <aside class="demo-data" aria-label="Demo data">"Demo data: everything here is invented"</aside>
            <Shortcuts />
            {toast.region()}
            <div class="frame">
                <Sidebar />
                <main id="main" tabindex="-1" class="content">
                    <FlatRoutes fallback=NotFoundPage>
                        <Route path=path!("/analytics") view=AnalyticsPage ssr=SsrMode::Async />
                        <Route path=path!("/artists") view=ArtistsPage ssr=SsrMode::Async />
                        <Route path=path!("/tracks/:uuid") view=TrackPage ssr=SsrMode::Async />
                        <Route path=path!("/artists/:id") view=ArtistPage ssr=SsrMode::Async />
                        <Route path=path!("/platforms") view=PlatformsPage ssr=SsrMode::Async />
                        <Route path=path!("/syncs") view=SyncsPage ssr=SsrMode::Async />
                    </FlatRoutes>
                </main>
            </div>
        </Router>
    }
}
