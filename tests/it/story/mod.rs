//! The life of a database from empty to full, run against every engine.

mod changes;
mod database;
mod faults;
mod filling;
mod formats;
mod memory;
mod others;
mod questions;
mod registry;
mod undo;

use crate::common::engine;

use database::Story;
use music_analytics::server::store::Db;

#[tokio::test]
async fn a_story() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let url = engine::new_database(directory).await;
    let story = Story { db: Db::open(&url).await.unwrap(), directory };
    let empty = story.data().await;
    filling::begins_empty(&story).await;
    filling::imports_files_in_any_order(&story).await;
    questions::answers_what_a_report_asks(&story).await;
    questions::finds_artists(&story).await;
    changes::imports_again_without_a_change(&story).await;
    changes::keeps_what_is_replaced(&story).await;
    changes::ends_a_link(&story).await;
    changes::rebuilds_the_same_bytes(&story).await;
    changes::follows_the_registry(&story).await;
    faults::refuses_bad_lines(&story).await;
    faults::refuses_bad_files(&story).await;
    formats::reads_what_programs_write(&story).await;
    formats::counts_lines_as_they_are(&story).await;
    formats::tries_without_a_change(&story).await;
    others::reads_one_state_while_others_write(&story, &url).await;
    memory::shows_at_once_what_others_write(&story, &url).await;
    memory::a_page_is_of_one_state(&story, &url).await;
    story.db.close().await;
    let again = Story { db: Db::open(&url).await.unwrap(), directory };
    assert_eq!(again.counts().await.tracks, 4, "a database is opened again as it was left");
    undo::all_that_was_ever_imported(&again, &empty).await;
}
