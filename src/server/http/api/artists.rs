//! Artists of the provider: `GET /provider/artists`, `POST /artists`, `POST /artists/{id}/link`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::body::Fields;
use super::parameters::Listing;
use crate::domain::Problem;
use crate::domain::id::parse_uuid;
use crate::domain::listing::{Listed, ProviderArtist};
use crate::domain::query::FieldError;
use crate::server::context::Context;
use crate::server::http::gate::MaySync;
use crate::server::http::problem::Refused;
use crate::server::provider_artists::{self, Link};

/// Artists of the provider by name, at most 20.
pub async fn search(
    State(context): State<Context>,
    MaySync(_): MaySync,
    listing: Listing,
) -> Result<Json<Listed<ProviderArtist>>, Refused> {
    let Some(q) = listing.q else {
        let error = FieldError::new("q", "is missing: give a name, or a part of one");
        return Err(Problem::bad_request(vec![error]).into());
    };
    let mut items = provider_artists::search(&context, &q).await?;
    items.truncate(listing.limit as usize);
    Ok(Json(Listed { items, next: None }))
}

/// Adds an artist by UUID.
pub async fn add(
    State(context): State<Context>,
    MaySync(person): MaySync,
    mut fields: Fields,
) -> Result<impl IntoResponse, Refused> {
    let uuid = fields.text("uuid");
    fields.finish()?;
    let uuid = uuid.as_deref().and_then(parse_uuid).ok_or_else(|| {
        let message = "expected the artist's Soundcharts UUID, such as 11e81bcc-9c1c-ce38-b96b-a0369fe50396";
        Problem::bad_request(vec![FieldError::new("uuid", message)])
    })?;
    let (is_new, artist) = provider_artists::add(&context, &person, uuid).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(artist)))
}

/// Links an artist without UUID to the provider's.
pub async fn link(
    State(context): State<Context>,
    MaySync(person): MaySync,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<impl IntoResponse, Refused> {
    let [uuid, spotify_id, isrc] = ["uuid", "spotify_id", "isrc"].map(|name| fields.text(name));
    fields.finish()?;
    let link = Link::of(uuid.as_deref(), spotify_id.as_deref(), isrc.as_deref())
        .map_err(|error| Problem::bad_request(vec![error]))?;
    let id = id.parse().map_err(|_| Problem::new(404, "Not Found", format!("There is no artist {id}.")))?;
    Ok(Json(provider_artists::link(&context, &person, id, link).await?))
}
