//! Server functions. Each is a name, a signature and one call into `crate::server`. Endpoints have fixed
//! names, so that tabs opened before an update still find them.
//!
//! Each starts with an authorization check: `caller::reader` or `caller::analyst`.

#![expect(missing_docs, reason = "the fields of the structs that #[server] makes are the arguments")]

use std::sync::Arc;

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, JsonEncoding};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::domain::Problem;
use crate::domain::sync;
use crate::view::analytics::page::AnalyticsView;
use crate::view::analytics::pasted_list::ResolvedArtists;
use crate::view::artist::ArtistView;
use crate::view::artists::ArtistList;
use crate::view::platforms::PlatformList;
use crate::view::syncs::SyncList;
use crate::view::track::TrackView;

/// What a server function returns. The data is shared, because a page keeps it while it shows it.
pub type PageResult<T> = Result<Arc<T>, Problem>;

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Problem::new(
                503,
                "Service Unavailable",
                "The server cannot be reached: check the connection.",
            ),
            // On the server this is the request, in the browser the response.
            ServerFnErrorErr::Deserialization(_) => Problem::new(
                400,
                "Version Mismatch",
                "The server has been updated since this page was opened: reload the page.",
            ),
            error => Problem::new(500, "Internal Server Error", error.to_string()),
        }
    }

    /// The response body of a failed function. Also sets the HTTP status.
    #[cfg(feature = "ssr")]
    fn ser(&self) -> bytes::Bytes {
        crate::server::pages::status::set_status(self);
        serde_json::to_vec(self).expect("a problem of texts and numbers is JSON").into()
    }
}

/// The page data ([`AnalyticsView`]) for a query string (without `?`). An invalid query is not an error: the page
/// shows the messages next to the fields.
///
/// # Errors
/// Errors that are not validation errors of the form.
#[server(endpoint = "analytics", input = Json)]
pub async fn analytics_page(search: String) -> PageResult<AnalyticsView> {
    crate::server::pages::analytics::analytics(&crate::server::pages::caller::reader()?, &search)
        .await
        .map(Arc::new)
}

/// Artists for the picker ([`ResolvedArtists`]): matches of a name, best first, or the artists of a list.
///
/// # Errors
/// The database failed.
#[server(endpoint = "find-artists", input = Json)]
pub async fn find_artists(q: String, is_list: bool) -> PageResult<ResolvedArtists> {
    crate::server::pages::analytics::find_artists(&crate::server::pages::caller::reader()?, &q, is_list)
        .await
        .map(Arc::new)
}

/// The page data ([`ArtistList`]) for a query string.
///
/// # Errors
/// The database failed. Provider errors are part of the page data.
#[server(endpoint = "list-artists", input = Json)]
pub async fn list_artists(search: String) -> PageResult<ArtistList> {
    crate::server::pages::artists::list(&crate::server::pages::caller::reader()?, &search).await.map(Arc::new)
}

/// The page data ([`ArtistView`]) for a query string.
///
/// # Errors
/// Unknown artist; invalid dates.
#[server(endpoint = "artist", input = Json)]
pub async fn artist_page(id: String, search: String) -> PageResult<ArtistView> {
    crate::server::pages::artist::page(&crate::server::pages::caller::reader()?, &id, &search)
        .await
        .map(Arc::new)
}

/// The page data ([`PlatformList`]).
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-platforms", input = Json)]
pub async fn list_platforms() -> PageResult<PlatformList> {
    crate::server::pages::platforms::list(&crate::server::pages::caller::reader()?).await.map(Arc::new)
}

/// Starts a sync (`start`, or `begin` with the automatic sync's limit of requests; `on` is the query string
/// of a report), or cancels or retries one (`cancel`, `retry`; `on` is its id). Returns an `Option` of
/// [`crate::domain::sync::SyncStatus`]; `None` if nothing is missing.
///
/// # Errors
/// Syncing is off; unknown sync.
#[server(endpoint = "act-on-sync", input = Json)]
pub async fn act_on_sync(act: String, on: String) -> PageResult<Option<sync::SyncStatus>> {
    let (context, person) = crate::server::pages::caller::analyst()?;
    crate::server::pages::syncs::act(&context, &person, &act, &on).await.map(Arc::new)
}

/// The status of a sync ([`crate::domain::sync::SyncStatus`]).
///
/// # Errors
/// Unknown sync.
#[server(endpoint = "sync-status", input = Json)]
pub async fn sync_status(id: String) -> PageResult<sync::SyncStatus> {
    crate::server::pages::syncs::status(&crate::server::pages::caller::reader()?, &id).await.map(Arc::new)
}

/// The page data ([`SyncList`]) for a query string.
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-syncs", input = Json)]
pub async fn list_syncs(search: String) -> PageResult<SyncList> {
    crate::server::pages::syncs::list(&crate::server::pages::caller::reader()?, &search).await.map(Arc::new)
}

/// The page data ([`TrackView`]) for a query string.
///
/// # Errors
/// Unknown track; invalid dates.
#[server(endpoint = "track", input = Json)]
pub async fn track_page(uuid: String, search: String) -> PageResult<TrackView> {
    crate::server::pages::track::page(&crate::server::pages::caller::reader()?, &uuid, &search)
        .await
        .map(Arc::new)
}
