//! `POST /artists/act`: form actions of the artists page.

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use crate::server::http::auth::RequireSync;
use crate::server::pages::artists::{self, Action};
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;
use crate::server::web::{flash, redirect_back};
use crate::view::ArtistsAddress;
use crate::view::forms::notice::Notice;

/// Runs the action and redirects to the artist or back, with a flash message.
pub async fn act(
    State(context): State<Context>,
    RequireSync(person): RequireSync,
    headers: HeaderMap,
    Form(action): Form<Action>,
) -> Result<impl IntoResponse, HttpError> {
    let (href, notice) = match artists::act(&context, &person, &action).await {
        Ok((artist, words)) => {
            let address = ArtistsAddress { q: artist.name, ..ArtistsAddress::default() };
            (address.href(), Notice::success(words))
        }
        Err(problem) if problem.status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() => {
            return Err(problem.into());
        }
        Err(problem) => {
            let back = redirect_back::referer(&headers).unwrap_or_else(|| ArtistsAddress::default().href());
            (back, Notice::error(problem.detail))
        }
    };
    Ok(flash::redirect(&notice, &href))
}
