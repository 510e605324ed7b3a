//! `POST /theme`: stores the theme, for browsers without WASM.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::components::theme::{Theme, UnknownTheme};
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back;

/// The form's only field.
#[derive(Debug, Deserialize)]
pub struct Choice {
    theme: String,
}

/// Sets the cookie and redirects back to the form's page.
pub async fn choose(
    headers: HeaderMap,
    form: Result<Form<Choice>, FormRejection>,
) -> Result<impl IntoResponse, HttpError> {
    let theme = form.ok().and_then(|Form(choice)| choice.theme.parse().ok());
    let theme: Theme =
        theme.ok_or_else(|| HttpError::new(StatusCode::BAD_REQUEST, UnknownTheme.to_string()))?;
    let back = redirect_back::referer(&headers).unwrap_or_else(|| "/analytics".to_owned());
    Ok((AppendHeaders([(SET_COOKIE, theme.to_cookie())]), Redirect::to(&back)))
}
