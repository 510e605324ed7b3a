//! `POST /platforms/set`: form actions of the platforms page.

use axum::Form;
use axum::extract::State;
use axum::response::IntoResponse;

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
    let notice = match platforms::set(&context, &person, &setting).await {
        Ok(words) => Notice::success(words),
        Err(problem) if problem.status == 500 => return Err(problem.into()),
        Err(problem) => Notice::error(problem.detail),
    };
    let href = format!("{PATH}#platform-{}", setting.platform);
    Ok(flash::redirect(&notice, &href))
}
