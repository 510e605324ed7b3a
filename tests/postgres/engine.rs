//! These tests are about one engine.

use std::path::Path;

use super::cluster;

/// The URL of a new database.
pub async fn new_database(_: &Path) -> String {
    cluster::new_database().await
}
