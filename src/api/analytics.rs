//! What `/analytics` asks for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::domain::Problem;
use crate::domain::listing::ArtistItem;
use crate::domain::view::{Page, Sent};

/// The data of the page for the query string of its address (without `?`). A question that cannot
/// be answered is no error here: the page says what is wrong beside the fields.
///
/// # Errors
/// What the analyst can do nothing about in the form.
#[server(endpoint = "analytics", input = Json)]
pub async fn analytics_page(search: String) -> Result<Sent<Page>, Problem> {
    crate::server::page::analytics(&expect_context(), &search).await.map(Sent::new)
}

/// The artists whose names match a text, best first, as the picker lists them.
///
/// # Errors
/// The database failed.
#[server(endpoint = "find-artists", input = Json)]
pub async fn find_artists(q: String) -> Result<Sent<Vec<ArtistItem>>, Problem> {
    crate::server::page::find_artists(&expect_context(), &q).await.map(Sent::new)
}
