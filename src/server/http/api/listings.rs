//! Filter options: `GET /artists`, `/platforms`, `/countries`.

use axum::Json;
use axum::extract::State;

use super::openapi::parameters::{PageDoc, Search};
use super::openapi::refusals::Unanswerable;
use super::parameters::{ListParams, NoParams};
use crate::domain::query::listing::{ArtistItem, CountryItem, Listed, PlatformItem};
use crate::server::http::auth::RequireRead;
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;

/// Artists by name, best match first.
#[utoipa::path(
    get, path = "/artists", operation_id = "artists", tag = "Artists",
    params(Search, PageDoc),
    responses((status = 200, description = "The artists", body = Listed<ArtistItem>), (status = 422, response = Unanswerable)),
    security(("token" = ["read"])),
)]
pub async fn artists(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    listing: ListParams,
) -> Result<Json<Listed<ArtistItem>>, HttpError> {
    let q = listing.q.as_deref().unwrap_or_default();
    Ok(Json(listings::artists(&context.db, q, listing.limit, listing.cursor.as_deref()).await?))
}

/// The platform registry, in its order.
#[utoipa::path(
    get, path = "/platforms", operation_id = "platforms", tag = "What can be chosen",
    responses((status = 200, description = "All platforms", body = Listed<PlatformItem>)),
    security(("token" = ["read"])),
)]
pub async fn platforms(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    _: NoParams,
) -> Result<Json<Listed<PlatformItem>>, HttpError> {
    Ok(Json(Listed { items: listings::platforms(&mut *context.db.read_report().await?).await?, next: None }))
}

/// The countries that have charts, by name.
#[utoipa::path(
    get, path = "/countries", operation_id = "countries", tag = "What can be chosen",
    responses((status = 200, description = "All countries that have charts", body = Listed<CountryItem>)),
    security(("token" = ["read"])),
)]
pub async fn countries(
    State(context): State<Context>,
    RequireRead(_): RequireRead,
    _: NoParams,
) -> Result<Json<Listed<CountryItem>>, HttpError> {
    Ok(Json(Listed { items: listings::countries(&mut *context.db.read_report().await?).await?, next: None }))
}
