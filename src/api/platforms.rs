//! What `/platforms` asks for.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::domain::Problem;
use crate::domain::view::{PlatformList, Sent};

/// The data of the page of platforms.
///
/// # Errors
/// The database failed.
#[server(endpoint = "list-platforms", input = Json)]
pub async fn list_platforms() -> Result<Sent<PlatformList>, Problem> {
    crate::server::platforms_page::list(&expect_context()).await.map(Sent::new)
}
