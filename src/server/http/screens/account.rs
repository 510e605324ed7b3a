//! The account screen: password, sessions, API tokens of the signed-in user.

use axum::body::Body;
use axum::extract::{Form, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Response};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::confirm::Confirmed;
use super::device::device;
use super::frame::Frame;
use super::parts::{Input, button, code, field, new_password, password, secret, table, time, time_or};
use super::two_step;
use crate::components::field::choice;
use crate::domain::Problem;
use crate::domain::accounts::{Action, Right};
use crate::server::accounts::confirm::{self, ProofInput, RequiredProof};
use crate::server::accounts::ending::{Ended, end};
use crate::server::accounts::tokens::{self, MOST_DAYS, NewToken};
use crate::server::accounts::{Person, change_password, sessions};
use crate::server::base::clock::now_ms;
use crate::server::error::Error;
use crate::server::http::auth::{RequireRead, SIGN_IN};
use crate::server::state::context::Context;
use crate::server::store::tables::api_tokens::{self, ApiToken};
use crate::server::store::tables::sessions::Session;
use crate::server::store::tables::{second_factors, sessions as stored, users};
use crate::server::web::flash::{self, OneTimeSecret};
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back;
use crate::view::forms::notice::Notice;

pub const PATH: &str = "/account";

pub async fn show(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    screen(&context, &person, frame).await
}

#[derive(Deserialize)]
pub struct PasswordForm {
    current_password: String,
    new_password: String,
    #[serde(default)]
    code: String,
}

/// Changes the password and ends all other sessions.
pub async fn change_password(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Form(PasswordForm { current_password, new_password, code }): Form<PasswordForm>,
) -> Result<Response<Body>, HttpError> {
    let given = ProofInput { password: &current_password, code: &code };
    let changed = change_password::change(context.accounts(), &person, Some(given), &new_password).await;
    redirect_with_notice(
        PATH,
        changed.map(|()| "Password changed. Your other sessions have ended.".to_owned()),
    )
}

#[derive(Deserialize)]
pub struct IdForm {
    id: String,
}

/// The id for "all sessions".
const ALL_SESSIONS: &str = "all";

/// Ends one or all of the user's sessions.
pub async fn end_session(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Form(IdForm { id }): Form<IdForm>,
) -> Result<Response<Body>, HttpError> {
    if id == ALL_SESSIONS {
        let all = Ended::Sessions { user_id: person.user_id.clone(), until: now_ms() };
        end(context.accounts(), &person, all).await?;
        return Ok(Redirect::to(SIGN_IN).into_response());
    }
    let one = Ended::Session { user_id: person.user_id.clone(), id, action: Action::SessionRevoked };
    let ended = end(context.accounts(), &person, one).await;
    redirect_with_notice(PATH, ended.map(|_| "The session has ended.".to_owned()))
}

#[derive(Deserialize)]
pub struct NewTokenForm {
    name: String,
    scope: Right,
    days: String,
}

/// Creates a token and shows it once.
pub async fn create_token(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Confirmed(NewTokenForm { name, scope, days }): Confirmed<NewTokenForm>,
) -> Result<Response<Body>, HttpError> {
    let made = async {
        let days = Some(days.trim()).filter(|days| !days.is_empty());
        let days = days.map(|days| days.parse().unwrap_or(0));
        let owner = users::by_id(&mut *context.db.read().await?, &person.user_id).await?;
        let owner = owner.ok_or_else(|| Error::NotFound { what: "user", id: person.email.clone() })?;
        tokens::create(&context.db, &person, &owner, NewToken { name: name.clone(), scope, days }).await
    };
    let token = made.await;
    redirect_to_secret(
        PATH,
        PATH,
        token.map(|text| OneTimeSecret { title: format!("The token {name}"), text }),
    )
}

/// Redirects to the page that shows the new secret, or shows the error (post/redirect/get). `screen` is the
/// page's path, `address` the path with its query.
pub fn redirect_to_secret(
    screen: &str,
    address: &str,
    made: Result<OneTimeSecret, Error>,
) -> Result<Response<Body>, HttpError> {
    match made {
        Ok(made) => {
            let cookie = made.cookie(screen);
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(address)).into_response())
        }
        Err(error) => redirect_with_notice(address, Err(error)),
    }
}

/// Revokes one of the user's tokens; admins may revoke any.
pub async fn revoke_token(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    headers: HeaderMap,
    Form(IdForm { id }): Form<IdForm>,
) -> Result<Response<Body>, HttpError> {
    let revoked = tokens::revoke(&context.db, &person, &id).await;
    let back = redirect_back::referer(&headers).unwrap_or_else(|| PATH.to_owned());
    redirect_with_notice(&back, revoked.map(|token| format!("The token {} was revoked.", token.name)))
}

/// Redirects with a success or error notice.
pub fn redirect_with_notice(path: &str, done: Result<String, Error>) -> Result<Response<Body>, HttpError> {
    let notice = match done.map_err(Problem::from) {
        Ok(words) => Notice::success(words),
        Err(problem) if problem.status >= 500 => return Err(problem.into()),
        Err(problem) => Notice::error(problem.form_message()),
    };
    Ok(flash::redirect(&notice, path).into_response())
}

