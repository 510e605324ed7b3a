//! `POST /platforms/set`: form actions of the platforms page.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use crate::server::http::auth::RequireAdmin;
use crate::server::pages::platforms::{self, Setting};
use crate::server::state::context::Context;
use crate::server::web::flash;
use crate::server::web::problem::HttpError;
use crate::view::forms::notice::Notice;
use crate::view::platforms::PATH;

/// Applies the change and redirects back with a flash message.
pub async fn set(
    State(context): State<Context>,
    RequireAdmin(person): RequireAdmin,
    Form(setting): Form<Setting>,
) -> Result<impl IntoResponse, HttpError> {
    let told = match platforms::set(&context, &person, &setting).await {
        Ok(words) => Notice { is_success: true, text: words },
        Err(problem) if problem.status == 500 => return Err(problem.into()),
        Err(problem) => Notice { is_success: false, text: problem.detail },
    };
    let href = format!("{PATH}#platform-{}", setting.platform);
    Ok((AppendHeaders([(SET_COOKIE, flash::cookie(&told))]), Redirect::to(&href)))
}
