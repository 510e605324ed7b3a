//! The report's screen: its address, its form, what it shows besides the report, and what is said about fetching.

pub mod address;
pub mod form;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod page;
pub mod pasted_list;
pub mod picker;
pub mod state;
pub mod syncing;
