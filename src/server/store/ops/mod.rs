//! Operations on whole databases: backup, restore, copy, check, distribution.

pub mod backup;
pub mod check;
pub mod checksum;
pub mod copy;
pub mod distribute;
mod replace;
pub mod restore;
pub(crate) mod staging;

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::engine::{Reference, postgres, sqlite};
use crate::server::store::sql::is_postgres;

pub(in crate::server::store) async fn references(conn: &mut Conn) -> Result<Vec<Reference>, Error> {
    if !is_postgres(conn) {
        return sqlite::references(conn).await;
    }
    Ok(postgres::foreign_keys(conn).await?.into_iter().map(|key| key.reference).collect())
}
