//! The calculation engine: turns observations into a report as docs/semantics.md defines. Pure code without
//! database, clock or network; it compiles for the server and the browser.

#![warn(missing_docs)]

pub mod accounts;
pub mod amounts;
pub mod catalogue;
pub mod query;
pub mod registry;
pub mod report;
pub mod series;
pub mod sync;
pub mod text;
pub mod time;

pub use amounts::figure::{Amount, Figure, State};
pub use query::Query;
pub use query::problem::Problem;
pub use registry::artist_id::ArtistId;
pub use registry::platform::{Additive, Kind, Level, Metric, PlatformType, Role};
pub use text::string_enum::UnknownValue;
pub use time::day::Day;
pub use time::month::Month;
pub use time::range::Range;
