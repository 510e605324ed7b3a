//! `POST /artists/act`: form actions of the artists page.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};

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
    let (href, told) = match artists::act(&context, &person, &action).await {
        Ok((artist, words)) => {
            let address = ArtistsAddress { q: artist.name, ..ArtistsAddress::default() };
            (address.href(), Notice { is_success: true, text: words })
        }
        Err(problem) if problem.status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() => {
            return Err(problem.into());
        }
        Err(problem) => {
            let back = redirect_back::referer(&headers).unwrap_or_else(|| ArtistsAddress::default().href());
            (back, Notice { is_success: false, text: problem.detail })
        }
    };
    Ok((AppendHeaders([(SET_COOKIE, flash::cookie(&told))]), Redirect::to(&href)))
}
