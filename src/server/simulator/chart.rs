//! Charts: the catalogue's, and global and city charts that clients must distinguish from those of countries.
//! Positions that the catalogue does not fill go to unknown songs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::random::Chance;
use super::timestamp;
use crate::domain::Day;
use crate::domain::catalogue::{self, ChartEntry, Frequency};

/// Positions and songs, by position.
type Ranking = Vec<(u32, usize)>;

#[derive(Debug, Default)]
pub struct Rankings {
    pub days: BTreeMap<Day, Ranking>,
    /// Days and positions by song.
    pub songs: HashMap<usize, Vec<(Day, u32)>>,
}

#[derive(Debug, Clone)]
pub struct Chart {
    /// Facts from the catalogue; the country is empty for global charts.
    pub facts: catalogue::Chart,
    /// The city of a city chart.
    pub city: &'static str,
    pub rankings: Arc<Rankings>,
}

/// The charts of a catalogue.
pub fn charts(
    charts: Vec<catalogue::Chart>,
    entries: Vec<ChartEntry>,
    songs: &HashMap<Uuid, usize>,
) -> Vec<Chart> {
    let mut rankings: HashMap<String, Rankings> = HashMap::new();
    for entry in entries {
        let Some(&song) = songs.get(&entry.track_uuid) else { continue };
        let rankings = rankings.entry(entry.chart_slug).or_default();
        rankings.days.entry(entry.date).or_default().push((entry.position, song));
        rankings.songs.entry(song).or_default().push((entry.date, entry.position));
    }
    for rankings in rankings.values_mut() {
        rankings.days.values_mut().for_each(|places| places.sort_unstable());
        rankings.songs.values_mut().for_each(|days| days.sort_unstable());
    }
    charts
        .into_iter()
        .map(|facts| Chart {
            rankings: Arc::new(rankings.remove(&facts.slug).unwrap_or_default()),
            facts,
            city: "",
        })
        .collect()
}

/// A global and a city chart for each platform, with the rankings of its largest chart.
pub fn relatives(charts: &[Chart]) -> Vec<Chart> {
    let mut largest: BTreeMap<&str, &Chart> = BTreeMap::new();
    for chart in charts.iter().filter(|chart| !chart.facts.country_code.is_empty()) {
        let so_far = largest.entry(&chart.facts.platform).or_insert(chart);
        if chart.facts.positions > so_far.facts.positions {
            *so_far = chart;
        }
    }
    let of_one = |(platform, chart): (&str, &Chart)| {
        let country = chart.facts.country_code.as_str();
        [
            chart.relative(format!("global-{platform}"), "Global", "", ""),
            chart.relative(format!("{}-city", chart.facts.slug), "City", country, "Port City"),
        ]
    };
    largest.into_iter().flat_map(of_one).collect()
}

impl Chart {
    /// A chart with the same rankings and another name.
    fn relative(&self, slug: String, kind: &str, country: &str, city: &'static str) -> Self {
        let name = format!("{} ({kind})", self.facts.name);
        let facts = catalogue::Chart { slug, name, country_code: country.to_owned(), ..self.facts.clone() };
        Chart { facts, city, rankings: Arc::clone(&self.rankings) }
    }

    /// The publication time of a day's ranking; the same on every request.
    pub fn time(&self, day: Day) -> String {
        timestamp::at_some_time(day, &["chart", &self.facts.slug, &day.to_string()])
    }

    pub fn positions(&self) -> u32 {
        let lowest = self.rankings.songs.values().flatten().map(|(_, position)| *position).max();
        self.facts.positions.max(lowest.unwrap_or(1))
    }

    /// The key of an unknown song at a position.
    pub fn stranger(&self, position: u32) -> Uuid {
        Chance::new(&["stranger", &self.facts.slug, &position.to_string()]).uuid()
    }

    /// The unit of its `metric`, if it has one.
    pub fn metric(&self) -> Option<&'static str> {
        match self.facts.platform.as_str() {
            "spotify" => Some("streams"),
            "youtube" => Some("views"),
            "tiktok" => Some("videos"),
            "airplay" => Some("spins"),
            _ => None,
        }
    }

    /// The form used in lists.
    pub fn as_item(&self) -> Value {
        let code = &self.facts.country_code;
        json!({
            "name": self.facts.name,
            "type": "song",
            "slug": self.facts.slug,
            "platform": self.facts.platform,
            "frequency": match self.facts.frequency { Frequency::Daily => "daily", Frequency::Weekly => "weekly" },
            "countryCode": code,
            "countryName": rust_iso3166::from_alpha2(code).map_or("", |country| country.name),
            "cityName": self.city,
            "maxResultsCount": self.positions(),
            "webUrl": "",
        })
    }
}
