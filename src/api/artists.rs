//! What `/artists` and `/artists/{id}` ask for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::domain::Problem;
use crate::domain::view::{ArtistList, ArtistView, Sent};

/// The data of the page of artists for the query string of its address.
///
/// # Errors
/// The database failed. What the provider says is part of the page.
#[server(endpoint = "list-artists", input = Json)]
pub async fn list_artists(search: String) -> Result<Sent<ArtistList>, Problem> {
    crate::server::artists_page::list(&expect_context(), &search).await.map(Sent::new)
}

/// The page of an artist for the query string of its address.
///
/// # Errors
/// There is no such artist; days that cannot be.
#[server(endpoint = "artist", input = Json)]
pub async fn artist_page(id: String, search: String) -> Result<Sent<ArtistView>, Problem> {
    crate::server::artist_page::page(&expect_context(), &id, &search).await.map(Sent::new)
}
