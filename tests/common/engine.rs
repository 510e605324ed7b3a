//! Databases for tests: SQLite, or PostgreSQL with `TEST_DATABASE=postgres`.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::path::Path;

use super::cluster;

/// Whether the tests run against PostgreSQL.
pub fn is_postgres() -> bool {
    match std::env::var("TEST_DATABASE").as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("TEST_DATABASE={other}: expected sqlite or postgres"),
    }
}

/// The same database with index scans and sorts disabled, to reveal queries that rely on an accidental row
/// order.
pub fn without_order(url: &str) -> String {
    let off =
        ["indexscan", "indexonlyscan", "bitmapscan", "sort"].map(|way| format!("-c%20enable_{way}%3Doff"));
    if is_postgres() { format!("{url}&options={}", off.join("%20")) } else { url.to_owned() }
}

/// The URL of a new database; one of SQLite is a file in that directory.
pub async fn new_database(directory: &Path) -> String {
    if is_postgres() {
        cluster::new_database().await
    } else {
        format!("sqlite://{}", directory.join("test.db").display())
    }
}
