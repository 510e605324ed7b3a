//! What `/tracks/{uuid}` asks for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The page of a track, a [`crate::domain::view::TrackView`], for the query string of its address.
///
/// # Errors
/// There is no such track; days that cannot be.
#[server(endpoint = "track", input = Json)]
pub async fn track_page(uuid: String, search: String) -> Answered {
    crate::server::track_page::page(&crate::server::caller::reader()?, &uuid, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
