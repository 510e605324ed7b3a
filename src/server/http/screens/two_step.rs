//! Two-step sign-in: set-up with an authenticator app, turning it off, recovery codes.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::account::{PATH as ACCOUNT, redirect_to_secret, redirect_with_notice};
use super::confirm::Confirmed;
use super::frame::Frame;
use super::parts::{Input, button, field, hidden, sign_out_form, time};
use super::qr::qr;
use super::sign_in::{NextForm, destination};
use crate::server::accounts::confirm::{self, RequiredProof};
use crate::server::accounts::totp::TotpSecret;
use crate::server::accounts::{Person, second_factor};
use crate::server::error::Error;
use crate::server::http::auth::RequireRead;
use crate::server::http::auth::duties::TWO_STEP;
use crate::server::state::context::Context;
use crate::server::store::tables::meta;
use crate::server::store::tables::second_factors::{self, SecondFactor};
use crate::server::web::flash::OneTimeSecret;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back::with_next;

/// Starts the set-up.
pub async fn begin(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Confirmed(NextForm { next }): Confirmed<NextForm>,
) -> Result<Response<Body>, HttpError> {
    match second_factor::offer(&context.db, &person).await {
        Ok(()) => Ok(Redirect::to(&with_next(TWO_STEP, &next)).into_response()),
        Err(error) => redirect_with_notice(ACCOUNT, Err(error)),
    }
}

/// The current step of the set-up.
pub async fn show(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Query(NextForm { next }): Query<NextForm>,
    mut frame: Frame,
) -> Result<Response<Body>, HttpError> {
    let made = frame.made();
    let mut tx = context.db.read().await?;
    // Show the secret only while the identity is confirmed, not in a session that was left open.
    let is_them = confirm::required_proof(&mut tx, &person).await? == RequiredProof::Nothing;
    let offered = second_factor::offered(&mut tx, &person).await?.filter(|_| is_them);
    let is_on = second_factors::find(&mut tx, &person.user_id).await?.is_some();
    let is_needed = meta::is_second_factor_required(&mut tx).await?;
    drop(tx);
    Ok(match (made, offered) {
        (Some(made), _) => {
            frame.card(StatusCode::OK, "Save your recovery codes", move || recovery_codes(&made, &next))
        }
        (None, _) if is_on => Redirect::to(ACCOUNT).into_response(),
        (None, Some(secret)) => {
            frame.card(StatusCode::OK, "Two-step sign-in", move || scan(&secret, &person, &next))
        }
        (None, None) => frame.card(StatusCode::OK, "Two-step sign-in", move || introduce(is_needed, &next)),
    })
}

#[derive(Deserialize)]
pub struct FirstCodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

pub async fn turn_on(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Confirmed(FirstCodeForm { code, next }): Confirmed<FirstCodeForm>,
) -> Result<Response<Body>, HttpError> {
    let page = with_next(TWO_STEP, &next);
    show_codes(&page, second_factor::turn_on(&context.db, &person, &code).await)
}

pub async fn make_codes(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Confirmed(NextForm { .. }): Confirmed<NextForm>,
) -> Result<Response<Body>, HttpError> {
    match second_factor::new_recovery_codes(&context.db, &person).await {
        Ok(codes) => show_codes(&with_next(TWO_STEP, ACCOUNT), Ok(codes)),
        Err(error) => redirect_with_notice(ACCOUNT, Err(error)),
    }
}

pub async fn turn_off(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Confirmed(NextForm { .. }): Confirmed<NextForm>,
) -> Result<Response<Body>, HttpError> {
    let off = second_factor::turn_off(&context.db, &person).await;
    redirect_with_notice(ACCOUNT, off.map(|()| "Two-step sign-in is off.".to_owned()))
}

fn show_codes(address: &str, codes: Result<Vec<String>, Error>) -> Result<Response<Body>, HttpError> {
    let made =
        codes.map(|codes| OneTimeSecret { title: "Recovery codes".to_owned(), text: codes.join("\n") });
    redirect_to_secret(TWO_STEP, address, made)
}

fn introduce(is_needed: bool, next: &str) -> AnyView {
    let why = if is_needed { "Two-step sign-in is required: " } else { "Sign in in two steps, " };
    view! {
        <p>{why} "with your password and a code from an authenticator app. Any authenticator app works."</p>
        <form method="post" action="/account/two-step/begin" class="entrance-form">
            {hidden("next", next)}
            <button type="submit" class="button">"Set up"</button>
        </form>
        {sign_out_form()}
    }
    .into_any()
}

fn scan(secret: &TotpSecret, person: &Person, next: &str) -> AnyView {
    let address = secret.address(&person.email);
    let groups: Vec<String> = secret
        .base32()
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    view! {
        <p>"Scan this code with an authenticator app."</p>
        {qr(&address, "QR code for an authenticator")}
        <details class="more-form">
            <summary class="link">"Can’t scan it?"</summary>
            <div>
                <p>"Open "<a class="link" href=address.clone() rel="external">"this link"</a>" on your phone:"</p>
                <p><code class="secret">{address.clone()}</code></p>
                <p>"Or enter this key as a time-based code:"</p>
                <p><code class="secret">{groups.join(" ")}</code></p>
            </div>
        </details>
        <form method="post" action="/account/two-step/on" class="entrance-form">
            {hidden("next", next)}
            {field(Input {
                name: "code", label: "Code from the app", kind: "text", autocomplete: "one-time-code", value: "",
                hint: "Six digits that change every 30 seconds",
            })}
            <button type="submit" class="button">"Turn on"</button>
        </form>
        {sign_out_form()}
    }
    .into_any()
}

fn recovery_codes(made: &OneTimeSecret, next: &str) -> AnyView {
    view! {
        <p>"Each code signs you in once if you lose your phone. Store them safely; they won’t be shown again."</p>
        <p><code class="secret">{made.text.clone()}</code></p>
        <a class="button" href=destination(next) rel="external">"I’ve saved them"</a>
    }
    .into_any()
}

/// The section of the account screen.
pub fn section(factor: Option<&SecondFactor>, recovery_left: i64) -> AnyView {
    let content = match factor {
        None => view! {
            <p>"Off. When it is on, signing in takes your password and a code from an authenticator app."</p>
            {button("/account/two-step/begin", &[("next", ACCOUNT)], "Set up", "Set up two-step sign-in".to_owned())}
        }
        .into_any(),
        Some(factor) => view! {
            <p>"On since " {time(factor.created_at)} ". Recovery codes left: " {recovery_left} "."</p>
            <div class="row-actions">
                {button("/account/two-step/codes", &[], "New recovery codes", "New recovery codes".to_owned())}
                {button("/account/two-step/off", &[], "Turn off", "Turn off two-step sign-in".to_owned())}
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="card">
            <h2>"Two-step sign-in"</h2>
            {content}
        </section>
    }
    .into_any()
}
