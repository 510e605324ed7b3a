//! The ways in for everything that is not fetched by a sync: CSV files, the demo, artists of the provider.

pub mod catalogue;
pub mod import;
pub mod provider_artists;