async fn screen(context: &Context, person: &Person, mut frame: Frame) -> Result<Response<Body>, HttpError> {
    let made = frame.made();
    let ended = context.ending.unwritten();
    let mut tx = context.db.read().await?;
    let mut sessions = stored::for_user(&mut tx, &person.user_id, sessions::liveness_cutoff()).await?;
    sessions.retain(|session| !ended.has_session(&person.user_id, session));
    let tokens = api_tokens::list(&mut tx, Some(&person.user_id)).await?;
    let user = users::by_id(&mut tx, &person.user_id).await?;
    let asked = confirm::required_proof(&mut tx, person).await?;
    let factor = second_factors::find(&mut tx, &person.user_id).await?;
    let recovery_left = second_factors::recovery_left(&mut tx, &person.user_id).await?;
    drop(tx);
    let is_visitor = user.as_ref().is_none_or(|user| user.password_hash.is_none());
    let has_password = user.is_some_and(|user| user.has_password());
    let person = person.clone();
    Ok(frame.screen("Account", move || {
        let made = made.map(|made| {
            let hint = "Copy it now; it won’t be shown again. Send it as \"Authorization: Bearer TOKEN\".";
            secret(made.title, &made.text, hint)
        });
        let password = has_password.then(|| password_form(asked));
        let two_step = has_password.then(|| two_step::section(factor.as_ref(), recovery_left));
        let tokens = (!is_visitor).then(|| tokens_section(&person, &tokens));
        view! {
            {made}
            <section class="card">
                <h2>"Profile"</h2>
                <p>{person.email.clone()} " · " {person.role.label()}</p>
                {password}
            </section>
            {two_step}
            {sessions_section(&person, &sessions)}
            {tokens}
        }
        .into_any()
    }))
}

fn password_form(asked: RequiredProof) -> AnyView {
    view! {
        <details class="more-form">
            <summary class="button-quiet">"Change password"</summary>
            <form method="post" action="/account/password" class="entrance-form">
                {password("current_password", "Current password")}
                {(asked == RequiredProof::Both).then(|| code("code"))}
                {new_password("new_password", "New password")}
                <button type="submit" class="button">"Change password"</button>
            </form>
        </details>
    }
    .into_any()
}

fn sessions_section(person: &Person, sessions: &[Session]) -> AnyView {
    let row = |session: &Session| {
        let device = device(&session.device);
        let way = if person.session_id() == Some(&session.id) {
            view! { <span class="badge badge-good">"Current"</span> }.into_any()
        } else {
            button(
                "/account/sessions/end",
                &[("id", &session.id)],
                "End",
                format!("End the session of {device}"),
            )
        };
        vec![
            device.into_any(),
            session.address.clone().into_any(),
            time(session.used_at),
            time(session.created_at),
            way,
        ]
    };
    let rows = sessions.iter().map(row).collect();
    view! {
        <section class="card">
            <h2>"Sessions"</h2>
            {table("Sessions", &["Device", "From", "Last used", "Started", "End session"], rows)}
            <p class="hint">"A session ends an hour after its last use, and twelve hours after it started."</p>
            {button("/account/sessions/end", &[("id", ALL_SESSIONS)], "End all sessions", "End all sessions, this one too".to_owned())}
        </section>
    }
    .into_any()
}

fn tokens_section(person: &Person, tokens: &[ApiToken]) -> AnyView {
    let row = |token: &ApiToken| {
        let label = format!("Revoke {}", token.name);
        vec![
            token.name.clone().into_any(),
            token.scope.as_str().into_any(),
            time(token.created_at),
            time_or(token.expires_at, "Never"),
            time_or(token.used_at, "Never"),
            button("/account/tokens/revoke", &[("id", &token.id)], "Revoke", label),
        ]
    };
    let rows: Vec<Vec<AnyView>> = tokens.iter().map(row).collect();
    let list = (!rows.is_empty())
        .then(|| table("API tokens", &["Name", "Scope", "Created", "Expires", "Last used", "Revoke"], rows));
    let scopes: Vec<AnyView> = Right::ALL
        .iter()
        .filter(|scope| **scope <= person.role.right())
        .map(|scope| choice(scope.to_string(), scope.label().to_owned(), *scope == Right::Read))
        .collect();
    view! {
        <section class="card">
            <h2>"API tokens"</h2>
            <p class="hint">"For scripts. A token can do what its scope allows, and never more than you can. "<a class="link" href="/api/docs" rel="external">"The API's documentation"</a></p>
            {list}
            <details class="more-form">
                <summary class="button-quiet">"Create a token"</summary>
                <form method="post" action="/account/tokens" class="entrance-form">
                    {field(Input {
                        name: "name", label: "Name", kind: "text", autocomplete: "off", value: "",
                        hint: "What uses it, such as “monthly report”",
                    })}
                    <div class="field">
                        <label for="scope">"Scope"</label>
                        <select class="input" id="scope" name="scope">{scopes}</select>
                    </div>
                    <div class="field">
                        <label for="days">"Days until it expires"</label>
                        <input class="input" id="days" name="days" type="number" min="1" max=MOST_DAYS.to_string() value="90" />
                        <p class="hint">"Empty for one that does not expire"</p>
                    </div>
                    <button type="submit" class="button">"Create"</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
