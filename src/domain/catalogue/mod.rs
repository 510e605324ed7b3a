//! An in-memory catalogue: artists, tracks and their observations. The demo is generated as one before it is
//! written to a database, and the simulator serves one. Its fields are the columns of the import files.

pub mod file_kind;

use uuid::Uuid;

use crate::domain::series::Observation;
use crate::domain::text::string_enum::string_enum;
use crate::domain::{Day, Metric, Role};

/// Everything there is to import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// No two of one [`Artist::key`].
    pub artists: Vec<Artist>,
    /// No two of one UUID.
    pub tracks: Vec<Track>,
    /// Each artist of a track once.
    pub track_artists: Vec<TrackArtist>,
    /// In order of tracks; each (track, platform, identifier) once.
    pub observations: Vec<TrackObservations>,
    /// In order of artists; each (artist, platform, metric) once.
    pub artist_observations: Vec<ArtistObservations>,
    /// What the provider was asked for (S17 of docs/semantics.md).
    pub fetched_windows: Vec<FetchedWindow>,
    /// No two of one slug.
    pub charts: Vec<Chart>,
    /// Each position and each track of a ranking at most once.
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
    /// The provider's key; without it the artist is listed and cannot be aggregated (S20).
    pub uuid: Option<Uuid>,
    /// The stage name.
    pub name: String,
    /// The provider's spelling for addresses.
    pub slug: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
    /// A picture, as a path of the product's own.
    pub image_url: Option<String>,
    /// Where the artist became known.
    pub source: Source,
    /// The key at the source where that is not the UUID.
    pub external_id: Option<String>,
}

/// What tells an artist from every other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArtistKey {
    /// The provider's key.
    Uuid(Uuid),
    /// Without a UUID: the source and its key, else the name.
    Local(Source, String),
}

impl Artist {
    /// What tells the artist from every other.
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
    /// The artists as the track is credited to them.
    pub credit_name: Option<String>,
    /// One of its ISRCs.
    pub isrc: Option<String>,
    /// The day of the release, where known (S9b).
    pub release_date: Option<Day>,
    /// A picture, as a path of the product's own.
    pub image_url: Option<String>,
}

/// An artist's part in a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackArtist {
    /// The track.
    pub track_uuid: Uuid,
    /// The artist; in the import file always one with a UUID.
    pub artist: ArtistKey,
    /// Main or featured.
    pub role: Role,
}

/// The observations of one identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackObservations {
    /// The track.
    pub track_uuid: Uuid,
    /// The provider's code of the platform.
    pub platform: String,
    /// The platform's own id of the track; may be empty.
    pub identifier: String,
    /// In order of days, one a day.
    pub observations: Vec<Observation>,
}

/// The observations of an artist as a whole (S19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistObservations {
    /// The artist.
    pub artist_uuid: Uuid,
    /// The provider's code of the platform.
    pub platform: String,
    /// What is measured.
    pub metric: Metric,
    /// In order of days, one a day.
    pub observations: Vec<Observation>,
}

/// Days that the provider was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedWindow {
    /// The track.
    pub track_uuid: Uuid,
    /// The provider's code of the platform.
    pub platform: String,
    /// The first day asked for.
    pub from: Day,
    /// The last day asked for.
    pub to: Day,
}

/// A ranking of songs in a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The provider's key.
    pub slug: String,
    /// For people.
    pub name: String,
    /// The provider's code of the platform.
    pub platform: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
    /// How often it is made.
    pub frequency: Frequency,
    /// How many positions it has.
    pub positions: u32,
}

/// A track's place in a ranking of one day (S18).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartEntry {
    /// The chart, and so its platform and country.
    pub chart_slug: String,
    /// The ranking's day.
    pub date: Day,
    /// The track.
    pub track_uuid: Uuid,
    /// The place, from 1.
    pub position: u32,
}
