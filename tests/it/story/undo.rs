//! Undoing imports: replaced values return, later values stay.

use std::path::PathBuf;

use music_analytics::domain::series::Observation;
use music_analytics::domain::{Day, Metric};
use music_analytics::server::accounts::Person;
use music_analytics::server::base::clock::now;
use music_analytics::server::error::Error;
use music_analytics::server::ingest::import::undo::undo;
use music_analytics::server::store::Db;
use music_analytics::server::store::imports::{self, Import};
use music_analytics::server::store::observations::artist_observations::{self, ArtistSeries};
use music_analytics::server::store::observations::{self, IdentifierBatch, TrackBatch, rebuild};
use music_analytics::server::store::ops::check;
use music_analytics::server::store::tables::fetched::Window;
use music_analytics::server::store::tables::fetches::{self, FetchSource};
use music_analytics::server::store::tables::{artists, platforms};

use super::database::{ANNA, BERT, DUET, SOLO, Story, start};
use crate::common::engine;

const OBSERVATIONS: &str = "track_uuid,platform,identifier,date,value";
const LINKS: &str = "track_uuid,artist_uuid,role";

impl Story<'_> {
    async fn imports(&self) -> Vec<Import> {
        imports::list(&mut self.db.read().await.unwrap(), None, 1000).await.unwrap()
    }

    /// Undoes the newest import not undone yet.
    async fn undo_newest(&self) -> bool {
        let Some(newest) = self.imports().await.into_iter().find(Import::can_be_undone) else { return false };
        undo(&self.db, &Person::operator(), newest.id).await.unwrap();
        true
    }

    async fn undo(&self, id: i64) -> Result<String, Error> {
        undo(&self.db, &Person::operator(), id).await
    }

    /// Imports a file with changes; returns the import.
    async fn import_one(&self, name: &str, text: &str) -> i64 {
        let (_, told) = self.import_text(name, text, false).await;
        assert!(told.kept && told.bad.is_empty(), "{told:?}");
        self.imports().await[0].id
    }

    /// The current value of a track on a day.
    async fn value(&self, track: &str, identifier: &str, day: &str) -> Option<i64> {
        let (track, platform) = (self.track(track).await, self.platform("spotify").await);
        let stored =
            observations::of_track(&mut self.db.read().await.unwrap(), track, platform).await.unwrap();
        let day: Day = day.parse().unwrap();
        let of_it = stored.iter().find(|stored| stored.identifier == identifier)?;
        of_it.fetched.iter().find(|f| f.observation.day == day).map(|f| f.observation.value)
    }

    /// Stores a value as if fetched from the provider.
    async fn provider_brings(&self, track: &str, identifier: &str, day: &str, value: i64) {
        let (track_id, platform_id) = (self.track(track).await, self.platform("spotify").await);
        let day: Day = day.parse().unwrap();
        let observations = vec![Observation { day, value }];
        let news = TrackBatch {
            track_id,
            observations: vec![IdentifierBatch {
                platform_id,
                identifier: identifier.to_owned(),
                observations,
            }],
            windows: vec![Window { platform_id, from: day, to: day }],
        };
        let mut tx = self.db.write().await.unwrap();
        let fetch = fetches::start(&mut tx, FetchSource::Soundcharts, "audience", now()).await.unwrap();
        let readings = platforms::readings(&mut tx).await.unwrap();
        let imports = imports::undoable(&mut tx).await.unwrap();
        observations::write(&mut tx, &readings, &imports, fetch, &[news]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Undoes a whole story, newest import first: nothing is left.
pub async fn all_that_was_ever_imported(story: &Story<'_>, empty: &str) {
    assert!(story.imports().await.len() > 10);
    while story.undo_newest().await {}
    assert_eq!(story.data().await, empty);
    let mut tx = story.db.read().await.unwrap();
    assert_eq!(check::find_damage(&mut tx).await.unwrap(), Vec::<String>::new());
    assert_eq!(rebuild::compare(&mut tx, |_, _| {}).await.unwrap().changed, 0);
}

async fn story_of(directory: &std::path::Path) -> Story<'_> {
    let url = engine::new_database(directory).await;
    let story = Story { db: Db::open(&url).await.unwrap(), directory };
    let artists = format!("uuid,name,slug\n{ANNA},Anna,anna\n{BERT},Bert,bert\n");
    let tracks = format!("uuid,name,isrc\n{SOLO},Solo,\n{DUET},Duet,\n");
    let links = format!("{LINKS}\n{SOLO},{ANNA},main\n{DUET},{ANNA},main\n{DUET},{BERT},featured\n");
    let files = [("a.csv", artists), ("t.csv", tracks), ("l.csv", links)];
    let files: Vec<PathBuf> = files.iter().map(|(name, text)| story.file(name, text)).collect();
    story.import(&files, false).await;
    story
}

#[tokio::test]
async fn later_values_stay_and_earlier_ones_return() {
    let directory = tempfile::tempdir().unwrap();
    let story = story_of(directory.path()).await;
    let day = "2026-09-01";
    let line = |value: i64| format!("{OBSERVATIONS}\n{SOLO},spotify,sp,{day},{value}\n");
    assert_eq!(story.imports().await.len(), 1, "files of one run are one import");
    let first = story.import_one("1.csv", &line(10)).await;
    let mistake = story.import_one("2.csv", &line(99)).await;
    assert_eq!(story.value(SOLO, "sp", day).await, Some(99));
    story.undo(mistake).await.unwrap();
    assert_eq!(story.value(SOLO, "sp", day).await, Some(10), "what it replaced returns");
    let again = story.undo(mistake).await;
    assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
    let mistake = story.import_one("2.csv", &line(99)).await;
    let third = story.import_one("3.csv", &line(30)).await;
    story.undo(mistake).await.unwrap();
    assert_eq!(story.value(SOLO, "sp", day).await, Some(30), "what came later stays");
    story.undo(third).await.unwrap();
    assert_eq!(story.value(SOLO, "sp", day).await, Some(10), "and the mistake does not return");
    story.provider_brings(SOLO, "sp", day, 10).await;
    story.undo(first).await.unwrap();
    assert_eq!(story.value(SOLO, "sp", day).await, Some(10), "the provider has said so, too");
    let (_, windows) = story.pair(SOLO, "spotify").await;
    assert_eq!(windows.len(), 1);
    story.db.close().await;
}

#[tokio::test]
async fn what_others_use_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let story = story_of(directory.path()).await;
    let catalogue = story.imports().await[0].id;
    let named = story.import_one("n.csv", &format!("uuid,name,slug\n{ANNA},Anna Anew,\n")).await;
    story.import_one("o.csv", &format!("{OBSERVATIONS}\n{SOLO},spotify,sp,2026-09-01,5\n")).await;
    let said = story.undo(catalogue).await.unwrap();
    assert!(said.contains("1 track"), "{said}");
    assert_eq!(story.value(SOLO, "sp", "2026-09-01").await, Some(5));
    let mut tx = story.db.read().await.unwrap();
    let known = artists::by_ids(&mut tx, &[ANNA.parse().unwrap(), BERT.parse().unwrap()]).await.unwrap();
    let names: Vec<&str> = known.iter().map(|artist| artist.artist.name.as_str()).collect();
    assert_eq!(names, ["Anna Anew"], "a later import has named her, and nobody him");
    drop(tx);
    story.undo(named).await.unwrap();
    let mut tx = story.db.read().await.unwrap();
    assert!(artists::by_ids(&mut tx, &[ANNA.parse().unwrap()]).await.unwrap().is_empty());
    drop(tx);
    story.db.close().await;
}

