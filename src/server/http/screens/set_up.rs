//! First start: the printed link allows its holder to create the first admin.

use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::{Response, StatusCode};
use leptos::prelude::*;
use serde::Deserialize;

use super::frame::Frame;
use super::parts::{email, new_password};
use super::sign_in::redirect_signed_in;
use crate::domain::Problem;
use crate::server::accounts::{Origin, first_admin};
use crate::server::base::secret;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;

#[derive(Deserialize)]
pub struct FirstAdminForm {
    email: String,
    password: String,
}

pub async fn show(
    State(context): State<Context>,
    Path(given): Path<String>,
    frame: Frame,
) -> Result<Response<Body>, HttpError> {
    require_open(&context, &given).await?;
    Ok(form(frame, StatusCode::OK, String::new(), given))
}

/// Creates the first admin and signs them in.
pub async fn make(
    State(context): State<Context>,
    Path(given): Path<String>,
    origin: Origin,
    frame: Frame,
    Form(FirstAdminForm { email, password }): Form<FirstAdminForm>,
) -> Result<Response<Body>, HttpError> {
    require_open(&context, &given).await?;
    match first_admin::set_up(context.accounts(), &email, &password, &origin).await.map_err(Problem::from) {
        Ok(token) => Ok(redirect_signed_in(&context, &token, "")),
        Err(problem) if problem.status >= 500 => Err(problem.into()),
        Err(problem) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(form(frame.with_error(problem.form_message()), status, email, given))
        }
    }
}

/// Fails unless the link is the printed one and unused.
async fn require_open(context: &Context, given: &str) -> Result<(), HttpError> {
    // Compare hashes to avoid a timing side channel.
    let is_it = secret::hash(given) == secret::hash(context.setup_token.reveal());
    if is_it && !first_admin::exists(&context.db).await? {
        return Ok(());
    }
    let detail = "This link has been used, or is of an earlier start. Sign in, or look at what the server printed last.";
    Err(HttpError::new(StatusCode::NOT_FOUND, detail))
}

fn form(frame: Frame, status: StatusCode, address: String, given: String) -> Response<Body> {
    frame.card(status, "Create the first admin", move || {
        view! {
            <p>"This account can add others, and change everything."</p>
            <form method="post" action=format!("/set-up/{given}") class="entrance-form">
                {email(&address)}
                {new_password("password", "Password")}
                <button type="submit" class="button">"Create and sign in"</button>
            </form>
        }
        .into_any()
    })
}
