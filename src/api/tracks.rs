//! Server functions of `/tracks/{uuid}`.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The page data ([`crate::domain::view::TrackView`]) for a query string.
///
/// # Errors
/// Unknown track; invalid dates.
#[server(endpoint = "track", input = Json)]
pub async fn track_page(uuid: String, search: String) -> Answered {
    crate::server::track_page::page(&crate::server::caller::reader()?, &uuid, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