/// Files of one import with the same values, confirmed by the provider afterwards.
#[tokio::test]
async fn what_the_provider_confirmed_outlives_a_whole_import() {
    let directory = tempfile::tempdir().unwrap();
    let story = story_of(directory.path()).await;
    let day = "2026-09-01";
    let file = |name: &str, lines: &str| story.file(name, &format!("{OBSERVATIONS}\n{lines}"));
    let files = [
        file("1.csv", &format!("{SOLO},spotify,sp,{day},10\n")),
        file("2.csv", &format!("{SOLO},spotify,sp,{day},10\n{SOLO},spotify,sp,2026-09-02,20\n")),
        file("3.csv", &format!("{SOLO},spotify,sp,{day},30\n")),
    ];
    story.import(&files, false).await;
    story.provider_brings(SOLO, "sp", day, 10).await;
    assert!(story.undo_newest().await);
    assert_eq!(story.value(SOLO, "sp", day).await, Some(10));
    assert_eq!(story.value(SOLO, "sp", "2026-09-02").await, None);
    story.db.close().await;
}

/// Undoing all imports in any order leaves nothing behind.
#[tokio::test]
async fn in_any_order_nothing_is_left() {
    const WINDOWS: &str = "track_uuid,platform,from,to";
    const CHART: &str = "chart_slug,platform,country_code,date,track_uuid,position";
    let window = format!("{SOLO},spotify,2026-09-01,2026-09-30\n");
    let place = |track: &str, position: u8| format!("top,spotify,IT,2026-09-01,{track},{position}\n");
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        let directory = tempfile::tempdir().unwrap();
        let story = story_of(directory.path()).await;
        let before = story.data().await;
        let ids = [
            story.import_one("a.csv", &format!("{WINDOWS}\n{window}")).await,
            story
                .import_one("b.csv", &format!("{WINDOWS}\n{window}{DUET},spotify,2026-09-01,2026-09-30\n"))
                .await,
            story.import_one("c.csv", &format!("{CHART}\n{}", place(SOLO, 1))).await,
            story.import_one("d.csv", &format!("{CHART}\n{}{}", place(SOLO, 1), place(DUET, 2))).await,
        ];
        if order[0] == 2 {
            // Without the first import, the second one's value remains.
            story.undo(ids[2]).await.unwrap();
            let mut tx = story.db.read().await.unwrap();
            let places: i64 =
                sqlx::query_scalar("select count(*) from chart_entries").fetch_one(&mut *tx).await.unwrap();
            assert_eq!(places, 2);
            drop(tx);
            story.undo(ids[3]).await.unwrap();
        } else {
            for place in order.into_iter().filter(|place| *place > 1) {
                story.undo(ids[place]).await.unwrap();
            }
        }
        for place in order.into_iter().filter(|place| *place < 2) {
            story.undo(ids[place]).await.unwrap();
        }
        assert_eq!(story.data().await, before, "{order:?}");
        story.db.close().await;
    }
}

