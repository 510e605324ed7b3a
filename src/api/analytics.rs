//! Server functions of `/analytics`.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The page data ([`crate::domain::view::Page`]) for a query string (without `?`). An invalid query is not an
/// error: the page shows the messages next to the fields.
///
/// # Errors
/// Errors that are not validation errors of the form.
#[server(endpoint = "analytics", input = Json)]
pub async fn analytics_page(search: String) -> Answered {
    crate::server::page::analytics(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}

/// Artists for the picker ([`crate::domain::view::pasted::Resolved`]): matches of a name, best first, or the
/// artists of a list.
///
/// # Errors
/// The database failed.
#[server(endpoint = "find-artists", input = Json)]
pub async fn find_artists(q: String, is_list: bool) -> Answered {
    crate::server::page::find_artists(&crate::server::caller::reader()?, &q, is_list)
        .await
        .map(crate::domain::view::Sent::new)
}
