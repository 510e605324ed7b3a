//! Days, months and ranges of days.

pub mod day;
pub mod month;
pub mod range;
