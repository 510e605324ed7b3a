//! The report screen: its address, form and page data, and the texts about syncs.

pub mod address;
pub mod form;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod page;
pub mod pasted_list;
pub mod picker;
pub mod state;
pub mod syncing;
