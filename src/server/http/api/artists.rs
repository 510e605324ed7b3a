//! Artists: `GET /provider/artists`, `POST /artists`, `POST /artists/{id}/link`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::body::BodyFields;
use super::openapi::bodies::{ArtistLink, NewArtist};
use super::openapi::parameters::ProviderSearch;
use super::openapi::refusals::{NotFound, ProviderFailed, Unanswerable};
use super::parameters::{NoParams, ProviderSearchParams};
use crate::domain::query::FieldError;
use crate::domain::query::listing::{ArtistItem, Listed, ProviderArtist};
use crate::domain::registry::artist_id::parse_uuid;
use crate::domain::{ArtistId, Problem};
use crate::server::http::auth::RequireSync;
use crate::server::ingest::provider_artists::{self, ArtistTarget};
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;

/// Artists of the provider by name, at most 20.
///
/// Answers are kept for a day.
#[utoipa::path(
    get, path = "/provider/artists", operation_id = "provider_artists", tag = "Artists",
    params(ProviderSearch),
    responses(
        (status = 200, description = "The artists, in the provider's order, all on one page", body = Listed<ProviderArtist>),
        (status = 422, response = Unanswerable),
        (status = 502, response = ProviderFailed),
    ),
    security(("token" = ["sync"])),
)]
pub async fn search(
    State(context): State<Context>,
    RequireSync(_): RequireSync,
    ProviderSearchParams { q, limit }: ProviderSearchParams,
) -> Result<Json<Listed<ProviderArtist>>, HttpError> {
    let mut items = provider_artists::search(&context, &q).await?;
    items.truncate(limit as usize);
    Ok(Json(Listed { items, next: None }))
}

/// Adds an artist by UUID.
#[utoipa::path(
    post, path = "/artists", operation_id = "add_artist", tag = "Artists",
    request_body = NewArtist,
    responses(
        (status = 200, description = "The artist was here already", body = ArtistItem),
        (status = 201, description = "The artist was added", body = ArtistItem),
        (status = 422, response = Unanswerable),
        (status = 502, response = ProviderFailed),
    ),
    security(("token" = ["sync"])),
)]
pub async fn add(
    State(context): State<Context>,
    RequireSync(person): RequireSync,
    _: NoParams,
    mut fields: BodyFields,
) -> Result<impl IntoResponse, HttpError> {
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
#[utoipa::path(
    post, path = "/artists/{id}/link", operation_id = "link_artist", tag = "Artists",
    params(("id" = ArtistId, Path, description = "The artist here: its `id`.", example = "local-12")),
    request_body = ArtistLink,
    responses(
        (status = 200, description = "The artist, who has a UUID now", body = ArtistItem),
        (status = 404, response = NotFound),
        (status = 422, response = Unanswerable),
        (status = 502, response = ProviderFailed),
    ),
    security(("token" = ["sync"])),
)]
pub async fn link(
    State(context): State<Context>,
    RequireSync(person): RequireSync,
    Path(id): Path<String>,
    _: NoParams,
    mut fields: BodyFields,
) -> Result<impl IntoResponse, HttpError> {
    let [uuid, spotify_id, isrc] = ["uuid", "spotify_id", "isrc"].map(|name| fields.text(name));
    fields.finish()?;
    let link = ArtistTarget::parse(uuid.as_deref(), spotify_id.as_deref(), isrc.as_deref())
        .map_err(|error| Problem::bad_request(vec![error]))?;
    let id = id.parse().map_err(|_| Problem::new(404, "Not Found", format!("There is no artist {id}.")))?;
    Ok(Json(provider_artists::link(&context, &person, id, link).await?))
}
