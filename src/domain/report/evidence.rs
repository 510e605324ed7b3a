//! What a report is made of, as the store has it.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use uuid::Uuid;

use super::rows::ChartAppearance;
use crate::domain::pair::PairDigest;
use crate::domain::platform::TrackPlatform;
use crate::domain::series::{Observation, PackedPair, PackedSeries, Runs};
use crate::domain::sync::FailureCause;
use crate::domain::{ArtistId, Day, Kind, Metric, Role};

/// The stored evidence about the selected artists.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The artists that can be aggregated, each once.
    pub artists: Vec<SelectedArtist>,
    /// Those that cannot, for want of a UUID (S20).
    pub skipped: Vec<SkippedArtist>,
    /// The platforms asked for, in registry order.
    pub platforms: Vec<TrackPlatform>,
    /// All distinct tracks of the artists; those that the role or the country leaves out may be among
    /// them.
    pub tracks: Vec<TrackEvidence>,
    /// Charts of the country asked for, where one is.
    pub charts: Option<Charts>,
    /// Observations of the artists as a whole (S19), for each artist in registry order.
    pub artist_level: Vec<ArtistSeries>,
    /// Identifiers that several of the tracks carry (S24).
    pub shared_identifiers: Vec<SharedIdentifier>,
    /// Series that could not be fetched, by the track's UUID and the platform's number.
    pub failed: HashMap<(Uuid, i64), FailureCause>,
    /// Artists whose songs were never listed and of whom no track is known.
    pub unlisted: Vec<Uuid>,
}

/// An identifier that several tracks carry on a platform: the same recording may be counted twice (S24).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedIdentifier {
    /// The platform's code.
    pub platform: String,
    /// The platform's own id.
    pub identifier: String,
    /// The tracks, at least two.
    pub tracks: Vec<Uuid>,
}

/// What was observed of an artist as a whole on a platform.
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
    /// What the values mean.
    pub kind: Kind,
    /// What one is.
    pub unit: String,
    /// In order of days, one a day.
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

/// An artist that was asked for but cannot be aggregated.
///
/// NOTE: artists from ACRCloud analysis may not have Soundcharts UUIDs. They cannot be used for
/// audience aggregation until their UUID is found by linking them to the provider's artist (S20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedArtist {
    /// `local-N`.
    pub id: ArtistId,
    /// Its name.
    pub name: String,
}

/// A track with all that is stored about it. What it is and what was observed are shared with whoever keeps them.
#[derive(Debug, Clone)]
pub struct TrackEvidence {
    /// What it is.
    pub facts: Arc<TrackFacts>,
    /// What was observed of it.
    pub pairs: Pairs,
    /// Appearances in charts of the country within the range; unused without a country filter.
    pub charts: Vec<ChartAppearance>,
}

/// What is stored about a track, by the number of the platform ([`TrackPlatform::number`]).
pub type Pairs = Arc<[(i64, PairEvidence)]>;

impl TrackEvidence {
    /// What is stored about the track on a platform; nothing, where nobody ever asked for it.
    pub(super) fn on(&self, platform: &TrackPlatform) -> &PairEvidence {
        let pair = self.pairs.iter().find(|(number, _)| *number == platform.number);
        pair.map_or(&NOTHING, |(_, pair)| pair)
    }

    /// As [`PackedPair::touch`], of all that is known about it.
    pub(super) fn touch(&self, from: Day) -> u8 {
        let pairs = self.pairs.iter().filter_map(|(_, pair)| pair.worked_out.as_ref());
        pairs.map(|(_, pair)| pair.touch(from)).fold(self.facts.artists.len() as u8, std::ops::BitXor::bitxor)
    }
}

impl Deref for TrackEvidence {
    type Target = TrackFacts;

    fn deref(&self) -> &TrackFacts {
        &self.facts
    }
}

/// What a track is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackFacts {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The artists as credited; without one, the artists' names are used.
    pub credit: Option<String>,
    /// Its release date, if known.
    pub release: Option<Day>,
    /// Its picture.
    pub image_url: Option<String>,
    /// All its artists.
    pub artists: Vec<TrackArtist>,
}

/// An artist's part in a track.
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
pub struct PairEvidence {
    /// The worked-out observations with their digest; `None` where there is no observation at all.
    pub worked_out: Option<(PairDigest, PackedPair)>,
    /// Windows of days (first, last) that the provider was asked for, in any order.
    pub windows: Vec<(Day, Day)>,
}

impl PairEvidence {
    /// Its series.
    pub(super) fn series(&self) -> &[PackedSeries] {
        self.worked_out.as_ref().map_or(&[], |(_, pair)| &pair.series)
    }

    /// Runs of days with an observation, whether in a range or not, in order.
    pub(super) fn observed(&self) -> Option<&Runs> {
        self.worked_out.as_ref().map(|(_, pair)| &pair.observed)
    }

    /// The last day with an observation.
    pub(super) fn observed_until(&self) -> Option<Day> {
        self.observed().and_then(Runs::last)
    }
}

static NOTHING: PairEvidence = PairEvidence { worked_out: None, windows: Vec::new() };

/// The charts of a country within the range.
#[derive(Debug, Clone, Default)]
pub struct Charts {
    /// Days on which at least one chart of the country was fetched, in order.
    pub days_fetched: Vec<Day>,
}
