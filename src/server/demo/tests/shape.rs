//! Size, consistency and stability of the catalogue.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::catalogue::{Artist, ArtistKey, Frequency, Source, Track};
use crate::domain::{Metric, Role};
use crate::server::demo::roster::RECOGNISED;
use crate::server::demo::{charts, days};

#[test]
fn has_the_promised_size() {
    let Worked { catalogue, today, .. } = &*HELD;
    assert_eq!(catalogue.artists.len(), 40);
    assert!((580..=660).contains(&catalogue.tracks.len()), "{}", catalogue.tracks.len());
    let count = HELD.observation_count();
    assert!((1_500_000..2_000_000).contains(&count), "{count}");
    assert_eq!(catalogue.charts.len(), 24);
    let countries: HashSet<&str> = catalogue.charts.iter().map(|chart| chart.country_code.as_str()).collect();
    assert_eq!(countries.len(), 8);
    let days = catalogue.observations.iter().flat_map(|line| &line.observations).map(|o| o.day);
    assert_eq!((days.clone().min(), days.max()), (Some(day("2024-11-22")), Some(*today - 1)));
}

#[test]
fn keys_are_unique_and_references_hold() {
    let catalogue = &HELD.catalogue;
    let tracks: HashSet<Uuid> = catalogue.tracks.iter().map(|track| track.uuid).collect();
    assert_eq!(tracks.len(), catalogue.tracks.len());
    let isrcs: HashSet<_> = catalogue.tracks.iter().filter_map(|track| track.isrc.clone()).collect();
    assert!(isrcs.len() == tracks.len() && isrcs.iter().all(|isrc| isrc.len() == 12));
    let artists: HashSet<ArtistKey> = catalogue.artists.iter().map(Artist::key).collect();
    assert_eq!(artists.len(), 40);
    let parts: HashSet<_> =
        catalogue.track_artists.iter().map(|part| (part.track_uuid, &part.artist)).collect();
    assert_eq!(parts.len(), catalogue.track_artists.len());
    assert!(parts.iter().all(|(track, artist)| tracks.contains(track) && artists.contains(artist)));
    let lines: HashSet<_> = catalogue
        .observations
        .iter()
        .map(|line| (line.track_uuid, &line.platform, &line.identifier))
        .collect();
    assert_eq!(lines.len(), catalogue.observations.len());
    for line in &catalogue.observations {
        assert!(line.observations.is_sorted_by(|a, b| a.day < b.day));
    }
    let mut places = HashSet::new();
    let mut ranked = HashSet::new();
    for entry in &catalogue.chart_entries {
        assert!(places.insert((&entry.chart_slug, entry.date, entry.position)), "{entry:?}");
        assert!(ranked.insert((&entry.chart_slug, entry.date, entry.track_uuid)), "{entry:?}");
        assert!(tracks.contains(&entry.track_uuid) && (1..=100).contains(&entry.position));
    }
}

#[test]
fn the_past_stays_when_today_moves_on() {
    let Worked { catalogue: before, today, .. } = &PROVIDER[0];
    let today = *today;
    assert!(provider(today) == *before);
    let after = provider(today + 8);
    let key = |line: &TrackObservations| (line.track_uuid, line.platform.clone(), line.identifier.clone());
    let later: HashMap<_, _> =
        after.observations.iter().map(|line| (key(line), &line.observations)).collect();
    let mut changed = 0;
    for line in &before.observations {
        let later: HashMap<Day, i64> = later[&key(line)].iter().map(|o| (o.day, o.value)).collect();
        let within = line.observations.iter().filter(|o| o.day >= days(today + 8).0);
        changed += within.filter(|o| later.get(&o.day) != Some(&o.value)).count();
    }
    assert_eq!(changed, 1, "the newest rise only");
    let later: HashMap<Uuid, &Track> = after.tracks.iter().map(|track| (track.uuid, track)).collect();
    assert!(before.tracks.iter().all(|track| later[&track.uuid] == track));
    let later: HashSet<_> =
        after.chart_entries.iter().map(|e| (&e.chart_slug, e.date, e.track_uuid, e.position)).collect();
    let within = before.chart_entries.iter().filter(|entry| entry.date >= days(today + 8).0);
    for e in within {
        assert!(later.contains(&(&e.chart_slug, e.date, e.track_uuid, e.position)), "{e:?}");
    }
}

#[test]
fn collaborations_are_shared_between_roles() {
    let worked = &*HELD;
    let roles = |slug, number| {
        let uuid = worked.song(slug, number).uuid();
        let parts = worked.catalogue.track_artists.iter().filter(|part| part.track_uuid == uuid);
        parts.map(|part| part.role).collect::<Vec<_>>()
    };
    assert_eq!(roles("capitan-cedrata", 3), [Role::Main, Role::Main]);
    assert_eq!(roles("velvet-cartographer", 5), [Role::Main, Role::Featured]);
    assert_eq!(roles("velvet-cartographer", 9), [Role::Main, Role::Main, Role::Featured]);
    let aurora = worked.catalogue.tracks.iter().filter(|track| track.name == "Aurora");
    assert_eq!(aurora.map(|track| track.uuid).collect::<HashSet<_>>().len(), 3);
}

#[test]
fn one_artist_is_known_from_recognition_only() {
    let worked = &*HELD;
    let without: Vec<_> = worked.catalogue.artists.iter().filter(|artist| artist.uuid.is_none()).collect();
    let [artist] = without[..] else { panic!("{without:?}") };
    assert_eq!((artist.source, artist.external_id.is_some()), (Source::Acrcloud, true));
    let tracks = worked.catalogue.track_artists.iter().filter(|part| part.artist == artist.key());
    let own = worked.songs.iter().filter(|song| song.artist().slug == RECOGNISED).count();
    assert_eq!(tracks.count(), own + 1, "its own and a shared one");
    assert!(PROVIDER[0].catalogue.artists.iter().all(|artist| artist.uuid.is_some()));
}

#[test]
fn artists_have_numbers_of_their_own() {
    let catalogue = &HELD.catalogue;
    for artist in catalogue.artists.iter().filter_map(|artist| artist.uuid) {
        let of: HashSet<_> = catalogue
            .artist_observations
            .iter()
            .filter(|line| line.artist_uuid == artist && !line.observations.is_empty())
            .map(|line| (line.platform.as_str(), line.metric))
            .collect();
        assert_eq!(of.len(), 6);
        assert!(of.contains(&("spotify", Metric::Listeners)) && of.contains(&("youtube", Metric::Views)));
    }
    let values = catalogue.artist_observations.iter().flat_map(|line| &line.observations).map(|o| o.value);
    assert!(values.clone().all(|value| value >= 0));
}

#[test]
fn charts_have_entries_on_all_days_but_the_missing() {
    for Worked { catalogue, today, .. } in PROVIDER.iter() {
        let (from, to) = days(*today);
        for chart in &catalogue.charts {
            let entries = catalogue.chart_entries.iter().filter(|entry| entry.chart_slug == chart.slug);
            let dates: HashSet<Day> = entries.map(|entry| entry.date).collect();
            if chart.frequency == Frequency::Weekly {
                assert!((90..=106).contains(&dates.len()), "{} {}", chart.slug, dates.len());
                continue;
            }
            for day in from.up_to(to) {
                assert_eq!(
                    dates.contains(&day),
                    !charts::is_missing(&chart.country_code, day),
                    "{} {day}",
                    chart.slug
                );
            }
        }
    }
}
