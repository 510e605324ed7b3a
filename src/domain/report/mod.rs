//! Builds a report from the stored evidence about the selected artists' tracks: S12 to S23 of
//! docs/semantics.md. The JSON API, the pages, the command line and the exports all use this one object.

mod artist_level;
pub mod audit;
mod build;
mod cell;
mod digests;
mod evidence;
mod gaps;
mod growth;
mod rows;
mod warnings;

pub use build::{Aggregation, ReportSums, report};
pub use evidence::{
    ArtistSeries, CountryCharts, Evidence, EvidenceByPlatform, SelectedArtist, SharedIdentifier,
    SkippedArtist, TrackArtist, TrackEvidence, TrackFacts, TrackPlatformEvidence,
};
pub use gaps::{Availability, Gap, availability};
pub use growth::Change;
pub use rows::*;
