//! Concurrent access to the same database.

use music_analytics::server::error::Error;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use music_analytics::server::store::Db;
use music_analytics::server::store::tables::counts;
use music_analytics::server::store::tables::meta::{self, DataKind};

use super::database::{MUTE, Story};

pub async fn reads_one_state_while_others_write(story: &Story<'_>, url: &str) {
    let mut before = story.db.read().await.unwrap();
    let count = counts::all(&mut before).await.unwrap();
    let text = format!("track_uuid,platform,identifier,date,value\n{MUTE},youtube,,2026-10-01,5\n");
    assert_eq!(story.import_text("late.csv", &text, false).await.0, ImportOutcome::Done);
    assert_eq!(counts::all(&mut before).await.unwrap(), count, "a reader sees one state");
    assert_eq!(story.counts().await.observations, count.observations + 1);
    drop(before);

    let watch = ImportProgress::hidden();
    watch.stop();
    let stopped =
        import::run(&story.db, &[story.directory.join("late.csv")], import::Mode::Keep, &watch, |_| {}).await;
    assert!(matches!(stopped, Err(Error::Stopped(_))));

    let other = Db::open(url).await.unwrap();
    let mut tx = story.db.write().await.unwrap();
    meta::claim_as(&mut tx, DataKind::Real).await.unwrap();
    let waiting = tokio::spawn(async move { other.write().await.map(drop) });
    tx.commit().await.unwrap();
    waiting.await.unwrap().expect("another process waits for its turn");
    let mut tx = story.db.write().await.unwrap();
    assert!(matches!(meta::claim_as(&mut tx, DataKind::Demo).await, Err(Error::Unusable(_))));
}
