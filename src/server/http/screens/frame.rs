//! The HTML document of server-rendered screens: same layout as the app, without scripts.

use axum::body::Body;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse};
use leptos::prelude::*;
use leptos_router::components::Router;
use leptos_router::location::RequestUrl;

use crate::components::notice::notice;
use crate::components::sidebar::Sidebar;
use crate::components::theme::{COOKIE, Theme};
use crate::server::accounts::Person;
use crate::server::http::auth::cookies;
use crate::server::state::context::Context;
use crate::server::sync::ProviderKind;
use crate::server::web::assets::Assets;
use crate::server::web::flash::{self, OneTimeSecret};
use crate::view::files::BRAND;
use crate::view::forms::notice::Notice;

/// Content security policy: no scripts, own resources only. `form-action` is last so that targets can be
/// appended.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'";

#[derive(Debug, Clone)]
pub struct Frame {
    theme: Theme,
    is_demo: bool,
    role: Option<&'static str>,
    path: String,
    assets: Assets,
    /// The result of the last form submission.
    notice: Option<Notice>,
    /// A secret created by the last form submission.
    made: Option<OneTimeSecret>,
    /// Whether this page shows the secret.
    shows_secret: bool,
    /// Additional form targets for the CSP, which also checks redirects.
    form_targets: Option<String>,
}

impl FromRequestParts<Context> for Frame {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Self::Rejection> {
        let theme = cookies::value(&parts.headers, COOKIE).and_then(|value| value.parse().ok());
        let path = match parts.extensions.get::<OriginalUri>() {
            Some(OriginalUri(uri)) => uri.path(),
            None => parts.uri.path(),
        };
        Ok(Frame {
            theme: theme.unwrap_or_default(),
            is_demo: context.provider.kind() == Some(ProviderKind::Simulator),
            role: parts.extensions.get::<Person>().map(|person| person.role.as_str()),
            path: path.to_owned(),
            assets: context.assets,
            notice: flash::read(&parts.headers),
            made: OneTimeSecret::read(&parts.headers),
            shows_secret: false,
            form_targets: None,
        })
    }
}

impl Frame {
    /// Takes the secret to show it once. Pages that do not call this keep its cookie.
    pub fn made(&mut self) -> Option<OneTimeSecret> {
        self.shows_secret = self.made.is_some();
        self.made.take()
    }

    /// Without notice and secret, which stay in their cookies for the intended page.
    #[must_use]
    pub fn without_notice(self) -> Self {
        Frame { notice: None, made: None, ..self }
    }

    /// With additional form targets.
    #[must_use]
    pub fn with_form_targets(self, form_targets: Option<String>) -> Self {
        Frame { form_targets, ..self }
    }

    /// With an error message.
    #[must_use]
    pub fn with_error(self, words: impl Into<String>) -> Self {
        Frame { notice: Some(Notice::error(words.into())), ..self }
    }

    /// A screen with the sidebar.
    pub fn screen(
        self,
        title: &'static str,
        content: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Response<Body> {
        let message = self.notice.clone();
        self.document(StatusCode::OK, title, move || {
            view! {
                <div class="frame">
                    <Sidebar />
                    <main id="main" tabindex="-1" class="content">
                        <h1>{title}</h1>
                        {notice(message.as_ref())}
                        {content()}
                    </main>
                </div>
            }
            .into_any()
        })
    }

    /// A screen with a single card, without the sidebar.
    pub fn card(
        self,
        status: StatusCode,
        title: &'static str,
        content: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Response<Body> {
        let message = self.notice.clone();
        self.document(status, title, move || {
            view! {
                <main id="main" tabindex="-1" class="entrance">
                    <p class="brand">
                        <img src=BRAND alt="" width="28" height="28" />
                        <span>"Music Analytics"</span>
                    </p>
                    <section class="card">
                        <h1>{title}</h1>
                        {notice(message.as_ref())}
                        {content()}
                    </section>
                </main>
            }
            .into_any()
        })
    }

    fn document(
        self,
        status: StatusCode,
        title: &'static str,
        body: impl FnOnce() -> AnyView + Send + 'static,
    ) -> Response<Body> {
        let Frame { theme, is_demo, role, path, assets, notice: message, shows_secret, form_targets, .. } =
            self;
        let css = assets.address("pkg/main.css");
        let asked = path.clone();
        // Use `inner_html` for the title: hydration markers would be visible in it.
        let html = Owner::new().with(move || {
            provide_context(theme);
            provide_context(RequestUrl::new(&path));
            view! {
                <html lang="en" data-theme=theme.as_str() data-demo=is_demo.then_some("true") data-role=role data-plain="true">
                    <head>
                        <meta charset="utf-8" />
                        <meta name="viewport" content="width=device-width, initial-scale=1" />
                        <link rel="icon" type="image/svg+xml" href=BRAND />
                        <link rel="stylesheet" href=css />
                        <title inner_html=format!("{title} · Music Analytics")></title>
                    </head>
                    <body>
                        <a href="#main" class="skip-link">"Skip to the content"</a>
                        <Router>
                            <aside class="demo-data" aria-label="Demo data">"Demo data: everything here is invented"</aside>
                            {body()}
                        </Router>
                    </body>
                </html>
            }
            .to_html()
        });
        let policy = form_targets.map_or_else(|| POLICY.to_owned(), |targets| format!("{POLICY} {targets}"));
        let headers = [(CONTENT_SECURITY_POLICY, policy)];
        let gone = [
            message.map(|_| flash::CLEAR_COOKIE.to_owned()),
            shows_secret.then(|| OneTimeSecret::gone(&asked)),
        ];
        let gone = gone.into_iter().flatten().map(|cookie| (SET_COOKIE, cookie));
        let page = (status, headers, Html(format!("<!DOCTYPE html>{html}")));
        (AppendHeaders(gone.collect::<Vec<_>>()), page).into_response()
    }
}
