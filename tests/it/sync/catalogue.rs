//! A generated catalogue with exactly known totals. Counters grow by a different amount every day, so that a
//! lost, duplicated or shifted day changes a total.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::collections::BTreeSet;

use music_analytics::domain::catalogue::{
    Artist, ArtistKey, ArtistObservations, Catalogue, Source, Track, TrackArtist, TrackObservations,
};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Day, Metric, Month, Range, Role};
use music_analytics::server::base::clock::today;
use uuid::Uuid;

/// Platforms with track metrics in the default registry.
pub const PLATFORMS: [&str; 5] = ["spotify", "youtube", "shazam", "tiktok", "soundcloud"];
/// Days of data up to yesterday.
const DAYS: i32 = 400;

pub fn artist(number: usize) -> Uuid {
    Uuid::from_u128(0xa000_0000 + number as u128)
}

pub fn track(number: usize) -> Uuid {
    Uuid::from_u128(0x5000_0000 + number as u128)
}

/// The last two complete months, so that the days around the first one are past too.
pub fn months() -> [Month; 2] {
    let last = Month::containing(Month::containing(today()).first() - 1);
    [Month::containing(last.first() - 1), last]
}

/// Artists with this many tracks each, the first shared with another artist.
pub fn made(artists: usize, tracks: usize) -> Catalogue {
    let mut made = Catalogue::default();
    for number in 0..artists {
        made.artists.push(Artist {
            uuid: Some(artist(number)),
            name: format!("Artist {number:03}"),
            slug: Some(format!("artist-{number:03}")),
            country_code: Some("IT".to_owned()),
            image_url: None,
            source: Source::Soundcharts,
            external_id: None,
        });
        for (platform, metric) in
            [("spotify", Metric::Followers), ("spotify", Metric::Listeners), ("youtube", Metric::Views)]
        {
            let observations = counter(9_000 + number, metric as usize);
            let platform = platform.to_owned();
            let artist_uuid = artist(number);
            made.artist_observations.push(ArtistObservations { artist_uuid, platform, metric, observations });
        }
    }
    for number in 0..artists * tracks {
        let (owner, place) = (number / tracks, number % tracks);
        made.tracks.push(Track {
            uuid: track(number),
            name: format!("Track {number:04}"),
            credit_name: Some(format!("Artist {owner:03}")),
            isrc: Some(format!("QZDEM26{number:05}")),
            release_date: (number % 2 == 0).then(|| today() - DAYS - 100),
            image_url: None,
        });
        made.track_artists.push(part(number, owner, Role::Main));
        if place == 0 && artists > 1 {
            made.track_artists.push(part(number, (owner + 1) % artists, Role::Featured));
        }
        for (place, platform) in PLATFORMS.iter().enumerate().filter(|(place, _)| number % 7 != place + 1) {
            made.observations.push(line(number, platform, "a", counter(number, place)));
            if place == 1 && number % 4 == 2 {
                // A second identifier with a counter of its own.
                made.observations.push(line(number, platform, "b", counter(number, 77)));
            }
        }
    }
    made
}

fn part(of: usize, by: usize, role: Role) -> TrackArtist {
    TrackArtist { track_uuid: track(of), artist: ArtistKey::Uuid(artist(by)), role }
}

fn line(of: usize, platform: &str, name: &str, observations: Vec<Observation>) -> TrackObservations {
    let identifier = format!("{platform}-{of}-{name}");
    TrackObservations { track_uuid: track(of), platform: platform.to_owned(), identifier, observations }
}

/// A counter up to yesterday.
fn counter(number: usize, place: usize) -> Vec<Observation> {
    let mut value = 2_000 + 37 * number as i64 + 11 * place as i64;
    let days = (today() - DAYS).up_to(today() - 1);
    days.map(|day| {
        value += 40 + (mixed(number as u64, place as u64, day) % 160) as i64;
        Observation { day, value }
    })
    .collect()
}

/// A deterministic pseudo-random number.
fn mixed(a: u64, b: u64, day: Day) -> u64 {
    let mut z = a
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(b.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(day.number() as u64);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The true total of these tracks, each counted once.
pub fn truth_of(catalogue: &Catalogue, tracks: &BTreeSet<Uuid>, range: Range) -> i128 {
    let of_them = catalogue.observations.iter().filter(|line| tracks.contains(&line.track_uuid));
    of_them.map(|line| grown(line, range)).sum()
}

/// The tracks of artists.
pub fn tracks_of(catalogue: &Catalogue, artists: &[usize]) -> BTreeSet<Uuid> {
    let keys: Vec<ArtistKey> = artists.iter().map(|number| ArtistKey::Uuid(artist(*number))).collect();
    let parts = catalogue.track_artists.iter().filter(|part| keys.contains(&part.artist));
    parts.map(|part| part.track_uuid).collect()
}

/// The true amount of a track on a platform; `None` if absent.
pub fn truth_on(catalogue: &Catalogue, track: Uuid, platform: &str, range: Range) -> Option<i128> {
    let lines = catalogue.observations.iter();
    let lines = lines.filter(|line| line.track_uuid == track && line.platform == platform);
    lines.map(|line| grown(line, range)).reduce(|a, b| a + b)
}

fn grown(line: &TrackObservations, range: Range) -> i128 {
    let at = |day: Day| {
        let place = line.observations.binary_search_by_key(&day, |observation| observation.day);
        i128::from(line.observations[place.unwrap()].value)
    };
    at(range.to()) - at(range.from() - 1)
}
