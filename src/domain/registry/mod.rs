//! The platform registry and artist ids.

pub mod artist_id;
pub mod platform;