/// A platform's kind stays while values of it are stored.
#[tokio::test]
async fn the_reading_of_stored_values_stays() {
    let directory = tempfile::tempdir().unwrap();
    let story = story_of(directory.path()).await;
    let mut tx = story.db.write().await.unwrap();
    let id = platforms::put(&mut tx, "x-tunes", "X Tunes").await.unwrap();
    let registry = platforms::registry(&mut tx).await.unwrap();
    let spotify = registry.iter().find(|platform| platform.code == "spotify").unwrap();
    let unknown =
        platforms::PlatformMetric { kind: None, unit: None, enabled: false, ..spotify.metrics[0].clone() };
    platforms::put_metric(&mut tx, id, &unknown).await.unwrap();
    tx.commit().await.unwrap();
    let meaning =
        story.import_one("p.csv", "code,name,level,kind,unit\nx-tunes,X Tunes,track,counter,plays\n").await;
    story.import_one("o.csv", &format!("{OBSERVATIONS}\n{SOLO},x-tunes,x,2026-09-01,5\n")).await;
    let said = story.undo(meaning).await.unwrap();
    assert!(said.contains("1 metric of a platform"), "{said}");
    let mut tx = story.db.read().await.unwrap();
    assert_eq!(rebuild::compare(&mut tx, |_, _| {}).await.unwrap().changed, 0);
    drop(tx);
    story.db.close().await;
}

/// A random file about the story's few entities.
fn any_file(random: &mut fastrand::Rng) -> String {
    let day = |random: &mut fastrand::Rng| start() + random.i32(0..6);
    let track = |random: &mut fastrand::Rng| *random.choice(&[SOLO, DUET, EXTRA]).unwrap();
    let artist = |random: &mut fastrand::Rng| *random.choice(&[ANNA, BERT]).unwrap();
    let mut lines = std::collections::BTreeMap::new();
    let head = match random.u8(0..8) {
        0 => {
            let kind = *random.choice(&["counter", "stock"]).unwrap();
            let code = *random.choice(&["spotify", "newcomer"]).unwrap();
            lines.insert(code.to_owned(), format!("{code},{},track,{kind},streams", random.u8(0..3)));
            "code,name,level,kind,unit"
        }
        1 => {
            let artist = artist(random);
            lines.insert(artist.to_owned(), format!("{artist},Name {},slug", random.u8(0..3)));
            "uuid,name,slug"
        }
        2 => {
            for track in [track(random), track(random)] {
                let isrc = *random.choice(&["", "USUM71900764"]).unwrap();
                lines.insert(track.to_owned(), format!("{track},Name {},{isrc}", random.u8(0..3)));
            }
            "uuid,name,isrc"
        }
        3 => {
            for _ in 0..2 {
                let (track, artist) = (*random.choice(&[SOLO, DUET]).unwrap(), artist(random));
                let role = *random.choice(&["main", "featured", "none"]).unwrap();
                lines.insert(format!("{track}{artist}"), format!("{track},{artist},{role}"));
            }
            LINKS
        }
        4 => {
            for _ in 0..random.usize(1..8) {
                let (track, day) = (*random.choice(&[SOLO, DUET]).unwrap(), day(random));
                let identifier = *random.choice(&["", "one", "two"]).unwrap();
                let key = format!("{track},spotify,{identifier},{day}");
                lines.insert(key.clone(), format!("{key},{}", random.u8(0..4)));
            }
            OBSERVATIONS
        }
        5 => {
            for _ in 0..random.usize(1..4) {
                let key = format!("{},spotify,followers,{}", artist(random), day(random));
                lines.insert(key.clone(), format!("{key},{}", random.u8(0..3)));
            }
            "artist_uuid,platform,metric,date,value"
        }
        6 => {
            let from = day(random);
            let line = format!("{SOLO},spotify,{from},{}", from + random.i32(0..3));
            lines.insert(line.clone(), line);
            "track_uuid,platform,from,to"
        }
        _ => {
            for track in [SOLO, DUET] {
                let key = format!("top,spotify,IT,{},{track}", day(random));
                lines.insert(key.clone(), format!("{key},{}", random.u8(1..4)));
            }
            "chart_slug,platform,country_code,date,track_uuid,position"
        }
    };
    let lines: Vec<String> = lines.into_values().collect();
    format!("{head}\n{}\n", lines.join("\n"))
}

