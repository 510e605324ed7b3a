//! The database URL. It may hold a password, so error messages quote only its scheme.

use super::values::{ConfigError, wrong};
use crate::server::base::secret::SecretString;
use crate::server::store::engine::postgres;

const EXPECTED: &str = "sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME";

/// The database's URL.
pub(super) fn url(value: &str) -> Result<SecretString, ConfigError> {
    let is_file = value.strip_prefix("sqlite://").is_some_and(|path| !path.is_empty());
    if is_file || is_postgres("DATABASE_URL", value) {
        return Ok(SecretString::new(value));
    }
    Err(wrong("DATABASE_URL", shown(value), EXPECTED))
}

/// The URL of a read replica; requires PostgreSQL.
pub(super) fn read_url(value: Option<&str>, database: &str) -> Result<Option<SecretString>, ConfigError> {
    const KEY: &str = "DATABASE_READ_URL";
    let Some(value) = value else { return Ok(None) };
    if !postgres::is_postgres(database) {
        let expected = "to be empty, because DATABASE_URL is not a PostgreSQL that could have replicas";
        return Err(wrong(KEY, shown(value), expected));
    }
    if !is_postgres(KEY, value) {
        return Err(wrong(KEY, shown(value), "postgres://USER:PASSWORD@HOST/NAME of a replica"));
    }
    Ok(Some(SecretString::new(value)))
}

fn is_postgres(key: &str, value: &str) -> bool {
    postgres::is_postgres(value) && postgres::address(key, value).is_ok()
}

/// The scheme of a URL.
fn shown(value: &str) -> String {
    value.split_once("://").map_or_else(|| value.to_owned(), |(scheme, _)| format!("{scheme}://(hidden)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_their_form() {
        for right in [
            "sqlite://a.db",
            "postgres://localhost/music",
            "postgresql://ada:x@db:5432/music?sslmode=require",
        ] {
            assert_eq!(url(right).unwrap().reveal(), right);
        }
        for (wrong, shown) in [
            ("mysql://ada:s3cret@x", "mysql://(hidden)"),
            ("a.db", "a.db"),
            ("postgres://a:s3cret@:::", "postgres://(hidden)"),
        ] {
            let message = url(wrong).unwrap_err().to_string();
            assert_eq!(message, format!("DATABASE_URL = \"{shown}\": expected {EXPECTED}"));
        }
    }

    #[test]
    fn a_replica_is_one_of_postgres() {
        let replica = "postgres://ada:s3cret@replica/music";
        assert!(read_url(None, "sqlite://a.db").unwrap().is_none());
        assert_eq!(read_url(Some(replica), "postgres://db/music").unwrap().unwrap().reveal(), replica);
        for (value, database) in [(replica, "sqlite://a.db"), ("sqlite://b.db", "postgres://db/music")] {
            let message = read_url(Some(value), database).unwrap_err().to_string();
            assert!(message.contains("DATABASE_READ_URL") && !message.contains("s3cret"), "{message}");
        }
    }
}
