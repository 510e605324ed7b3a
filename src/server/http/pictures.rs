//! `GET /pictures/artist/UUID.svg` and `/pictures/track/UUID.svg`: pictures drawn by us, so that the
//! browser talks to nobody else.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use uuid::Uuid;

use super::gate::MayRead;
use super::problem::Refused;
use crate::domain::ArtistId;
use crate::domain::id::parse_uuid;
use crate::server::context::Context;
use crate::server::db::{artists, tracks};
use crate::server::demo::picture::picture;
use crate::server::error::Error;

/// The picture of an artist or a track, drawn from its name and UUID.
pub async fn draw(
    State(context): State<Context>,
    MayRead(_): MayRead,
    Path((of, file)): Path<(String, String)>,
) -> Result<impl IntoResponse, Refused> {
    let uuid = file.strip_suffix(".svg").and_then(parse_uuid);
    let name = match uuid {
        Some(uuid) => name(&context, &of, uuid).await?,
        None => None,
    };
    let (Some(uuid), Some(name)) = (uuid, name) else {
        return Err(Refused::new(StatusCode::NOT_FOUND, "There is no such picture."));
    };
    // A name seldom changes, and an old picture harms nobody for a day.
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, max-age=86400")], picture(&name, uuid)))
}

async fn name(context: &Context, of: &str, uuid: Uuid) -> Result<Option<String>, Error> {
    let mut tx = context.db.read().await?;
    match of {
        "artist" => {
            let found = artists::by_ids(&mut tx, &[ArtistId::Uuid(uuid)]).await?;
            Ok(found.into_iter().next().map(|stored| stored.artist.name))
        }
        "track" => tracks::name(&mut tx, uuid).await,
        _ => Ok(None),
    }
}
