//! Lists of artists, platforms and countries for the API and the form.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::query::Country;
use crate::domain::{ArtistId, Kind, Level, Metric, PlatformType};

/// An artist in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistItem {
    /// The value for `artist=`.
    pub id: ArtistId,
    /// Its Soundcharts UUID, if known.
    pub uuid: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// Its country, if known.
    pub country: Option<String>,
    /// The data source: soundcharts, acrcloud or manual.
    pub source: String,
    /// Whether it can be aggregated (S20 in docs/semantics.md).
    pub selectable: bool,
    /// Why it cannot be selected, if so.
    pub reason: Option<String>,
    /// The number of its tracks.
    pub tracks: u32,
    /// Its picture.
    pub image_url: Option<String>,
}

/// A Soundcharts artist from a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ProviderArtist {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name; not unique.
    pub name: String,
    /// Its country, if known.
    pub country: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether it is in the database.
    pub is_here: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// The value of `cursor=` for the next page; null on the last page.
    pub next: Option<String>,
}

/// A platform of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformItem {
    /// The value for `platform=`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its metrics.
    pub metrics: Vec<MetricItem>,
}

/// One metric of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MetricItem {
    /// Track or artist level.
    pub level: Level,
    /// The metric.
    pub metric: Metric,
    /// How the values may be aggregated; null until an admin sets it.
    pub kind: Option<Kind>,
    /// The unit; null until an admin sets it.
    pub unit: Option<String>,
    /// The Soundcharts endpoint that serves it.
    pub platform_type: PlatformType,
    /// Whether a track's identifiers mirror the same counter (S6 in docs/semantics.md).
    pub mirrors: bool,
    /// Whether reports include it by default.
    pub enabled: bool,
}

/// A country that has charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CountryItem {
    /// The value for `country=`.
    pub code: Country,
    /// Its English name.
    pub name: String,
    /// The number of its charts.
    pub charts: u32,
}

impl PlatformItem {
    /// The metric used by track reports.
    pub fn track_metric(&self) -> Option<&MetricItem> {
        self.metrics.iter().find(|metric| metric.level == Level::Track && metric.metric == Metric::Audience)
    }

    /// Whether reports can include the platform: enabled at track level, with an additive kind.
    pub fn is_reportable(&self) -> bool {
        self.track_metric()
            .is_some_and(|metric| metric.enabled && metric.kind.is_some_and(|kind| kind.additive().is_some()))
    }
}
