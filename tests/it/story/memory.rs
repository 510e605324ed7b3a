//! A process with a warm cache returns the same reports as a freshly started one, whatever other processes
//! have written.

use music_analytics::domain::Query;
use music_analytics::domain::query::{ParamOutcome, Parameters};
use music_analytics::server::base::clock::today;
use music_analytics::server::reports::{self, listings};
use music_analytics::server::store::Db;

use super::database::{ANNA, BERT, DUET, SOLO, Story};

const EXTRA: &str = "70000000-0000-4000-8000-00000000000e";

pub async fn shows_at_once_what_others_write(story: &Story<'_>, url: &str) {
    let other = Story { db: Db::open(url).await.unwrap(), directory: story.directory };
    let track = format!("uuid,name,isrc\n{EXTRA},Another one,\n");
    other.import_text("track.csv", &track, false).await;
    let mut before = said(&story.db).await;
    let observation = "track_uuid,platform,identifier,date,value";
    let changes = [
        ("more observations", format!("{observation}\n{SOLO},spotify,spSolo,2026-10-09,987654\n")),
        ("another value", format!("{observation}\n{SOLO},spotify,spSolo,2026-10-09,987655\n")),
        ("what was asked for", format!("track_uuid,platform,from,to\n{DUET},tiktok,2026-09-01,2026-10-30\n")),
        ("who is on it", format!("track_uuid,artist_uuid,role\n{EXTRA},{ANNA},main\n")),
        (
            "its first observations",
            format!("{observation}\n{EXTRA},youtube,x,2026-09-01,5\n{EXTRA},youtube,x,2026-09-02,9\n"),
        ),
        ("a release date", format!("uuid,name,release_date\n{EXTRA},Another one,2026-09-01\n")),
        ("a name of an artist", format!("uuid,name,slug\n{BERT},Berthold,\n")),
        (
            "followers",
            format!("artist_uuid,platform,metric,date,value\n{ANNA},spotify,followers,2026-09-05,77\n"),
        ),
        (
            "a chart",
            format!(
                "chart_slug,platform,country_code,date,track_uuid,position\nnew-it,spotify,IT,2026-09-20,{SOLO},9\n"
            ),
        ),
        (
            "a position in it",
            format!(
                "chart_slug,platform,country_code,date,track_uuid,position\nnew-it,spotify,IT,2026-09-20,{SOLO},8\n"
            ),
        ),
        (
            "the name of a platform",
            "code,name,level,kind,unit\nspotify,Spotify!,track,counter,streams\n".to_owned(),
        ),
    ];
    for (what, lines) in changes {
        let (_, report) = other.import_text("change.csv", &lines, false).await;
        assert!(report.bad.is_empty(), "{report:?}");
        let fresh = Db::open(url).await.unwrap();
        let after = said(&story.db).await;
        assert_eq!(after, said(&fresh).await, "{what}");
        assert_ne!(after, before, "{what} changes a report");
        fresh.close().await;
        before = after;
    }
    assert_eq!(said(&story.db).await, before);
    other.db.close().await;
}

/// A page is read from one consistent snapshot, even while others write.
pub async fn a_page_is_of_one_state(story: &Story<'_>, url: &str) {
    let other = Story { db: Db::open(url).await.unwrap(), directory: story.directory };
    let query = question(None);
    let mut state = story.db.snapshot().await.unwrap();
    let before = listings::artists_by_id(state.conn().await.unwrap(), &query.artists).await.unwrap();
    let lines = format!("uuid,name,slug\n{ANNA},Anna Anew,\n");
    other.import_text("name.csv", &lines, false).await;
    let observation =
        format!("track_uuid,platform,identifier,date,value\n{SOLO},spotify,spNew,2026-10-08,5\n");
    other.import_text("value.csv", &observation, false).await;
    let evidence = reports::evidence_at(&mut state, &query, today()).await.unwrap();
    let artist = evidence.artists.iter().find(|artist| Some(artist.uuid) == ANNA.parse().ok()).unwrap();
    assert!(before.iter().any(|item| item.name == artist.name), "{} and {before:?}", artist.name);
    let after = listings::artists_by_id(state.conn().await.unwrap(), &query.artists).await.unwrap();
    assert_eq!(after, before);
    drop(state);
    let mut state = other.db.snapshot().await.unwrap();
    let after = listings::artists_by_id(state.conn().await.unwrap(), &query.artists).await.unwrap();
    assert!(after.iter().any(|item| item.name == "Anna Anew"), "{after:?}");
    drop(state);
    other.db.close().await;
}

/// The complete JSON of two reports.
async fn said(db: &Db) -> [serde_json::Value; 2] {
    let mut all = [false, true].map(|_| serde_json::Value::Null);
    for (said, country) in all.iter_mut().zip([None, Some("IT")]) {
        let mut report = reports::report(db, &question(country), today()).await.unwrap();
        report.generated_at.clear();
        *said = serde_json::to_value(&report).unwrap();
    }
    all
}

fn question(country: Option<&str>) -> Query {
    let mut asked = Parameters::default();
    let range =
        [("artist", ANNA), ("artist", BERT), ("from", "2026-08-15"), ("to", "2026-10-31"), ("daily", "true")];
    for (name, value) in range.into_iter().chain(country.map(|country| ("country", country))) {
        assert_eq!(asked.set(name, value), ParamOutcome::Accepted);
    }
    asked.check().unwrap()
}
