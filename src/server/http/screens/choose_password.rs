//! "Choose a password": required after signing in with an initial password, before anything else.

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{code, hidden, new_password, password, sign_out_form};
use super::sign_in::{NextForm, destination};
use crate::domain::Problem;
use crate::server::accounts::confirm::{self, ProofInput, RequiredProof};
use crate::server::accounts::{Person, change_password};
use crate::server::error::Error;
use crate::server::http::auth::RequireRead;
use crate::server::http::auth::duties::CHOOSE_PASSWORD;
use crate::server::state::context::Context;
use crate::server::store::tables::users;
use crate::server::web::problem::HttpError;

/// The form. Redirects users who have already chosen a password.
pub async fn show(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    Query(NextForm { next }): Query<NextForm>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    if !is_initial(&context, &person).await? {
        return Ok(Redirect::to(&destination(&next)).into_response());
    }
    form(&context, &person, frame, StatusCode::OK, next).await
}

#[derive(Deserialize)]
pub struct ChoosePasswordForm {
    new_password: String,
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub async fn choose(
    State(context): State<Context>,
    RequireRead(person): RequireRead,
    frame: Frame,
    Form(ChoosePasswordForm { new_password, current_password, code, next }): Form<ChoosePasswordForm>,
) -> Result<Response<Body>, HttpError> {
    // Otherwise this would be a way to change a chosen password without confirmation.
    if !is_initial(&context, &person).await? {
        return Ok(Redirect::to(&destination(&next)).into_response());
    }
    let given = ProofInput { password: &current_password, code: &code };
    let given = (!current_password.is_empty()).then_some(given);
    match change_password::change(context.accounts(), &person, given, &new_password)
        .await
        .map_err(Problem::from)
    {
        Ok(()) => Ok(Redirect::to(&destination(&next)).into_response()),
        Err(problem) if problem.status >= 500 => Err(problem.into()),
        Err(problem) => {
            let frame = frame.with_error(problem.form_message());
            form(&context, &person, frame, StatusCode::UNPROCESSABLE_ENTITY, next).await
        }
    }
}

async fn is_initial(context: &Context, person: &Person) -> Result<bool, Error> {
    let user = users::by_id(&mut *context.db.read().await?, &person.user_id).await?;
    Ok(user.is_some_and(|user| user.password_ends_at.is_some()))
}

async fn form(
    context: &Context,
    person: &Person,
    frame: Frame,
    status: StatusCode,
    next: String,
) -> Result<Response<Body>, HttpError> {
    let asked = confirm::required_proof(&mut *context.db.read().await?, person).await?;
    Ok(frame.card(status, "Choose a password", move || {
        view! {
            <p>"Your password was set by an admin. Choose one that only you know."</p>
            <form method="post" action=CHOOSE_PASSWORD class="entrance-form">
                {hidden("next", &next)}
                {(asked != RequiredProof::Nothing).then(|| password("current_password", "Initial password"))}
                {(asked == RequiredProof::Both).then(|| code("code"))}
                {new_password("new_password", "New password")}
                <button type="submit" class="button">"Set password"</button>
            </form>
            {sign_out_form()}
        }
        .into_any()
    }))
}
