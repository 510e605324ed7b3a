//! The provider's platforms and the data it has for each.

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::wire::ApiPlatform;

/// A list of platforms at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Referential {
    /// Every platform.
    All,
    /// Platforms with followers.
    Social,
    /// Platforms with listeners, streams or views.
    Streaming,
    /// Platforms with song charts.
    SongCharts,
}

impl Referential {
    const fn path(self) -> &'static [&'static str] {
        match self {
            Referential::All => &["api", "v2", "referential", "platforms"],
            Referential::Social => &["api", "v2", "referential", "platforms", "social"],
            Referential::Streaming => &["api", "v2", "referential", "platforms", "streaming"],
            Referential::SongCharts => &["api", "v2", "chart", "song", "platforms"],
        }
    }
}

impl Client {
    /// A list of platforms, in the provider's order.
    ///
    /// # Errors
    /// Those of every request.
    pub async fn platforms(&self, of: Referential) -> Result<Vec<ApiPlatform>, Error> {
        self.list(&ApiRequest::new("the list of platforms", of.path().iter().copied())?).await
    }
}
