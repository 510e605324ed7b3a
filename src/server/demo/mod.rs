//! The demo: an invented catalogue with every hazard of docs/semantics.md, for demonstration and tests. It
//! depends on today's date only; observations of past days stay the same as the date advances.

mod artist_level;
mod charts;
mod discography;
mod fetched;
mod growth;
mod hazards;
mod lines;
mod placed;
mod platforms;
mod random;
mod roster;
#[cfg(test)]
mod tests;
mod titles;

use std::collections::HashMap;
use std::ops::RangeInclusive;

use uuid::Uuid;

pub use self::discography::{Song, songs};
use self::growth::Growth;
use self::roster::{ACTS, Act, RECOGNISED};
use crate::domain::catalogue::{
    Artist, ArtistKey, ArtistObservations, Catalogue, FetchedWindow, Source, Track, TrackArtist,
    TrackObservations,
};
use crate::domain::{Day, Month};

/// The demo database's data today: the fetched part of [`provider`]'s catalogue, and one artist without UUID (S20).
pub fn catalogue(today: Day) -> Catalogue {
    let (from, to) = days(today);
    let mut catalogue = provider(today);
    for song in songs(to) {
        let track_uuid = song.uuid();
        catalogue.fetched_windows.extend(fetched::windows_of(&song, from, to).map(|(platform, from, to)| {
            FetchedWindow { track_uuid, platform: platform.to_owned(), from, to }
        }));
    }
    keep_fetched(&mut catalogue);
    forget_uuid(&mut catalogue);
    catalogue
}

/// The provider's data today: everything, without fetched windows.
pub fn provider(today: Day) -> Catalogue {
    let (from, to) = days(today);
    let mut catalogue = Catalogue { artists: ACTS.iter().map(artist).collect(), ..Catalogue::default() };
    let mut charted = Vec::new();
    let mut counters: Vec<Vec<(&str, Growth)>> = vec![Vec::new(); ACTS.len()];
    for song in songs(to) {
        let track_uuid = song.uuid();
        catalogue.tracks.push(track(&song));
        catalogue.track_artists.extend(song.credits().into_iter().map(|(act, role)| TrackArtist {
            track_uuid,
            artist: ArtistKey::Uuid(ACTS[act].uuid()),
            role,
        }));
        let lines = song.lines();
        for line in &lines {
            let mut observations = line.observations(from, to);
            if placed::is_newest_rise(&song, line.platform)
                && let Some(newest) = observations.last_mut()
            {
                newest.value = hazards::newest_rise(&line.growth, newest.value);
            }
            let (platform, identifier) = (line.platform.code.to_owned(), line.identifier.clone());
            if !observations.is_empty() {
                catalogue.observations.push(TrackObservations {
                    track_uuid,
                    platform,
                    identifier,
                    observations,
                });
            }
        }
        let counted =
            || lines.iter().filter(|line| !line.repeats).map(|line| (line.platform.code, line.growth));
        counters[song.act].extend(counted());
        let of = |code| counted().find(|(platform, _)| *platform == code).map(|(_, growth)| growth);
        charted.push((song, charts::platforms().map(of)));
    }
    for (act, counters) in ACTS.iter().zip(&counters) {
        let artist_uuid = act.uuid();
        catalogue.artist_observations.extend(
            artist_level::observations(act, counters, from, to).into_iter().map(
                |(platform, metric, observations)| ArtistObservations {
                    artist_uuid,
                    platform: platform.to_owned(),
                    metric,
                    observations,
                },
            ),
        );
    }
    catalogue.charts = charts::charts();
    catalogue.chart_entries = charts::entries(&charted, from, to);
    catalogue
}

/// The 24 months that end yesterday.
fn days(today: Day) -> (Day, Day) {
    let month = Month::containing(today).saturating_add(-24);
    let from = month.first() + (today.day_of_month() as i32 - 1);
    (from.min(month.last()), today - 1)
}

fn artist(act: &Act) -> Artist {
    Artist {
        uuid: Some(act.uuid()),
        name: act.name.to_owned(),
        slug: Some(act.slug.to_owned()),
        country_code: Some(act.country.to_owned()),
        image_url: Some(image_url("artist", act.uuid())),
        source: Source::Soundcharts,
        external_id: None,
    }
}

fn track(song: &Song) -> Track {
    Track {
        uuid: song.uuid(),
        name: song.name(),
        credit_name: Some(song.credit_name()),
        isrc: Some(song.isrc()),
        release_date: song.known_release(),
        image_url: Some(image_url("track", song.uuid())),
    }
}

/// URL of a generated picture, drawn by [`crate::server::http::pictures::drawn::picture`].
fn image_url(of: &str, uuid: Uuid) -> String {
    format!("/pictures/{of}/{uuid}.svg")
}

/// Removes observations outside fetched windows.
fn keep_fetched(catalogue: &mut Catalogue) {
    let mut windows: HashMap<(Uuid, &str), Vec<RangeInclusive<Day>>> = HashMap::new();
    for window in &catalogue.fetched_windows {
        windows.entry((window.track_uuid, &window.platform)).or_default().push(window.from..=window.to);
    }
    catalogue.observations.retain_mut(|line| {
        let windows = windows.get(&(line.track_uuid, line.platform.as_str()));
        line.observations
            .retain(|o| windows.is_some_and(|windows| windows.iter().any(|days| days.contains(&o.day))));
        !line.observations.is_empty()
    });
}

/// Removes UUID and artist-level metrics of the artist known from music recognition only (S20).
fn forget_uuid(catalogue: &mut Catalogue) {
    let Some(artist) = catalogue.artists.iter_mut().find(|artist| artist.slug.as_deref() == Some(RECOGNISED))
    else {
        return;
    };
    let (Some(uuid), known) = (artist.uuid, artist.key()) else { return };
    *artist = Artist {
        uuid: None,
        slug: None,
        image_url: None,
        source: Source::Acrcloud,
        external_id: Some("demo-recognised-1".to_owned()),
        ..artist.clone()
    };
    let key = artist.key();
    catalogue
        .track_artists
        .iter_mut()
        .filter(|part| part.artist == known)
        .for_each(|part| part.artist = key.clone());
    catalogue.artist_observations.retain(|line| line.artist_uuid != uuid);
}
