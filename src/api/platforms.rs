//! Server functions of `/platforms`.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Answered;

/// The page data ([`crate::domain::view::PlatformList`]).
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-platforms", input = Json)]
pub async fn list_platforms() -> Answered {
    crate::server::platforms_page::list(&crate::server::caller::reader()?)
        .await
        .map(crate::domain::view::Sent::new)
}
