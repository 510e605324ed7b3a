//! The report: from the evidence about the selected artists' tracks to every number on the page.
//! S12 to S23 of docs/semantics.md. The JSON API, the page, the command line and
//! the exports all read this one object.

mod artist_level;
mod build;
mod evidence;
mod gaps;
mod growth;
mod identity;
mod line;
mod rows;
mod warnings;

pub use build::{Aggregation, Sums, report};
pub use evidence::{
    ArtistSeries, Charts, Evidence, PairEvidence, Pairs, SelectedArtist, SharedIdentifier, SkippedArtist,
    TrackArtist, TrackEvidence, TrackFacts,
};
pub use gaps::{Availability, Gap, availability};
pub use growth::Change;
pub use rows::*;
