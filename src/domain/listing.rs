//! What can be chosen: artists, platforms and countries as the API and the form list them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::query::Country;
use super::{ArtistId, Kind, Level, Metric, PlatformType};

/// An artist in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistItem {
    /// What `artist=` takes.
    pub id: ArtistId,
    /// Its Soundcharts UUID, if known.
    pub uuid: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// Where it is from, if known.
    pub country: Option<String>,
    /// Where we know it from: soundcharts, acrcloud or manual.
    pub source: String,
    /// Whether it can be aggregated (S20 in docs/semantics.md).
    pub selectable: bool,
    /// Why not, where it cannot.
    pub reason: Option<String>,
    /// How many tracks it has.
    pub tracks: u32,
    /// Its picture.
    pub image_url: Option<String>,
}

/// An artist of the provider, who may be here or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ProviderArtist {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name; others may have the same.
    pub name: String,
    /// Where it is from, if known.
    pub country: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether it has been added already.
    pub is_here: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// What `cursor=` takes for the next page; null on the last one.
    pub next: Option<String>,
}

/// A platform of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformItem {
    /// What `platform=` takes.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What is measured there.
    pub metrics: Vec<MetricItem>,
}

/// One metric of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MetricItem {
    /// Of tracks or of artists.
    pub level: Level,
    /// What is measured.
    pub metric: Metric,
    /// What the values mean; null until somebody has set it.
    pub kind: Option<Kind>,
    /// What one is; null until somebody has set it.
    pub unit: Option<String>,
    /// Which of the provider's endpoints serves it.
    pub platform_type: PlatformType,
    /// Whether the identifiers of a track mirror one counter (S6 in docs/semantics.md).
    pub mirrors: bool,
    /// Whether reports cover it when no platform is named.
    pub enabled: bool,
}

/// A country that has charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CountryItem {
    /// What `country=` takes.
    pub code: Country,
    /// Its English name.
    pub name: String,
    /// How many charts.
    pub charts: u32,
}

impl PlatformItem {
    /// The metric that reports on tracks read.
    pub fn track_metric(&self) -> Option<&MetricItem> {
        self.metrics.iter().find(|metric| metric.level == Level::Track && metric.metric == Metric::Audience)
    }

    /// Whether a report can cover the platform: enabled at track level, of a kind that adds up.
    pub fn is_reportable(&self) -> bool {
        self.track_metric()
            .is_some_and(|metric| metric.enabled && metric.kind.is_some_and(|kind| kind.additive().is_some()))
    }
}
