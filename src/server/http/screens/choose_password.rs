//! "Choose a password": required after signing in with an initial password, before anything else.

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{Response, StatusCode};
use axum::response::{IntoResponse, Redirect};
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{code, hidden, leave, new_password, password};
use super::sign_in::{Next, destination};
use crate::domain::Problem;
use crate::server::accounts::confirm::{self, Asked, Given};
use crate::server::accounts::{Person, change_password};
use crate::server::error::Error;
use crate::server::http::auth::MayRead;
use crate::server::http::auth::duties::CHOOSE_PASSWORD;
use crate::server::state::context::Context;
use crate::server::store::tables::users;
use crate::server::web::problem::Refused;

/// The form. Redirects users who have already chosen a password.
pub async fn show(
    State(context): State<Context>,
    MayRead(person): MayRead,
    Query(Next { next }): Query<Next>,
    frame: Frame,
) -> Result<Response<Body>, Refused> {
    if !is_initial(&context, &person).await? {
        return Ok(Redirect::to(&destination(&next)).into_response());
    }
    form(&context, &person, frame, StatusCode::OK, next).await
}

#[derive(Deserialize)]
pub struct Chosen {
    after: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub async fn choose(
    State(context): State<Context>,
    MayRead(person): MayRead,
    frame: Frame,
    Form(Chosen { after, before, code, next }): Form<Chosen>,
) -> Result<Response<Body>, Refused> {
    // Otherwise this would be a way to change a chosen password without confirmation.
    if !is_initial(&context, &person).await? {
        return Ok(Redirect::to(&destination(&next)).into_response());
    }
    let given = Given { password: &before, code: &code };
    let given = (!before.is_empty()).then_some(given);
    match change_password::change(context.accounts(), &person, given, &after).await.map_err(Problem::from) {
        Ok(()) => Ok(Redirect::to(&destination(&next)).into_response()),
        Err(problem) if problem.status >= 500 => Err(problem.into()),
        Err(problem) => {
            let frame = frame.tell(false, problem.in_words());
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
) -> Result<Response<Body>, Refused> {
    let asked = confirm::asked(&mut *context.db.read().await?, person).await?;
    Ok(frame.card(status, "Choose a password", move || {
        view! {
            <p>"Your password was set by an admin. Choose one that only you know."</p>
            <form method="post" action=CHOOSE_PASSWORD class="entrance-form">
                {hidden("next", &next)}
                {(asked != Asked::Nothing).then(|| password("before", "Initial password"))}
                {(asked == Asked::Both).then(|| code("code"))}
                {new_password("after", "New password")}
                <button type="submit" class="button">"Set password"</button>
            </form>
            {leave()}
        }
        .into_any()
    }))
}
