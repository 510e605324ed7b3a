//! `POST /artists/act`: form actions of the artists page.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect};

use crate::server::http::auth::MaySync;
use crate::server::pages::artists::{self, Action};
use crate::server::state::context::Context;
use crate::server::web::problem::Refused;
use crate::server::web::{back, flash};
use crate::view::ArtistsAddress;
use crate::view::forms::notice::Told;

/// Runs the action and redirects to the artist or back, with a flash message.
pub async fn act(
    State(context): State<Context>,
    MaySync(person): MaySync,
    headers: HeaderMap,
    Form(action): Form<Action>,
) -> Result<impl IntoResponse, Refused> {
    let (href, told) = match artists::act(&context, &person, &action).await {
        Ok((artist, words)) => {
            let address = ArtistsAddress { q: artist.name, ..ArtistsAddress::default() };
            (address.href(), Told { is_good: true, words })
        }
        Err(problem) if problem.status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() => {
            return Err(problem.into());
        }
        Err(problem) => {
            let back = back::referer(&headers).unwrap_or_else(|| ArtistsAddress::default().href());
            (back, Told { is_good: false, words: problem.detail })
        }
    };
    Ok((AppendHeaders([(SET_COOKIE, flash::cookie(&told))]), Redirect::to(&href)))
}
