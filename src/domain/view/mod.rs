//! View models: what the pages show and how they are addressed, as plain functions. Components only render
//! the results.

pub mod address;
pub mod artist;
pub mod artist_list;
pub mod cards;
pub mod chart;
pub mod encoding;
pub mod figures;
pub mod form;
pub mod growth;
pub mod json;
pub mod page;
pub mod pasted;
pub mod picker;
pub mod platform_list;
pub mod sent;
pub mod state;
pub mod sync_list;
pub mod syncing;
pub mod table;
pub mod tables;
pub mod told;
pub mod track;
pub mod tracks;
pub mod words;

pub use address::Address;
pub use artist::ArtistView;
pub use artist_list::{ArtistList, ArtistsAddress};
pub use page::Page;
pub use platform_list::PlatformList;
pub use sent::Sent;
pub use state::View;
pub use sync_list::SyncList;
pub use track::TrackView;
