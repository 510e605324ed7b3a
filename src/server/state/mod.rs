//! Process-wide state: the context of handlers, caches, limits, metrics, daily cleanup.

pub mod context;
pub mod limits;
pub mod metrics;
pub mod picture_cache;
pub mod report_cache;
pub mod shared_watch;
pub mod upkeep;
