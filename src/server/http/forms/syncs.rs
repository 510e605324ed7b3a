//! `POST /syncs/act`: form actions on syncs, for browsers without WASM.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::server::http::auth::RequireSync;
use crate::server::pages::syncs;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back::path_of;

/// The form's fields.
#[derive(Debug, Deserialize)]
pub struct Action {
    act: String,
    on: String,
    back: String,
    /// Whether the page reloads itself while the sync runs: sent by forms of browsers without WASM.
    #[serde(default)]
    reload: bool,
}

/// Runs the action and redirects back to the form's page.
pub async fn act(
    State(context): State<Context>,
    RequireSync(person): RequireSync,
    Form(action): Form<Action>,
) -> Result<impl IntoResponse, HttpError> {
    syncs::act(&context, &person, &action.act, &action.on).await?;
    let back = path_of(&action.back).unwrap_or_else(|| "/syncs".to_owned());
    let cookie = action.reload.then_some((SET_COOKIE, syncs::RELOAD_COOKIE));
    Ok((AppendHeaders(cookie), Redirect::to(&back)))
}
