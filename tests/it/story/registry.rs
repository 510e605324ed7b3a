//! Changing a platform's kind rebuilds all its series, independent of the engine's row order.

use std::fmt::Write as _;

use music_analytics::server::ingest::import::ImportOutcome;
use music_analytics::server::store::Db;
use music_analytics::server::store::observations::rebuild;
use tempfile::tempdir;

use super::database::Story;
use crate::common::engine;

const TRACKS: usize = 1_200;

#[tokio::test]
async fn a_changed_platform_changes_its_series_and_no_other() {
    let directory = tempdir().unwrap();
    let url = engine::without_order(&engine::new_database(directory.path()).await);
    let story = Story { db: Db::open(&url).await.unwrap(), directory: directory.path() };
    let uuid = |n: usize| format!("70000000-0000-4000-8000-{n:012}");
    let (mut tracks, mut observations) =
        ("uuid,name\n".to_owned(), "track_uuid,platform,identifier,date,value\n".to_owned());
    for n in 0..TRACKS {
        writeln!(tracks, "{},Track {n}", uuid(n)).unwrap();
        for platform in ["spotify", "youtube", "shazam"] {
            for day in 1..=3 {
                writeln!(observations, "{},{platform},x,2026-09-0{day},{}", uuid(n), n * day).unwrap();
            }
        }
    }
    for (name, text) in [("tracks.csv", &tracks), ("observations.csv", &observations)] {
        let (ending, _) = story.import_text(name, text, false).await;
        assert_eq!(ending, ImportOutcome::Done);
    }
    let before = story.read_model().await;
    assert_eq!(before.len(), TRACKS);
    let header = "code,name,level,kind,unit,mirrors";
    for (kind, mirrors) in [("flow", true), ("counter", false), ("counter", true)] {
        let registry = format!("{header}\nspotify,Spotify,track,{kind},streams,{mirrors}\n");
        story.import_text("platforms.csv", &registry, false).await;
        let rebuilt = rebuild::all(&story.db, |_, _| {}).await.unwrap();
        assert_eq!((rebuilt.tracks, rebuilt.changed), (TRACKS as u64, 0), "{kind} {mirrors}");
    }
    assert_eq!(story.read_model().await, before, "as it was read before");
}
