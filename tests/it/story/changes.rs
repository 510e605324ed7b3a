//! Repeated imports, changed values, changed registry.

use std::path::PathBuf;

use music_analytics::domain::series::track_platform::TrackPlatform;
use music_analytics::domain::series::{Observation, pack};
use music_analytics::server::ingest::import::ImportOutcome;
use music_analytics::server::store::observations::{rebuild, revisions};
use music_analytics::server::store::tables::{fetches, platforms};

use super::database::{ANNA, BERT, DUET, SOLO, Story, start};

pub async fn imports_again_without_a_change(story: &Story<'_>) {
    let (counts, model) = (story.counts().await, story.read_model().await);
    let fetched: i64 = last_fetch(story).await;
    let names = [
        "o1.csv",
        "o2.csv",
        "windows.csv",
        "charts.csv",
        "artist_observations.csv",
        "parts.csv",
        "tracks.csv",
        "artists2.csv",
    ];
    let files: Vec<PathBuf> = names.iter().map(|name| story.directory.join(name)).collect();
    let (ending, told) = story.import(&files, false).await;
    assert_eq!(ending, ImportOutcome::Done);
    assert!(told.iter().all(|report| report.counts.same == report.lines), "{told:?}");
    assert_eq!(story.counts().await, counts);
    assert_eq!(story.read_model().await, model);
    assert_eq!(last_fetch(story).await, fetched, "nothing new, no fetch");
}

async fn last_fetch(story: &Story<'_>) -> i64 {
    let mut tx = story.db.read().await.unwrap();
    sqlx::query_scalar("select max(id) from fetches").fetch_one(&mut *tx).await.unwrap()
}

pub async fn keeps_what_is_replaced(story: &Story<'_>) {
    let (before, _) = story.pair(SOLO, "spotify").await;
    let day = start() + 5;
    let text = format!(
        "track_uuid,platform,identifier,date,value\n{SOLO},spotify,\"s,1\",{day},1055\n{SOLO},spotify,\"s,1\",{},1060\n",
        start() + 6
    );
    let (ending, told) = story.import_text("changed.csv", &text, false).await;
    assert_eq!((ending, told.counts.changed, told.counts.same), (ImportOutcome::Done, 1, 1));
    let (after, _) = story.pair(SOLO, "spotify").await;
    let (before, after) = (before.unwrap(), after.unwrap());
    assert_ne!(before.0, after.0, "the digest changes with any value");
    assert_eq!(after.1.series[0].steps[4].size, 15);

    let track = story.track(SOLO).await;
    let mut tx = story.db.read().await.unwrap();
    let revisions = revisions::of_track(&mut tx, track).await.unwrap();
    assert_eq!(revisions.len(), 1);
    let replaced = revisions[0].replaced;
    assert_eq!(replaced.before.observation, Observation { day, value: 1_050 });
    let by = fetches::by_id(&mut tx, replaced.replaced_by).await.unwrap().unwrap();
    let first = fetches::by_id(&mut tx, replaced.before.fetch_id).await.unwrap().unwrap();
    assert_eq!((first.detail.as_str(), by.detail.as_str()), ("o1.csv", "changed.csv"));
    drop(tx);
    let text = format!("artist_uuid,platform,metric,date,value\n{ANNA},spotify,followers,2026-09-30,601\n");
    let (_, told) = story.import_text("followers.csv", &text, false).await;
    assert_eq!(told.counts.changed, 1);
    let mut tx = story.db.read().await.unwrap();
    let old: i64 =
        sqlx::query_scalar("select value from artist_revisions").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(old, 600);
}

/// S24: the role `none` ends an imported link and keeps its history.
pub async fn ends_a_link(story: &Story<'_>) {
    let header = "track_uuid,artist_uuid,role";
    let links = async || {
        let sql = "select (select count(*) from track_artists), (select count(*) from ended_links)";
        let counts: (i64, i64) =
            sqlx::query_as(sql).fetch_one(&mut *story.db.read().await.unwrap()).await.unwrap();
        counts
    };
    let before = links().await;
    let (ending, told) =
        story.import_text("none.csv", &format!("{header}\n{DUET},{BERT},None\n"), false).await;
    assert_eq!((ending, told.counts.changed), (ImportOutcome::Done, 1));
    assert_eq!(links().await, (before.0 - 1, before.1 + 1));
    let (_, told) = story.import_text("none.csv", &format!("{header}\n{DUET},{BERT},none\n"), false).await;
    assert_eq!(told.counts.same, 1, "there is nothing to end");
    let (_, told) =
        story.import_text("again.csv", &format!("{header}\n{DUET},{BERT},featured\n"), false).await;
    assert_eq!(told.counts.added, 1);
    assert_eq!(links().await, (before.0, before.1 + 1));
}

pub async fn rebuilds_the_same_bytes(story: &Story<'_>) {
    let model = story.read_model().await;
    let rebuilt = rebuild::all(&story.db, |_, _| {}).await.unwrap();
    assert_eq!((rebuilt.tracks, rebuilt.changed), (3, 0));
    assert_eq!(story.read_model().await, model);
    let mut tx = story.db.write().await.unwrap();
    let (solo, damaged) = (model[0].0, pack(&TrackPlatform::default()));
    sqlx::query("update series set packed = $1 where track_id = $2")
        .bind(damaged)
        .bind(solo)
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("delete from series where track_id <> $1").bind(solo).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut told = Vec::new();
    let rebuilt = rebuild::all(&story.db, |done, of| told.push((done, of))).await.unwrap();
    assert_eq!((rebuilt.changed, told), (3, vec![(3, 3)]));
    assert_eq!(story.read_model().await, model, "all of it comes from the observations");
}

pub async fn follows_the_registry(story: &Story<'_>) {
    let (mirrored, _) = story.pair(DUET, "spotify").await;
    let header = "code,name,level,kind,unit,mirrors";
    let (ending, told) = story
        .import_text("p.csv", &format!("{header}\nspotify,Spotify,track,flow,streams,true\n"), false)
        .await;
    assert_eq!((ending, told.counts.changed), (ImportOutcome::Done, 1));
    let (daily, _) = story.pair(DUET, "spotify").await;
    let (mirrored, daily) = (mirrored.unwrap(), daily.unwrap());
    assert_ne!(mirrored.0, daily.0);
    assert_eq!(
        (mirrored.1.series.len(), daily.1.series.len()),
        (1, 2),
        "amounts of days are not mirrored counters"
    );
    let rebuilt = rebuild::all(&story.db, |_, _| {}).await.unwrap();
    assert_eq!(rebuilt.changed, 0, "worked out again when the registry changed");
    story.import_text("p.csv", &format!("{header}\nspotify,Spotify,track,counter,streams,\n"), false).await;
    assert_eq!(story.pair(DUET, "spotify").await.0.unwrap(), mirrored, "what a line leaves open stays");
    let (_, told) = story
        .import_text(
            "new.csv",
            &format!("{header},metric\nvinyl,Vinyl,artist,stock,fans,,followers\n"),
            false,
        )
        .await;
    assert_eq!(told.counts.added, 1);
    let mut tx = story.db.read().await.unwrap();
    let registry = platforms::registry(&mut tx).await.unwrap();
    assert_eq!(
        registry.last().map(|platform| platform.code.as_str()),
        Some("vinyl"),
        "a new one stands at the end"
    );
    assert!(registry.iter().take(5).all(|platform| platform.reading().is_some()));
}
