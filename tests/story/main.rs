//! One story of a database, from empty to full, told to every engine.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod changes;
#[cfg(test)]
mod database;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod filling;
#[cfg(test)]
mod others;
#[cfg(test)]
mod questions;

use std::path::Path;

use database::Story;
use music_analytics::server::db::Db;

#[tokio::test]
async fn sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("story.db").display());
    story(&url, directory.path()).await.unwrap();
}

/// The same for every engine: a new one is a test that calls this with its URL.
async fn story(url: &str, directory: &Path) -> Result<(), music_analytics::server::error::Error> {
    let story = Story { db: Db::open(url).await?, directory };
    filling::begins_empty(&story).await;
    filling::imports_files_in_any_order(&story).await;
    questions::answers_what_a_report_asks(&story).await;
    questions::finds_artists(&story).await;
    changes::imports_again_without_a_change(&story).await;
    changes::keeps_what_is_replaced(&story).await;
    changes::rebuilds_the_same_bytes(&story).await;
    changes::follows_the_registry(&story).await;
    faults::refuses_bad_lines(&story).await;
    faults::refuses_bad_files(&story).await;
    others::reads_one_state_while_others_write(&story, url).await;
    story.db.close().await;
    let again = Story { db: Db::open(url).await?, directory };
    assert_eq!(again.counts().await.tracks, 3, "a database is opened again as it was left");
    Ok(())
}
