//! What lives as long as the server: what every handler shares, caches, limits, metrics, daily upkeep.

pub mod context;
pub mod limits;
pub mod metrics;
pub mod picture_cache;
pub mod report_cache;
pub mod shared_watch;
pub mod upkeep;
