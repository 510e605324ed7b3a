//! Data that does not come from a sync: CSV files, the demo, and artists added from the provider.

pub mod catalogue;
pub mod import;
pub mod provider_artists;
