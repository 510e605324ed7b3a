//! What `/analytics` asks for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The data of the page, a [`crate::domain::view::Page`], for the query string of its address (without `?`). A
/// question that cannot be answered is no error here: the page says what is wrong beside the fields.
///
/// # Errors
/// What the analyst can do nothing about in the form.
#[server(endpoint = "analytics", input = Json)]
pub async fn analytics_page(search: String) -> Answered {
    crate::server::page::analytics(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The artists, [`crate::domain::listing::ArtistItem`]s, whose names match a text, best first, as the picker lists
/// them.
///
/// # Errors
/// The database failed.
#[server(endpoint = "find-artists", input = Json)]
pub async fn find_artists(q: String) -> Answered {
    crate::server::page::find_artists(&crate::server::caller::reader()?, &q)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The artists of a pasted list, a [`crate::domain::view::pasted::Resolved`].
///
/// # Errors
/// The database failed.
#[server(endpoint = "resolve-artists", input = Json)]
pub async fn resolve_artists(list: String) -> Answered {
    crate::server::page::resolve_artists(&crate::server::caller::reader()?, &list)
        .await
        .map(crate::domain::view::Sent::new)
}
