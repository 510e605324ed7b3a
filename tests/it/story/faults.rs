//! Import files with errors.

use music_analytics::server::ingest::import::ImportOutcome;

use super::database::{ANNA, SOLO, Story};

pub async fn refuses_bad_lines(story: &Story<'_>) {
    let (counts, model) = (story.counts().await, story.read_model().await);
    let text = format!(
        "track_uuid,platform,identifier,date,value\n\
         {SOLO},spotify,n,2026-10-01,5\n\
         {SOLO},spotify,n,2026-10-32,5\n\
         {SOLO},spotify,n,2026-10-01,6\n\
         {SOLO},spotify,n,2026-10-01,5\n\
         {SOLO},gramophone,n,2026-10-01,5\n\
         {SOLO},deezer,n,2026-10-01,5\n\
         {SOLO},spotify,n,2026-10-02,+5\n\
         {SOLO},spotify,n,2026-10-02\n\
         {ANNA},spotify,n,2026-10-02,5\n"
    );
    let (ending, told) = story.import_text("bad.csv", &text, false).await;
    assert_eq!((ending, told.bad.count(), told.kept), (ImportOutcome::Failed, 7, false));
    let described = told.bad.describe("bad.csv");
    for expected in [
        "bad.csv:3: date: \"2026-10-32\" is not a date",
        "bad.csv:4: 2026-10-01 has the value 6 here and 5 in line 2",
        "bad.csv:6: there is no platform \"gramophone\": import a platforms file",
        "bad.csv:7: the registry does not say what deezer measures of tracks",
        "bad.csv:8: value: \"+5\" is not a whole number",
        "bad.csv:9: it has 4 columns, and the header line 5",
        "bad.csv:10: there is no track a0000000-0000-4000-8000-000000000001: import a tracks file",
    ] {
        assert!(described.contains(expected), "{expected} is not in {described}");
    }
    assert_eq!((story.counts().await, story.read_model().await), (counts, model));
    let (ending, told) = story.import_text("bad.csv", &text, true).await;
    assert_eq!((ending, told.bad.count(), told.counts.added), (ImportOutcome::Partly, 7, 1));
    // Only repeated keys: found while merging, after the transaction has begun.
    let text = format!(
        "track_uuid,platform,identifier,date,value\n{SOLO},spotify,n,2026-10-03,5\n{SOLO},spotify,n,2026-10-03,6\n"
    );
    let counts = story.counts().await;
    let (ending, told) = story.import_text("twice.csv", &text, false).await;
    assert_eq!((ending, told.bad.count()), (ImportOutcome::Failed, 1));
    assert_eq!(story.counts().await, counts);
}

/// One bad line each.
pub async fn refuses_bad_files(story: &Story<'_>) {
    for (name, text, line) in [
        ("artists.csv", format!("uuid,name\n{ANNA},A\n{ANNA},B\n"), 3),
        ("tracks.csv", "uuid,name\nx,A\n".to_owned(), 2),
        ("parts.csv", format!("track_uuid,artist_uuid,role\n{SOLO},{ANNA},singer\n"), 2),
        ("p.csv", "code,name,level,kind,unit\nspotify,Spotify,track,heap,streams\n".to_owned(), 2),
        ("w.csv", format!("track_uuid,platform,from,to\n{SOLO},spotify,2026-02-02,2026-02-01\n"), 2),
        (
            "c.csv",
            format!(
                "chart_slug,platform,country_code,date,track_uuid,position\ntop-it,spotify,FR,2026-09-02,{SOLO},1\n"
            ),
            2,
        ),
        ("u.csv", "uuid;nom\n".to_owned(), 1),
    ] {
        let (ending, told) = story.import_text(name, &text, false).await;
        assert_eq!((ending, told.bad.count()), (ImportOutcome::Failed, 1), "{name}");
        assert!(
            told.bad.describe("f").starts_with(&format!("f:{line}: ")),
            "{name}: {}",
            told.bad.describe("f")
        );
    }
    // Files after an invalid one are not started.
    let files = [story.file("tracks.csv", "uuid,name,isrc\nx,A,\n"), story.directory.join("o2.csv")];
    let (ending, told) = story.import(&files, false).await;
    assert_eq!((ending, told[1].kept, told[1].lines), (ImportOutcome::Failed, false, 0));
}
