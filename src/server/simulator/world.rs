//! The catalogue, indexed for requests.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::artist::Artist;
use super::chart::{self, Chart};
use super::platform::{SimPlatform, platforms};
use super::refusal::Refusal;
use super::song::Song;
use crate::domain::Day;
use crate::domain::catalogue::{ArtistKey, Catalogue};
use crate::domain::registry::artist_id::parse_uuid;

/// The simulated provider's data.
#[derive(Debug)]
pub struct World {
    /// The day for which it was generated; one that follows the clock is regenerated the next day.
    pub day: Day,
    /// Artists with a UUID; the provider does not know others.
    pub artists: Vec<Artist>,
    pub songs: Vec<Song>,
    pub charts: Vec<Chart>,
    /// By code.
    pub platforms: Vec<SimPlatform>,
    artist_places: HashMap<Uuid, usize>,
    song_places: HashMap<Uuid, usize>,
    chart_places: HashMap<String, usize>,
    artist_identifiers: HashMap<(String, String), usize>,
    song_identifiers: HashMap<(String, String), usize>,
    isrcs: HashMap<String, Vec<usize>>,
}

impl World {
    /// Indexes a catalogue; `extras` as in [`super::settings::Settings`].
    pub fn new(catalogue: Catalogue, extras: bool, day: Day) -> Self {
        let platforms = platforms(&catalogue);
        let Catalogue { artists, tracks, track_artists, observations, artist_observations, .. } = catalogue;
        let mut artists: Vec<Artist> = artists.into_iter().filter_map(Artist::new).collect();
        if extras {
            artists.extend(artists.iter().filter_map(Artist::namesake).collect::<Vec<_>>());
        }
        let mut songs: Vec<Song> = tracks.into_iter().map(Song::new).collect();
        let artist_places = places(artists.iter().map(|artist| artist.uuid));
        let song_places: HashMap<Uuid, usize> = places(songs.iter().map(|song| song.track.uuid));
        for part in track_artists {
            let ArtistKey::Uuid(uuid) = part.artist else { continue };
            if let (Some(&song), Some(&artist)) =
                (song_places.get(&part.track_uuid), artist_places.get(&uuid))
            {
                songs[song].artists.push((artist, part.role));
                artists[artist].songs.push((song, part.role));
            }
        }
        for line in observations {
            if let Some(&song) = song_places.get(&line.track_uuid) {
                songs[song].audience.push(line);
            }
        }
        for line in artist_observations {
            if let Some(&artist) = artist_places.get(&line.artist_uuid) {
                artists[artist].series.push(line);
            }
        }
        let mut charts = chart::charts(catalogue.charts, catalogue.chart_entries, &song_places);
        if extras {
            charts.extend(chart::relatives(&charts));
        }
        let mut isrcs: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, song) in songs.iter().enumerate() {
            isrcs.entry(song.track.isrc.clone().unwrap_or_default()).or_default().push(place);
        }
        World {
            day,
            artist_identifiers: by_identifier(artists.iter().map(Artist::identifiers)),
            song_identifiers: by_identifier(songs.iter().map(Song::identifiers)),
            chart_places: charts
                .iter()
                .enumerate()
                .map(|(at, chart)| (chart.facts.slug.clone(), at))
                .collect(),
            artists,
            songs,
            charts,
            platforms,
            artist_places,
            song_places,
            isrcs,
        }
    }

    pub fn artist(&self, uuid: &str) -> Result<&Artist, Refusal> {
        let place = parse_uuid(uuid).and_then(|uuid| self.artist_places.get(&uuid));
        place.map(|place| &self.artists[*place]).ok_or_else(Refusal::not_found)
    }

    /// An artist by platform identifier.
    pub fn artist_on(&self, platform: &str, identifier: &str) -> Result<&Artist, Refusal> {
        let place = self.artist_identifiers.get(&(platform.to_owned(), identifier.to_owned()));
        place.map(|place| &self.artists[*place]).ok_or_else(Refusal::not_found)
    }

    pub fn song(&self, uuid: &str) -> Result<&Song, Refusal> {
        let place = parse_uuid(uuid).and_then(|uuid| self.song_places.get(&uuid));
        place.map(|place| &self.songs[*place]).ok_or_else(Refusal::not_found)
    }

    /// A song by platform identifier.
    pub fn song_on(&self, platform: &str, identifier: &str) -> Result<&Song, Refusal> {
        let place = self.song_identifiers.get(&(platform.to_owned(), identifier.to_owned()));
        place.map(|place| &self.songs[*place]).ok_or_else(Refusal::not_found)
    }

    /// A song by ISRC.
    ///
    /// # Errors
    /// Not found; or 410 if several songs share it.
    pub fn song_of_isrc(&self, isrc: &str) -> Result<&Song, Refusal> {
        match self.isrcs.get(isrc).map(Vec::as_slice) {
            Some([place]) if !isrc.is_empty() => Ok(&self.songs[*place]),
            Some([_, _, ..]) if !isrc.is_empty() => Err(Refusal::ambiguous_isrc()),
            _ => Err(Refusal::not_found()),
        }
    }

    pub fn chart(&self, slug: &str) -> Result<&Chart, Refusal> {
        self.chart_places.get(slug).map(|place| &self.charts[*place]).ok_or_else(Refusal::not_found)
    }

    /// A platform by code among those that `has` selects; otherwise 400.
    pub fn platform(&self, code: &str, has: impl Fn(&SimPlatform) -> bool) -> Result<&SimPlatform, Refusal> {
        let mut having = self.platforms.iter().filter(|platform| has(platform));
        having
            .clone()
            .find(|platform| platform.code == code)
            .ok_or_else(|| Refusal::unsupported(having.by_ref().map(|platform| platform.code.as_str())))
    }

    /// A platform's display name, or the code if it is not a platform, such as `isrc`.
    pub fn platform_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.platforms.iter().find(|platform| platform.code == code).map_or(code, |platform| &platform.name)
    }
}

fn places(uuids: impl Iterator<Item = Uuid>) -> HashMap<Uuid, usize> {
    uuids.enumerate().map(|(place, uuid)| (uuid, place)).collect()
}

/// The index of the first entry with an identifier.
fn by_identifier(
    identifiers: impl Iterator<Item = BTreeMap<String, Vec<String>>>,
) -> HashMap<(String, String), usize> {
    let mut places = HashMap::new();
    for (place, identifiers) in identifiers.enumerate() {
        for (platform, identifiers) in identifiers {
            for identifier in identifiers {
                places.entry((platform.clone(), identifier)).or_insert(place);
            }
        }
    }
    places
}
