//! Sign-in with a password, or without one for demo data on the same machine; sign-out.

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::header::{HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{AppendHeaders, IntoResponse};
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{email, password};
use super::{sign_in_code, single_sign_on};
use crate::server::accounts::oidc::SingleSignOn;
use crate::server::accounts::sign_in::{SignIn, sign_in, sign_out};
use crate::server::accounts::{Origin, demo_visitor, first_admin};
use crate::server::http::auth::{RequireRead, SIGN_IN, cookies, pending_form};
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back::path_of;

/// Redirect target without `next`.
const HOME: &str = "/analytics";

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
pub struct SignInQuery {
    /// The page to redirect to after signing in.
    #[serde(default)]
    pub next: String,
}

#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// A form without inputs, such as the demo button.
pub type NextForm = SignInQuery;

/// The form. Redirects users who are already signed in.
pub async fn show(
    State(context): State<Context>,
    headers: HeaderMap,
    person: Option<axum::Extension<crate::server::accounts::Person>>,
    Query(asked): Query<SignInQuery>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    if person.is_some() {
        return Ok(axum::response::Redirect::to(&destination(&asked.next)).into_response());
    }
    form(&context, &headers, frame, StatusCode::OK, "", &asked.next).await
}

pub async fn submit(
    State(context): State<Context>,
    origin: Origin,
    headers: HeaderMap,
    frame: Frame,
    Form(Credentials { email, password, next }): Form<Credentials>,
) -> Result<Response<Body>, HttpError> {
    match sign_in(context.accounts(), &email, &password, &origin).await? {
        SignIn::Done(token) => Ok(redirect_signed_in(&context, &token, &next)),
        SignIn::NeedsCode(token) => Ok(sign_in_code::redirect_to_code(&context, &token, &next)),
        SignIn::Ended => {
            let words = "This initial password has expired. Ask an admin for a new one.";
            form(&context, &headers, frame.with_error(words), StatusCode::FORBIDDEN, &email, &next).await
        }
        SignIn::Wrong | SignIn::Lapsed => {
            let frame = frame.with_error("Wrong email or password.");
            form(&context, &headers, frame, StatusCode::UNAUTHORIZED, &email, &next).await
        }
        SignIn::Wait(seconds) => {
            let words = format!("Too many attempts. Try again in {seconds} s.");
            let frame = frame.with_error(words);
            let status = StatusCode::TOO_MANY_REQUESTS;
            let mut page = form(&context, &headers, frame, status, &email, &next).await?;
            page.headers_mut().insert(RETRY_AFTER, seconds.into());
            Ok(page)
        }
    }
}

/// Signs in as the demo visitor.
pub async fn enter_demo(
    State(context): State<Context>,
    origin: Origin,
    headers: HeaderMap,
    Form(NextForm { next }): Form<NextForm>,
) -> Result<Response<Body>, HttpError> {
    if !demo_visitor::may_enter(context.accounts(), &headers).await? {
        let detail =
            "Demo data are open to this machine only, and only where there is nothing else: sign in.";
        return Err(HttpError::new(StatusCode::FORBIDDEN, detail));
    }
    let token = demo_visitor::enter(context.accounts(), &origin).await?;
    Ok(redirect_signed_in(&context, &token, &next))
}

pub async fn leave(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
) -> Result<impl IntoResponse, HttpError> {
    sign_out(context.accounts(), &person).await?;
    let cookie = cookies::no_session(&context.config);
    // Clear cached data for the next user of the browser.
    let forget = (HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"".to_owned());
    let cookies = AppendHeaders([(SET_COOKIE, cookie), (SET_COOKIE, pending_form::gone(&context.config))]);
    Ok((StatusCode::SEE_OTHER, cookies, [(LOCATION, SIGN_IN.to_owned()), forget]))
}

/// Sets the session cookie and redirects to `next`.
pub fn redirect_signed_in(context: &Context, token: &str, next: &str) -> Response<Body> {
    let cookie = AppendHeaders([(SET_COOKIE, cookies::session(&context.config, token))]);
    (StatusCode::SEE_OTHER, [(LOCATION, destination(next))], cookie).into_response()
}

/// The redirect target, limited to paths on this server.
pub fn destination(next: &str) -> String {
    path_of(next).filter(|_| next.starts_with('/')).unwrap_or_else(|| HOME.to_owned())
}

async fn form(
    context: &Context,
    headers: &HeaderMap,
    frame: Frame,
    status: StatusCode,
    address: &str,
    next: &str,
) -> Result<Response<Body>, HttpError> {
    let offers_demo = demo_visitor::may_enter(context.accounts(), headers).await?;
    let is_first_start = !first_admin::exists(&context.db).await?;
    let (address, next) = (address.to_owned(), next.to_owned());
    let provider = context.single_sign_on.clone();
    let frame = frame.with_form_targets(provider.as_ref().map(SingleSignOn::form_targets));
    Ok(frame.card(status, "Sign in", move || {
        let first = (is_first_start && !offers_demo).then(|| {
            let words = "There is no account yet. Open the link that the server printed when it started, and create the first admin.";
            view! { <p class="notice">{words}</p> }.into_any()
        });
        let demo = offers_demo.then(|| {
            view! {
                <form method="post" action="/sign-in/demo" class="entrance-other">
                    <input type="hidden" name="next" value=next.clone() />
                    <button type="submit" class="button-quiet">"Continue with demo data"</button>
                </form>
            }
            .into_any()
        });
        let resumes = (next == pending_form::PATH).then(|| {
            let words = "Your session has ended. Sign in again to continue; your changes are kept.";
            view! { <p class="notice">{words}</p> }.into_any()
        });
        let single = provider.map(|provider| single_sign_on::button(provider.name(), &next));
        view! {
            {first}
            {resumes}
            <form method="post" action=SIGN_IN class="entrance-form">
                <input type="hidden" name="next" value=next />
                {email(&address)}
                {password("password", "Password")}
                <button type="submit" class="button">"Sign in"</button>
            </form>
            {single}
            {demo}
        }
        .into_any()
    }))
}

#[cfg(test)]
mod tests {
    use super::destination;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(destination("/analytics?month=2026-09"), "/analytics?month=2026-09");
        for elsewhere in
            ["", "https://example.com/a", "//example.com/a", "/\\example.com", "javascript:alert(1)"]
        {
            let to = destination(elsewhere);
            assert!(
                to.starts_with('/') && !to.starts_with("//") && !to.contains("example.com"),
                "{elsewhere}: {to}"
            );
        }
    }
}
