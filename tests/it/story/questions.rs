//! Report queries and form submissions.

use std::collections::BTreeMap;

use music_analytics::domain::series::track_platform::{EvidenceDigest, TrackPlatform};
use music_analytics::domain::series::{IdentifierObservations, Observation};
use music_analytics::domain::{ArtistId, Day, Kind, Metric, Range, Role};
use music_analytics::server::error::Error;
use music_analytics::server::store::observations::artist_observations;
use music_analytics::server::store::read_model::search::{self, Search};
use music_analytics::server::store::tables::{artists, charts, identifiers, track_artists, tracks};

use super::database::{ANNA, BERT, DUET, MUTE, SOLO, Story, start};

pub async fn answers_what_a_report_asks(story: &Story<'_>) {
    let (anna, bert): (ArtistId, ArtistId) = (ANNA.parse().unwrap(), BERT.parse().unwrap());
    let mut tx = story.db.read().await.unwrap();
    let unknown: ArtistId = "local-99".parse().unwrap();
    let mut found = artists::by_ids(&mut tx, &[bert, unknown, anna]).await.unwrap();
    found.sort_by_key(|artist| artist.id);
    assert_eq!(found.iter().map(|artist| artist.artist_id()).collect::<Vec<_>>(), [anna, bert]);
    assert_eq!(found[0].artist.country_code.as_deref(), Some("PL"));

    let numbers: Vec<i64> = found.iter().map(|artist| artist.id).collect();
    let all = tracks::for_artists(&mut tx, &numbers).await.unwrap();
    assert_eq!(all.iter().map(|track| track.track.uuid.to_string()).collect::<Vec<_>>(), [SOLO, DUET, MUTE]);
    assert_eq!(all[0].track.release_date, Some(start()));
    let credits: Vec<_> = all[1].artists.iter().map(|a| (a.id, a.name.as_str(), a.role)).collect();
    assert_eq!(credits, [(anna, "Ánna Łódź", Role::Main), (bert, "Bert", Role::Featured)]);
    assert_eq!(tracks::for_artists(&mut tx, &numbers[1..]).await.unwrap().len(), 2);
    assert_eq!(tracks::for_artists(&mut tx, &[]).await.unwrap(), []);
    assert_eq!(track_artists::tracks_of(&mut tx, &numbers).await.unwrap()[&numbers[0]], 2);

    let (worked_out, windows) = story.pair(SOLO, "spotify").await;
    let observations: Vec<Observation> =
        (0..40).map(|day| Observation { day: start() + day, value: 1_000 + 10 * i64::from(day) }).collect();
    let identified = [IdentifierObservations { identifier: "s,1", observations: &observations }];
    let expected = TrackPlatform::work_out(Kind::Counter, true, &identified);
    assert_eq!(worked_out.unwrap(), (EvidenceDigest::compute(Kind::Counter, true, &identified), expected));
    assert_eq!(windows, [(start(), "2026-09-30".parse().unwrap())], "windows that touch are one");
    assert_eq!(
        story.pair(DUET, "spotify").await.0.unwrap().1.series.len(),
        1,
        "mirrored identifiers are one series"
    );
    let (nothing, windows) = story.pair(MUTE, "youtube").await;
    assert!(nothing.is_none() && windows.len() == 1, "asked for, and not there");

    let italy = "IT".parse().unwrap();
    let september = Range::new("2026-09-01".parse().unwrap(), "2026-09-30".parse().unwrap()).unwrap();
    let countries = charts::countries(&mut tx).await.unwrap();
    assert_eq!(countries, [("BR".parse().unwrap(), 1), (italy, 1)]);
    let tracks: Vec<i64> = all.iter().map(|track| track.id).collect();
    let places = charts::histories_for(&mut tx, &tracks, italy).await.unwrap();
    assert_eq!(places.keys().collect::<Vec<_>>(), [&tracks[1]]);
    let appearance = places[&tracks[1]][0].within(september).unwrap();
    assert_eq!((appearance.chart.as_str(), appearance.best_position, appearance.days), ("top-it", 3, 2));
    assert_eq!(
        (appearance.first.to_string(), appearance.last.to_string()),
        ("2026-09-02".into(), "2026-09-03".into())
    );
    let days = charts::days_fetched(&mut tx, italy).await.unwrap();
    assert_eq!(days.iter().map(Day::to_string).collect::<Vec<_>>(), ["2026-09-02", "2026-09-03"]);

    let levels =
        artist_observations::of_artists(&mut tx, &numbers, september.from(), september.to()).await.unwrap();
    let summary: BTreeMap<Metric, usize> = levels.iter().map(|s| (s.metric, s.observations.len())).collect();
    assert_eq!(summary, BTreeMap::from([(Metric::Followers, 2), (Metric::Views, 1)]));
    assert_eq!(identifiers::for_track(&mut tx, tracks[1]).await.unwrap().len(), 2);
}

pub async fn finds_artists(story: &Story<'_>) {
    let find = async |text: &str, after, limit| {
        let found = search::artists(&story.db, Search { text, after, limit }).await.unwrap();
        (
            found
                .artists
                .iter()
                .map(|found| (found.artist.artist.name.clone(), found.tracks))
                .collect::<Vec<_>>(),
            found.next,
        )
    };
    assert_eq!(find("lodz", None, 10).await, (vec![("Ánna Łódź".into(), 2)], None));
    assert_eq!(find("ANN", None, 10).await.0.len(), 1);
    assert_eq!(find("zzz", None, 10).await, (vec![], None));
    let (first, next) = find("", None, 2).await;
    assert_eq!(first, vec![("Ánna Łódź".into(), 2), ("Bert".into(), 2)]);
    assert_eq!(find("", next, 2).await, (vec![("Carla".into(), 0)], None));
    let carla = Search { text: "carla", after: None, limit: 1 };
    let found = search::artists(&story.db, carla).await.unwrap();
    let id = found.artists[0].artist.artist_id();
    let unknown = Search { text: "bert", after: Some(id), limit: 1 };
    assert!(matches!(search::artists(&story.db, unknown).await, Err(Error::Invalid { .. })));
    assert!(matches!(id, ArtistId::Local(_)));
    let mut tx = story.db.read().await.unwrap();
    assert_eq!(artists::by_ids(&mut tx, &[id]).await.unwrap()[0].artist.external_id.as_deref(), Some("c-17"));
    drop(tx);
    // Without a UUID, source and external id are the key; the next search finds the new name.
    let (_, told) = story
        .import_text("artists2.csv", "uuid,name,source,external_id\n,Carla X,acrcloud,c-17\n", false)
        .await;
    assert_eq!((told.counts.added, told.counts.changed), (0, 1));
    assert_eq!(find("carla x", None, 1).await.0, vec![("Carla X".into(), 0)]);
}
