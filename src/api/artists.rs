//! Server functions of `/artists` and `/artists/{id}`.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The page data ([`crate::domain::view::ArtistList`]) for a query string.
///
/// # Errors
/// The database failed. Provider errors are part of the page data.
#[server(endpoint = "list-artists", input = Json)]
pub async fn list_artists(search: String) -> Answered {
    crate::server::artists_page::list(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The page data ([`crate::domain::view::ArtistView`]) for a query string.
///
/// # Errors
/// Unknown artist; invalid dates.
#[server(endpoint = "artist", input = Json)]
pub async fn artist_page(id: String, search: String) -> Answered {
    crate::server::artist_page::page(&crate::server::caller::reader()?, &id, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
