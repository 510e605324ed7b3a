//! View models: what the pages show and how they are addressed, as plain functions. Components only render
//! the results.

pub mod analytics;
pub mod artist;
pub mod artists;
pub mod figures;
pub mod files;
pub mod forms;
pub mod platforms;
pub mod report;
pub mod syncs;
pub mod track;

pub use analytics::address::Address;
pub use analytics::page::AnalyticsView;
pub use analytics::state::ViewState;
pub use artist::ArtistView;
pub use artists::{ArtistList, ArtistsAddress};
pub use platforms::PlatformList;
pub use syncs::SyncList;
pub use track::TrackView;
