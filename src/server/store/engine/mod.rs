//! What is particular to each engine.

pub mod postgres;
pub(crate) mod sqlite;
pub(crate) mod version;

/// A column of a table.
#[derive(Debug)]
pub(in crate::server::store) struct Column {
    pub(in crate::server::store) table: String,
    pub(in crate::server::store) name: String,
}

/// A table whose rows name rows of another one.
#[derive(Debug)]
pub(in crate::server::store) struct Reference {
    pub(in crate::server::store) table: String,
    pub(in crate::server::store) to: String,
}
