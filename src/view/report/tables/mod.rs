//! Functions that build the tables of a report.

mod artist_level;
mod artists;
mod charts;
mod days;
mod groups;
mod growth;
mod platforms;
#[cfg(test)]
pub(crate) mod tests;
mod tracks;

pub use artist_level::artist_level_table;
pub use artists::artist_table;
pub use charts::chart_table;
pub use days::day_table;
pub use groups::group_table;
pub use growth::growth_table;
pub use platforms::platform_table;
pub use tracks::track_table;
