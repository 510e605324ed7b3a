//! What the page does about syncs.
#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// Does something about a sync: `start` one for the query string of a report, `cancel` or `retry` the one of
/// an id. Answers with the sync, an `Option` of [`crate::domain::sync::SyncStatus`]: none where nothing is missing.
///
/// # Errors
/// Nothing can be fetched; there is no such sync.
#[server(endpoint = "act-on-sync", input = Json)]
pub async fn act_on_sync(act: String, on: String) -> Answered {
    let (context, person) = crate::server::caller::analyst()?;
    crate::server::sync_page::act(&context, &person, &act, &on).await.map(crate::domain::view::Sent::new)
}

/// How far the sync of an id is, a [`crate::domain::sync::SyncStatus`].
///
/// # Errors
/// There is no such sync.
#[server(endpoint = "sync-status", input = Json)]
pub async fn sync_status(id: String) -> Answered {
    crate::server::sync_page::status(&crate::server::caller::reader()?, &id)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The data of the page of syncs, a [`crate::domain::view::SyncList`], for the query string of its address.
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-syncs", input = Json)]
pub async fn list_syncs(search: String) -> Answered {
    crate::server::sync_page::list(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
