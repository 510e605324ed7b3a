//! The input of a report, as loaded from the store.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use uuid::Uuid;

use super::rows::ChartAppearance;
use crate::domain::registry::platform::ReportPlatform;
use crate::domain::series::track_platform::EvidenceDigest;
use crate::domain::series::{DayRuns, Observation, PackedSeries, PackedTrackPlatform};
use crate::domain::sync::FailureCause;
use crate::domain::{ArtistId, Day, Kind, Metric, Role};

/// The stored evidence about the selected artists.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The selected artists that can be aggregated, unique.
    pub artists: Vec<SelectedArtist>,
    /// Selected artists that cannot be aggregated because they have no UUID (S20).
    pub skipped: Vec<SkippedArtist>,
    /// The selected platforms, in registry order.
    pub platforms: Vec<ReportPlatform>,
    /// All distinct tracks of the artists, not yet filtered by role or country.
    pub tracks: Vec<TrackEvidence>,
    /// Charts of the selected country, if any.
    pub charts: Option<CountryCharts>,
    /// Artist-level observations (S19), by artist, in registry order.
    pub artist_level: Vec<ArtistSeries>,
    /// Identifiers shared by several tracks (S24).
    pub shared_identifiers: Vec<SharedIdentifier>,
    /// Series that could not be fetched, by track UUID and platform number.
    pub failed: HashMap<(Uuid, i64), FailureCause>,
    /// Artists without known tracks whose songs have never been listed.
    pub unlisted: Vec<Uuid>,
}

/// An identifier shared by several tracks on a platform: the same recording may be counted twice (S24).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedIdentifier {
    /// The platform's code.
    pub platform: String,
    /// The platform's own id.
    pub identifier: String,
    /// The tracks, at least two.
    pub tracks: Vec<Uuid>,
}

/// Artist-level observations on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistSeries {
    /// The artist.
    pub artist: Uuid,
    /// The platform's code.
    pub platform: String,
    /// The platform's name.
    pub platform_name: String,
    /// Followers, listeners or views.
    pub metric: Metric,
    /// How the values may be aggregated.
    pub kind: Kind,
    /// The unit, such as "followers".
    pub unit: String,
    /// Sorted by day, one per day.
    pub observations: Vec<Observation>,
}

/// An artist that the report covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedArtist {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
}

/// A selected artist that cannot be aggregated.
///
/// NOTE: artists from ACRCloud analysis may not have Soundcharts UUIDs. They cannot be used for audience
/// aggregation until they are linked to a Soundcharts artist (S20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedArtist {
    /// `local-N`.
    pub id: ArtistId,
    /// Its name.
    pub name: String,
}

/// A track with everything stored about it. Facts and observations are shared with the read model's cache.
#[derive(Debug, Clone)]
pub struct TrackEvidence {
    /// Name, artists, release date.
    pub facts: Arc<TrackFacts>,
    /// Its series, by platform.
    pub pairs: EvidenceByPlatform,
    /// Appearances in charts of the country within the range; unused without a country filter.
    pub charts: Vec<ChartAppearance>,
}

/// Evidence about a track by platform number ([`ReportPlatform::number`]).
pub type EvidenceByPlatform = Arc<[(i64, TrackPlatformEvidence)]>;

impl TrackEvidence {
    /// The track's evidence on a platform; empty if never fetched.
    pub(super) fn on_platform(&self, platform: &ReportPlatform) -> &TrackPlatformEvidence {
        let pair = self.pairs.iter().find(|(number, _)| *number == platform.number);
        pair.map_or(&NEVER_FETCHED, |(_, pair)| pair)
    }

    /// [`PackedTrackPlatform::prefetch`] for all platforms.
    pub(super) fn touch(&self, from: Day) -> u8 {
        let pairs = self.pairs.iter().filter_map(|(_, pair)| pair.derived.as_ref());
        pairs
            .map(|(_, pair)| pair.prefetch(from))
            .fold(self.facts.artists.len() as u8, std::ops::BitXor::bitxor)
    }
}

impl Deref for TrackEvidence {
    type Target = TrackFacts;

    fn deref(&self) -> &TrackFacts {
        &self.facts
    }
}

/// Master data of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackFacts {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The credited artists as text; `None` means the artists' names are used.
    pub credit: Option<String>,
    /// Its release date, if known.
    pub release: Option<Day>,
    /// Its picture.
    pub image_url: Option<String>,
    /// All its artists.
    pub artists: Vec<TrackArtist>,
}

/// An artist of a track, with the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackArtist {
    /// The artist.
    pub id: ArtistId,
    /// Its name.
    pub name: String,
    /// Main or featured.
    pub role: Role,
}

/// What is stored about a track on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackPlatformEvidence {
    /// The derived series and the digest of their observations; `None` without any observation.
    pub derived: Option<(EvidenceDigest, PackedTrackPlatform)>,
    /// Fetched windows of days (first, last), in any order.
    pub windows: Vec<(Day, Day)>,
}

impl TrackPlatformEvidence {
    /// Its series.
    pub(super) fn series(&self) -> &[PackedSeries] {
        self.derived.as_ref().map_or(&[], |(_, pair)| &pair.series)
    }

    /// Runs of days with an observation, not limited to a range.
    pub(super) fn observed(&self) -> Option<&DayRuns> {
        self.derived.as_ref().map(|(_, pair)| &pair.observed)
    }

    /// The last day with an observation.
    pub(super) fn observed_until(&self) -> Option<Day> {
        self.observed().and_then(DayRuns::last)
    }
}

static NEVER_FETCHED: TrackPlatformEvidence = TrackPlatformEvidence { derived: None, windows: Vec::new() };

/// The charts of a country within the range.
#[derive(Debug, Clone, Default)]
pub struct CountryCharts {
    /// Days on which at least one chart of the country was fetched, in order.
    pub days_fetched: Vec<Day>,
}