const EXTRA: &str = "70000000-0000-4000-8000-00000000000e";

/// After any history of imports, undos and fetches, undoing an import restores the state before it.
#[tokio::test]
async fn the_old_checksum_returns() {
    let seed = std::env::var("SEED").ok().map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    let mut random = fastrand::Rng::with_seed(seed);
    let directory = tempfile::tempdir().unwrap();
    let story = story_of(directory.path()).await;
    let mut kept = Vec::new();
    for round in 0..60 {
        let before = story.data().await;
        let count = random.usize(1..4);
        let files: Vec<String> = (0..count).map(|_| any_file(&mut random)).collect();
        let mut imported = 0;
        for (place, text) in files.iter().enumerate() {
            let known = story.imports().await.len();
            let (_, told) = story.import_text(&format!("{round}-{place}.csv"), text, false).await;
            assert!(told.bad.is_empty(), "seed {seed}: {told:?}\n{text}");
            imported += story.imports().await.len() - known;
        }
        let was = kept.len();
        match random.u8(0..4) {
            // The import stays, and the provider adds values.
            0 => {
                kept.extend(story.imports().await.iter().take(imported).map(|import| import.id));
                let (day, value) = ((start() + random.i32(0..6)).to_string(), random.i64(0..4));
                story.provider_brings(SOLO, "one", &day, value).await;
                story.provider_brings_followers(ANNA, &day, value).await;
            }
            // An import from the middle is undone without breaking the others.
            1 if !kept.is_empty() => {
                for _ in 0..imported {
                    assert!(story.undo_newest().await);
                }
                assert_eq!(story.data().await, before, "seed {seed}, round {round}: {files:#?}");
                let id = kept.swap_remove(random.usize(0..was));
                story.undo(id).await.unwrap();
            }
            _ => {
                for _ in 0..imported {
                    assert!(story.undo_newest().await);
                }
                assert_eq!(story.data().await, before, "seed {seed}, round {round}: {files:#?}");
            }
        }
        let mut tx = story.db.read().await.unwrap();
        assert_eq!(
            check::find_damage(&mut tx).await.unwrap(),
            Vec::<String>::new(),
            "seed {seed}, round {round}"
        );
        let compared = rebuild::compare(&mut tx, |_, _| {}).await.unwrap();
        assert_eq!(compared.changed, 0, "seed {seed}, round {round}");
    }
    story.db.close().await;
}

impl Story<'_> {
    async fn provider_brings_followers(&self, artist: &str, day: &str, value: i64) {
        let mut tx = self.db.write().await.unwrap();
        let known = artists::by_ids(&mut tx, &[artist.parse().unwrap()]).await.unwrap();
        let Some(artist) = known.first() else { return };
        let fetch = fetches::start(&mut tx, FetchSource::Soundcharts, "followers", now()).await.unwrap();
        let imports = imports::undoable(&mut tx).await.unwrap();
        let series = ArtistSeries {
            artist_id: artist.id,
            platform_id: 1,
            metric: Metric::Followers,
            observations: vec![Observation { day: day.parse().unwrap(), value }],
        };
        artist_observations::write(&mut tx, &imports, fetch, &series).await.unwrap();
        tx.commit().await.unwrap();
    }
}
