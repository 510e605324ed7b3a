//! What `/artists` and `/artists/{id}` ask for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The data of the page of artists, an [`crate::domain::view::ArtistList`], for the query string of its address.
///
/// # Errors
/// The database failed. What the provider says is part of the page.
#[server(endpoint = "list-artists", input = Json)]
pub async fn list_artists(search: String) -> Answered {
    crate::server::artists_page::list(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The page of an artist, an [`crate::domain::view::ArtistView`], for the query string of its address.
///
/// # Errors
/// There is no such artist; days that cannot be.
#[server(endpoint = "artist", input = Json)]
pub async fn artist_page(id: String, search: String) -> Answered {
    crate::server::artist_page::page(&crate::server::caller::reader()?, &id, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
