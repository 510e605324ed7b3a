//! The calculation engine: turns observations into a report as docs/semantics.md defines. Pure code without
//! database, clock or network; it compiles for the server and the browser.

#![warn(missing_docs)]

pub mod audit;
pub mod day;
pub mod figure;
pub mod format;
#[cfg(any(test, fuzzing))]
pub mod hostile;
pub mod id;
pub mod listing;
pub mod month;
pub mod pair;
pub mod platform;
pub mod problem;
pub mod query;
pub mod range;
pub mod report;
#[cfg(feature = "ssr")]
pub mod schema;
pub mod series;
pub mod sync;
pub mod varint;
pub mod view;
pub mod window;
pub mod words;

pub use day::Day;
pub use figure::{Amount, Figure, State};
pub use id::ArtistId;
pub use month::Month;
pub use platform::{Additive, Kind, Level, Metric, PlatformType, Role};
pub use problem::Problem;
pub use query::Query;
pub use range::Range;
pub use words::WordError;
