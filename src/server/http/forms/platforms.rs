//! `POST /platforms/set`: form actions of the platforms page.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use crate::server::http::auth::MayAdmin;
use crate::server::pages::platforms::{self, Setting};
use crate::server::state::context::Context;
use crate::server::web::flash;
use crate::server::web::problem::Refused;
use crate::view::forms::notice::Told;
use crate::view::platforms::PATH;

/// Applies the change and redirects back with a flash message.
pub async fn set(
    State(context): State<Context>,
    MayAdmin(person): MayAdmin,
    Form(setting): Form<Setting>,
) -> Result<impl IntoResponse, Refused> {
    let told = match platforms::set(&context, &person, &setting).await {
        Ok(words) => Told { is_good: true, words },
        Err(problem) if problem.status == 500 => return Err(problem.into()),
        Err(problem) => Told { is_good: false, words: problem.detail },
    };
    let href = format!("{PATH}#platform-{}", setting.platform);
    Ok((AppendHeaders([(SET_COOKIE, flash::cookie(&told))]), Redirect::to(&href)))
}
