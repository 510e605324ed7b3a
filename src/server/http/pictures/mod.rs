//! `GET /pictures/artist/UUID` and `/pictures/track/UUID`: the provider's picture, or one generated from name
//! and UUID; with `.svg` always the latter.

pub mod drawn;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use uuid::Uuid;

use super::auth::RequireRead;
use crate::domain::ArtistId;
use crate::domain::registry::artist_id::parse_uuid;
use crate::server::error::Error;
use crate::server::http::pictures::drawn::picture;
use crate::server::state::context::Context;
use crate::server::store::tables::{artists, tracks};
use crate::server::web::problem::HttpError;

/// Cache lifetime of provider pictures: one day.
const A_DAY: &str = "private, max-age=86400";
/// Cache lifetime of generated pictures, which the provider's may soon replace.
const A_WHILE: &str = "private, max-age=600";

pub async fn show(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    Path((of, file)): Path<(String, String)>,
) -> Result<Response<Body>, HttpError> {
    let (id, is_drawn) = match file.strip_suffix(".svg") {
        Some(id) => (id, true),
        None => (file.as_str(), false),
    };
    let missing = || HttpError::new(StatusCode::NOT_FOUND, "There is no such picture.");
    let uuid = parse_uuid(id).ok_or_else(missing)?;
    let (name, address) = known(&context, &of, uuid).await?.ok_or_else(missing)?;
    if let Some(address) = address.filter(|_| !is_drawn)
        && let Some((kind, bytes)) = context.pictures.at(&address).await
    {
        return Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, A_DAY)], bytes).into_response());
    }
    let life = if is_drawn { A_DAY } else { A_WHILE };
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, life)], picture(&name, uuid)).into_response())
}

/// Name and picture URL of an artist or a track.
async fn known(context: &Context, of: &str, uuid: Uuid) -> Result<Option<(String, Option<String>)>, Error> {
    let mut tx = context.db.read().await?;
    match of {
        "artist" => {
            let found = artists::by_ids(&mut tx, &[ArtistId::Uuid(uuid)]).await?;
            Ok(found.into_iter().next().map(|stored| (stored.artist.name, stored.artist.image_url)))
        }
        "track" => tracks::name_and_picture(&mut tx, uuid).await,
        _ => Ok(None),
    }
}
