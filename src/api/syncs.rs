//! Server functions for syncs.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// Starts a sync (`start`, or `begin` with the automatic sync's limit of requests; `on` is the query string
/// of a report), or cancels or retries one (`cancel`, `retry`; `on` is its id). Returns an `Option` of
/// [`crate::domain::sync::SyncStatus`]; `None` if nothing is missing.
///
/// # Errors
/// Syncing is off; unknown sync.
#[server(endpoint = "act-on-sync", input = Json)]
pub async fn act_on_sync(act: String, on: String) -> Answered {
    let (context, person) = crate::server::caller::analyst()?;
    crate::server::sync_page::act(&context, &person, &act, &on).await.map(crate::domain::view::Sent::new)
}

/// The status of a sync ([`crate::domain::sync::SyncStatus`]).
///
/// # Errors
/// Unknown sync.
#[server(endpoint = "sync-status", input = Json)]
pub async fn sync_status(id: String) -> Answered {
    crate::server::sync_page::status(&crate::server::caller::reader()?, &id)
        .await
        .map(crate::domain::view::Sent::new)
}

/// The page data ([`crate::domain::view::SyncList`]) for a query string.
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-syncs", input = Json)]
pub async fn list_syncs(search: String) -> Answered {
    crate::server::sync_page::list(&crate::server::caller::reader()?, &search)
        .await
        .map(crate::domain::view::Sent::new)
}
