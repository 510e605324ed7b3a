//! An in-memory catalogue: artists, tracks and their observations. The demo is generated as one before it is
//! written to a database, and the simulator serves one. Its fields are the columns of the import files.

pub mod file_kind;

use uuid::Uuid;

use crate::domain::series::Observation;
use crate::domain::text::string_enum::string_enum;
use crate::domain::{Day, Metric, Role};

/// All importable data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// Unique by [`Artist::key`].
    pub artists: Vec<Artist>,
    /// Unique by UUID.
    pub tracks: Vec<Track>,
    /// Unique by track and artist.
    pub track_artists: Vec<TrackArtist>,
    /// Sorted by track; unique by (track, platform, identifier).
    pub observations: Vec<TrackObservations>,
    /// Sorted by artist; unique by (artist, platform, metric).
    pub artist_observations: Vec<ArtistObservations>,
    /// Windows fetched from the provider (S17 of docs/semantics.md).
    pub fetched_windows: Vec<FetchedWindow>,
    /// Unique by slug.
    pub charts: Vec<Chart>,
    /// Positions and tracks are unique within a ranking.
    pub chart_entries: Vec<ChartEntry>,
}

string_enum!(
    /// Where an artist became known.
    Source, "source", {
        /// The provider of the audience data: the artist has a UUID.
        Soundcharts = "soundcharts",
        /// Music recognition: often a name only (S20).
        Acrcloud = "acrcloud",
        /// Entered by hand.
        Manual = "manual",
    }
);

string_enum!(
    /// How often a chart is made.
    Frequency, "frequency", {
        /// Every day.
        Daily = "daily",
        /// Once a week.
        Weekly = "weekly",
    }
);

/// An artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artist {
    /// The provider's key; without it the artist is listed but cannot be aggregated (S20).
    pub uuid: Option<Uuid>,
    /// The stage name.
    pub name: String,
    /// The provider's URL name.
    pub slug: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
    /// Path of a picture on this server.
    pub image_url: Option<String>,
    /// Origin of the artist.
    pub source: Source,
    /// The key at the source, unless that is the UUID.
    pub external_id: Option<String>,
}

/// The unique key of an artist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArtistKey {
    /// The provider's key.
    Uuid(Uuid),
    /// Without a UUID: the source and its key, or else the name.
    Local(Source, String),
}

impl Artist {
    /// The unique key.
    pub fn key(&self) -> ArtistKey {
        match (self.uuid, &self.external_id) {
            (Some(uuid), _) => ArtistKey::Uuid(uuid),
            (None, Some(id)) => ArtistKey::Local(self.source, id.clone()),
            (None, None) => ArtistKey::Local(self.source, self.name.clone()),
        }
    }
}

/// One recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// The provider's key; tracks are never merged by name.
    pub uuid: Uuid,
    /// The title.
    pub name: String,
    /// The artist credit as displayed.
    pub credit_name: Option<String>,
    /// One of its ISRCs.
    pub isrc: Option<String>,
    /// The release date, if known (S9b).
    pub release_date: Option<Day>,
    /// Path of a picture on this server.
    pub image_url: Option<String>,
}

/// An artist's role on a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackArtist {
    /// The track.
    pub track_uuid: Uuid,
    /// The artist; in an import file always one with a UUID.
    pub artist: ArtistKey,
    /// Main or featured.
    pub role: Role,
}

/// The observations of one identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackObservations {
    /// The track.
    pub track_uuid: Uuid,
    /// The platform's code at the provider.
    pub platform: String,
    /// The platform's own track id; may be empty.
    pub identifier: String,
    /// Sorted by day, one per day.
    pub observations: Vec<Observation>,
}

/// Artist-level observations (S19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistObservations {
    /// The artist.
    pub artist_uuid: Uuid,
    /// The platform's code at the provider.
    pub platform: String,
    /// The metric.
    pub metric: Metric,
    /// Sorted by day, one per day.
    pub observations: Vec<Observation>,
}

/// A fetched range of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedWindow {
    /// The track.
    pub track_uuid: Uuid,
    /// The platform's code at the provider.
    pub platform: String,
    /// The first fetched day.
    pub from: Day,
    /// The last fetched day.
    pub to: Day,
}

/// A song chart of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The provider's key.
    pub slug: String,
    /// The display name.
    pub name: String,
    /// The platform's code at the provider.
    pub platform: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
    /// The publication frequency.
    pub frequency: Frequency,
    /// The number of positions.
    pub positions: u32,
}

/// A track's position in a ranking (S18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartEntry {
    /// The chart, which determines platform and country.
    pub chart_slug: String,
    /// The ranking's day.
    pub date: Day,
    /// The track.
    pub track_uuid: Uuid,
    /// The position, 1-based.
    pub position: u32,
}
