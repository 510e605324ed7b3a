//! What `/tracks/{uuid}` asks for.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::domain::Problem;
use crate::domain::view::{Sent, TrackView};

/// The page of a track for the query string of its address.
///
/// # Errors
/// There is no such track; days that cannot be.
#[server(endpoint = "track", input = Json)]
pub async fn track_page(uuid: String, search: String) -> Result<Sent<TrackView>, Problem> {
    crate::server::track_page::page(&expect_context(), &uuid, &search).await.map(Sent::new)
}
