//! Charts of eight countries, for the country filter (S18 of docs/semantics.md): daily on Spotify, weekly on
//! YouTube and Shazam. Only positions of demo songs are filled.

use uuid::Uuid;

use super::discography::Song;
use super::growth::Growth;
use super::roster::Act;
use crate::domain::Day;
use crate::domain::catalogue::{Chart, ChartEntry, Frequency};

/// A country with charts: code, name, and the Spotify streams of a typical number one.
#[derive(Debug)]
struct Country(&'static str, &'static str, f64);

const COUNTRIES: [Country; 8] = [
    Country("IT", "Italy", 450_000.0),
    Country("DE", "Germany", 330_000.0),
    Country("FR", "France", 260_000.0),
    Country("GB", "United Kingdom", 460_000.0),
    Country("ES", "Spain", 340_000.0),
    Country("US", "United States", 560_000.0),
    Country("BR", "Brazil", 310_000.0),
    Country("JP", "Japan", 270_000.0),
];

/// Charts of a country: platform, frequency, positions.
const KINDS: [(&str, &str, Frequency, u32); 3] = [
    ("spotify", "Spotify Top 100", Frequency::Daily, 100),
    ("youtube", "YouTube Weekly Top 50", Frequency::Weekly, 50),
    ("shazam", "Shazam Weekly Top 50", Frequency::Weekly, 50),
];

/// Market sizes of these platforms relative to Spotify.
const MARKETS: [f64; 3] = [1.0, 0.5, 0.004];

pub fn charts() -> Vec<Chart> {
    COUNTRIES.iter().flat_map(|country| KINDS.iter().map(|kind| chart(country, kind))).collect()
}

fn chart(country: &Country, &(platform, name, frequency, positions): &(&str, &str, Frequency, u32)) -> Chart {
    Chart {
        slug: format!("{platform}-{frequency}-{}", country.0.to_lowercase()),
        name: format!("{name} {}", country.1),
        platform: platform.to_owned(),
        country_code: country.0.to_owned(),
        frequency,
        positions,
    }
}

/// Days without fetched charts: three days a month in one country, including the weekly charts (S18).
pub fn is_missing(country: &str, day: Day) -> bool {
    country == "JP" && (18..=20).contains(&day.day_of_month())
}

/// All entries in a range. `songs` have the true counter of each platform, by index in [`platforms`].
pub fn entries(songs: &[(Song, [Option<Growth>; 3])], from: Day, to: Day) -> Vec<ChartEntry> {
    let mut entries = Vec::new();
    for (at, kind) in KINDS.iter().enumerate() {
        let days: Vec<Day> =
            from.up_to(to).filter(|day| kind.2 == Frequency::Daily || is_friday(*day)).collect();
        let candidates: Vec<Candidate<'_>> = songs
            .iter()
            .filter_map(|(song, growths)| Some((song, growths[at]?)))
            .map(|(song, growth)| Candidate {
                song,
                streams: days.iter().map(|day| growth.daily(*day)).collect(),
            })
            .collect();
        for country in &COUNTRIES {
            let chart = chart(country, kind);
            let parts: Vec<f64> = candidates.iter().map(|c| part(c.song.artist(), country.0)).collect();
            let fetched = days.iter().enumerate().filter(|(_, day)| !is_missing(country.0, **day));
            for (place, &day) in fetched {
                let here = |(candidate, part): (&Candidate<'_>, &f64)| {
                    (candidate.streams[place] as f64 * part, candidate.song.uuid())
                };
                let streams = candidates.iter().zip(&parts).map(here);
                let ranking = ranking(country.2 * MARKETS[at], chart.positions, streams);
                entries.extend(ranking.map(|(position, track_uuid)| ChartEntry {
                    chart_slug: chart.slug.clone(),
                    date: day,
                    track_uuid,
                    position,
                }));
            }
        }
    }
    entries
}

/// A song with its streams on the days of a kind of chart.
struct Candidate<'a> {
    song: &'a Song,
    streams: Vec<i64>,
}

/// Chart platforms, in the order of the counters passed to [`entries`].
pub fn platforms() -> [&'static str; 3] {
    KINDS.map(|kind| kind.0)
}

/// Positions and songs. A song with a hundredth of the number one's streams is at position 100; positions in
/// between belong to songs outside the catalogue.
fn ranking(
    number_one: f64,
    positions: u32,
    streams: impl Iterator<Item = (f64, Uuid)>,
) -> impl Iterator<Item = (u32, Uuid)> {
    let lowest = number_one / f64::from(positions);
    let mut found: Vec<(f64, Uuid)> = streams.filter(|(streams, _)| *streams >= lowest).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut last = 0;
    let places = found.into_iter().map(move |(streams, uuid)| {
        last = ((number_one / streams).ceil() as u32).max(last + 1);
        (last, uuid)
    });
    places.take_while(move |(position, _)| *position <= positions)
}

/// The share of an artist's audience in a country.
fn part(act: &Act, country: &str) -> f64 {
    if act.country == country { 0.4 } else { act.dice().and("in").and(country).log_normal(0.04, 0.7) }
}

fn is_friday(day: Day) -> bool {
    (day.number() - 1).rem_euclid(7) == 0
}
