//! What everything else is about: the platforms with what they measure, and ids of artists.

pub mod artist_id;
pub mod platform;
