//! Whole catalogues: read from files or a database, and written to an empty one.

pub mod files;
pub mod fill;
mod stored;
