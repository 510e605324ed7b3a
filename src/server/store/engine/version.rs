//! Compatibility of a database and this program: a database records every migration applied to it.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};

use crate::server::error::Error;
use crate::server::store::Conn;

/// The table in which sqlx records applied migrations.
pub(in crate::server::store) const TABLE: &str = "_sqlx_migrations";

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Applies the missing migrations.
///
/// # Errors
/// The database was made by a newer version or another build; it is not changed.
pub(in crate::server::store) async fn migrate(database: &str, conn: &mut Conn) -> Result<(), Error> {
    MIGRATIONS.run(conn).await.map_err(|error| match error {
        MigrateError::VersionMissing(migration) => newer(database, migration),
        MigrateError::VersionMismatch(migration) => other_build(database, migration),
        other => other.into(),
    })
}

/// Whether exactly this version's migrations made the database.
pub(in crate::server::store) async fn is_current(conn: &mut Conn) -> Result<bool, Error> {
    let sql = "select version, checksum from _sqlx_migrations where success order by version";
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as(sql).fetch_all(conn).await?;
    Ok(applied
        .iter()
        .map(|(version, checksum)| (*version, checksum.as_slice()))
        .eq(MIGRATIONS.iter().map(|migration| (migration.version, &*migration.checksum))))
}

/// Checks a file without changing it; it may be of an older version.
///
/// # Errors
/// The file was made by a newer version, another build or another program.
pub(in crate::server::store) async fn check(file: &Path, conn: &mut Conn) -> Result<(), Error> {
    let known: i64 = sqlx::query_scalar("select count(*) from sqlite_master where name = '_sqlx_migrations'")
        .fetch_one(&mut *conn)
        .await?;
    let mut applied: Vec<(i64, Vec<u8>)> = Vec::new();
    if known > 0 {
        let sql = "select version, checksum from _sqlx_migrations order by version";
        applied = sqlx::query_as(sql).fetch_all(conn).await?;
    }
    if applied.is_empty() {
        return Err(Error::Unusable(format!("{} is not a database of music-analytics", file.display())));
    }
    for (version, checksum) in applied {
        match MIGRATIONS.iter().find(|migration| migration.version == version) {
            None => return Err(newer(&file.display().to_string(), version)),
            Some(migration) if *migration.checksum != *checksum => {
                return Err(other_build(&file.display().to_string(), version));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn newer(database: &str, migration: i64) -> Error {
    let last = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    Error::Unusable(format!(
        "a newer version of music-analytics made {database} (it has migration {migration}; {} knows those up to {last}): \
         install that version or a newer one, or restore a backup from before",
        env!("CARGO_PKG_VERSION"),
    ))
}

fn other_build(database: &str, migration: i64) -> Error {
    Error::Unusable(format!(
        "another build of music-analytics made {database} (its migration {migration} is not the one of {}): install the \
         build that made it, or restore a backup that this one made",
        env!("CARGO_PKG_VERSION"),
    ))
}
