//! A new database and its first files.

use music_analytics::domain::Kind;
use music_analytics::server::ingest::import::ImportOutcome;
use music_analytics::server::store::tables::counts::{self, TableCounts};
use music_analytics::server::store::tables::meta::{self, DataKind};
use music_analytics::server::store::tables::platforms;

use super::database::{ANNA, BERT, DUET, MUTE, SOLO, Story, start};

pub async fn begins_empty(story: &Story<'_>) {
    let mut tx = story.db.read().await.unwrap();
    assert_eq!(meta::data_kind(&mut tx).await.unwrap(), None);
    assert_eq!(counts::all(&mut tx).await.unwrap(), TableCounts::default());
    let registry = platforms::registry(&mut tx).await.unwrap();
    let enabled: Vec<(&str, Option<Kind>, bool)> = registry
        .iter()
        .filter_map(|platform| {
            platform.track().filter(|m| m.enabled).map(|m| (platform.code.as_str(), m.kind, m.mirrors))
        })
        .collect();
    let counter = Some(Kind::Counter);
    let expected = [("spotify", counter, true), ("youtube", counter, false), ("shazam", counter, false)];
    assert_eq!(
        enabled,
        [&expected[..], &[("tiktok", counter, false), ("soundcloud", counter, false)]].concat()
    );
}

/// Spotify data of the duet: two identifiers that mirror one counter.
fn mirrored() -> String {
    let line = |id: &str, day: i32, value: i64| format!("{DUET},spotify,{id},{},{value}\n", start() + day);
    (0..40).flat_map(|day| ["m1", "m2"].map(|id| line(id, day, 10_000 + 100 * i64::from(day)))).collect()
}

pub async fn imports_files_in_any_order(story: &Story<'_>) {
    let solo: String = (0..40)
        .rev()
        .map(|day| format!("{},{SOLO},{},spotify,\"s,1\"\r\n", 1_000 + 10 * day, start() + day))
        .collect();
    let files = [
        story.file("o1.csv", &format!("value,track_uuid,date,platform,identifier\r\n{solo}")),
        story.file("o2.csv", &format!("track_uuid,platform,identifier,date,value\n{}", mirrored())),
        story.file("windows.csv", &format!("track_uuid,platform,from,to\n{SOLO},spotify,2026-08-20,2026-09-10\n{SOLO},spotify,2026-09-11,2026-09-30\n{MUTE},youtube,2026-09-01,2026-09-30\n")),
        story.file("charts.csv", &format!("chart_slug,platform,country_code,date,track_uuid,position\ntop-it,spotify,IT,2026-09-02,{DUET},7\ntop-it,spotify,IT,2026-09-03,{DUET},3\ntop-br,spotify,BR,2026-09-03,{SOLO},1\n")),
        story.file("artist_observations.csv", &format!("artist_uuid,platform,metric,date,value\n{ANNA},spotify,followers,2026-09-01,500\n{ANNA},spotify,followers,2026-09-30,600\n{ANNA},youtube,views,2026-09-01,9\n")),
        story.file("parts.csv", &format!("track_uuid,artist_uuid,role\n{SOLO},{ANNA},main\n{DUET},{ANNA},main\n{DUET},{BERT},featured\n{MUTE},{BERT},\n")),
        story.file("tracks.csv", &format!("uuid,name,release_date\n{SOLO},Intro,2026-08-20\n{DUET},Intro,\n{},Silence,\n", MUTE.to_uppercase())),
        // A byte order mark, and an artist known only from a recognition service.
        story.file("artists.csv", &format!("\u{feff}uuid,name,source,external_id,country_code\n{ANNA},Ánna Łódź,,,PL\n{BERT},Bert,,,\n,Carla,acrcloud,c-17,\n")),
    ];
    let (ending, told) = story.import(&files, false).await;
    assert_eq!(ending, ImportOutcome::Done, "{told:?}");
    let kinds: Vec<String> = told.iter().map(|report| report.kind.unwrap().to_string()).collect();
    let order = [
        "artists",
        "tracks",
        "track artists",
        "observations",
        "observations",
        "artist observations",
        "fetched windows",
        "chart entries",
    ];
    assert_eq!(kinds, order);
    assert!(told.iter().all(|report| report.kept && report.counts.added == report.lines), "{told:?}");
    let expected = TableCounts {
        artists: 3,
        tracks: 3,
        identifiers: 3,
        observations: 120,
        revisions: 0,
        artist_observations: 3,
        charts: 2,
        chart_entries: 3,
    };
    assert_eq!(story.counts().await, expected);
    let mut tx = story.db.read().await.unwrap();
    assert_eq!(meta::data_kind(&mut tx).await.unwrap(), Some(DataKind::Real));
}
