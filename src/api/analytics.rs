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

/// Artists for the picker, a [`crate::domain::view::pasted::Resolved`]: those whose names match a text, best first, or
/// those of a list.
///
/// # Errors
/// The database failed.
#[server(endpoint = "find-artists", input = Json)]
pub async fn find_artists(q: String, is_list: bool) -> Answered {
    crate::server::page::find_artists(&crate::server::caller::reader()?, &q, is_list)
        .await
        .map(crate::domain::view::Sent::new)
}
