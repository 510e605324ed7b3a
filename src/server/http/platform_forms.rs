//! `POST /platforms/set`: form actions of the platforms page.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use super::gate::MayAdmin;
use super::problem::Refused;
use crate::domain::view::platform_list::PATH;
use crate::domain::view::told::Told;
use crate::server::context::Context;
use crate::server::flash;
use crate::server::platforms_page::{self, Setting};

/// Applies the change and redirects back with a flash message.
pub async fn set(
    State(context): State<Context>,
    MayAdmin(person): MayAdmin,
    Form(setting): Form<Setting>,
) -> Result<impl IntoResponse, Refused> {
    let told = match platforms_page::set(&context, &person, &setting).await {
        Ok(words) => Told { is_good: true, words },
        Err(problem) if problem.status == 500 => return Err(problem.into()),
        Err(problem) => Told { is_good: false, words: problem.detail },
    };
    let href = format!("{PATH}#platform-{}", setting.platform);
    Ok((AppendHeaders([(SET_COOKIE, flash::cookie(&told))]), Redirect::to(&href)))
}
