//! Second step of the sign-in: asks for the code after the password, before a session is created.

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{code, hidden};
use super::sign_in::{NextForm, destination, redirect_signed_in};
use crate::server::accounts::sign_in::{SignIn, with_code};
use crate::server::accounts::{Origin, Person};
use crate::server::http::auth::{SIGN_IN, cookies};
use crate::server::state::context::Context;
use crate::server::web::flash;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back::with_next;
use crate::view::forms::notice::Notice;

const PATH: &str = "/sign-in/code";

/// Redirects to the code form after a correct password.
pub fn redirect_to_code(context: &Context, token: &str, next: &str) -> Response<Body> {
    let cookie = cookies::pending_sign_in(&context.config, token);
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&with_next(PATH, next))).into_response()
}

/// The form. Redirects signed-in users, and those who have not entered a password yet.
pub async fn show(
    State(context): State<Context>,
    headers: HeaderMap,
    person: Option<axum::Extension<Person>>,
    Query(NextForm { next }): Query<NextForm>,
    frame: Frame,
) -> Response<Body> {
    if person.is_some() {
        return Redirect::to(&destination(&next)).into_response();
    }
    if cookies::value(&headers, &cookies::pending_sign_in_name(&context.config)).is_none() {
        return Redirect::to(&with_next(SIGN_IN, &next)).into_response();
    }
    form(frame, StatusCode::OK, next)
}

#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

pub async fn enter(
    State(context): State<Context>,
    origin: Origin,
    headers: HeaderMap,
    frame: Frame,
    Form(CodeForm { code, next }): Form<CodeForm>,
) -> Result<Response<Body>, HttpError> {
    let token = cookies::value(&headers, &cookies::pending_sign_in_name(&context.config)).unwrap_or_default();
    Ok(match with_code(context.accounts(), token, &code, &origin).await? {
        SignIn::Done(token) => {
            let gone = AppendHeaders([(SET_COOKIE, cookies::expired_pending_sign_in(&context.config))]);
            (gone, redirect_signed_in(&context, &token, &next)).into_response()
        }
        SignIn::Wrong => form(
            frame.with_error("Wrong code, or one that was already used."),
            StatusCode::UNAUTHORIZED,
            next,
        ),
        SignIn::Wait(seconds) => {
            let words = format!("Too many wrong codes. Try again in {seconds} s, or use a recovery code.");
            let frame = frame.with_error(words);
            let mut page = form(frame, StatusCode::TOO_MANY_REQUESTS, next);
            page.headers_mut().insert(RETRY_AFTER, seconds.into());
            page
        }
        SignIn::Lapsed | SignIn::NeedsCode(_) | SignIn::Ended => {
            let words = "No code was entered within five minutes. Sign in again.".to_owned();
            let notice = flash::cookie(&Notice::error(words));
            let cookies =
                [(SET_COOKIE, notice), (SET_COOKIE, cookies::expired_pending_sign_in(&context.config))];
            (AppendHeaders(cookies), Redirect::to(&with_next(SIGN_IN, &next))).into_response()
        }
    })
}

fn form(frame: Frame, status: StatusCode, next: String) -> Response<Body> {
    frame.card(status, "Enter the code", move || {
        view! {
            <form method="post" action=PATH class="entrance-form">
                {hidden("next", &next)}
                {code("code")}
                <button type="submit" class="button">"Sign in"</button>
            </form>
            <p><a class="link" href=with_next(SIGN_IN, &next) rel="external">"Use another account"</a></p>
        }
        .into_any()
    })
}
