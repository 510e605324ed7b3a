//! What differs between the engines.

pub mod postgres;
pub(crate) mod sqlite;
pub(crate) mod version;

#[derive(Debug)]
pub(in crate::server::store) struct Column {
    pub(in crate::server::store) table: String,
    pub(in crate::server::store) name: String,
}

/// A foreign key between two tables.
#[derive(Debug)]
pub(in crate::server::store) struct Reference {
    pub(in crate::server::store) table: String,
    pub(in crate::server::store) to: String,
}
