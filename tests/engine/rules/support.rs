//! Builders for observations and queries. Days are in 2026, written "09-01".

use std::collections::BTreeMap;

use music_analytics::domain::query::Compare;
use music_analytics::domain::report::{Availability, CellRow, Growth, Report, availability, report};
use music_analytics::domain::series::{Observation, Series, Step};
use music_analytics::domain::{Additive, Day, Figure, Query};
use serde_json::json;
use uuid::Uuid;

use crate::common::{Catalogue, golden_query};

/// The platform of a catalogue with only one.
pub const PLATFORM: &str = "spotify";

pub fn day(text: &str) -> Day {
    format!("2026-{text}").parse().unwrap()
}

/// Long after every range that is not in progress.
pub fn today() -> Day {
    day("11-22")
}

/// Observations, one per day.
#[derive(Debug, Clone, Default)]
pub struct Values(BTreeMap<Day, i64>);

impl Values {
    pub fn new(values: &[(&str, i64)]) -> Self {
        Values(values.iter().map(|&(text, value)| (day(text), value)).collect())
    }

    /// One value per day, from `first`, increasing by `step`.
    pub fn rising(from: &str, to: &str, first: i64, step: i64) -> Self {
        Values(day(from).up_to(day(to)).zip((0..).map(|n| first + n * step)).collect())
    }

    pub fn set(mut self, text: &str, value: i64) -> Self {
        self.0.insert(day(text), value);
        self
    }

    pub fn without(mut self, days: &[&str]) -> Self {
        days.iter().for_each(|text| assert!(self.0.remove(&day(text)).is_some(), "{text}"));
        self
    }

    /// Changes the values of the days `from` to `to`.
    pub fn change(mut self, from: &str, to: &str, change: impl Fn(i64) -> i64) -> Self {
        self.0.range_mut(day(from)..=day(to)).for_each(|(_, value)| *value = change(*value));
        self
    }

    pub fn value(&self, text: &str) -> i64 {
        self.0[&day(text)]
    }

    pub fn observations(&self) -> Vec<Observation> {
        self.0.iter().map(|(&day, &value)| Observation { day, value }).collect()
    }

    pub fn steps(&self) -> Vec<Step> {
        Series::counter(&self.observations()).unwrap().steps
    }

    /// The only step that ends on this day.
    pub fn step(&self, text: &str) -> Step {
        self.steps().into_iter().find(|step| step.last == day(text)).unwrap()
    }
}

/// Puts the observations of one identifier into a catalogue.
pub fn observe(catalogue: &mut Catalogue, track: Uuid, platform: &str, identifier: &str, values: &Values) {
    values.observations().into_iter().for_each(|o| catalogue.observe(track, platform, identifier, o));
}

/// A query for artists over days in 2026 on all platforms.
pub fn query(artists: &[Uuid], from: &str, to: &str) -> Query {
    golden_query(&json!({"artists": artists, "from": day(from), "to": day(to)}))
}

pub fn ask(catalogue: &Catalogue, query: &Query) -> Report {
    report(&catalogue.evidence(query), query, today())
}

/// (low, estimate, high).
pub fn bounds(figure: Figure) -> (i128, i128, Option<i128>) {
    (figure.low, figure.estimate, figure.high)
}

/// One track of one artist on one platform.
pub struct SingleSeries {
    pub catalogue: Catalogue,
    pub artist: Uuid,
    pub track: Uuid,
    pub today: Day,
}

impl SingleSeries {
    fn on(kind: Additive, values: &Values) -> Self {
        let mut catalogue = Catalogue::default();
        catalogue.add_platform(PLATFORM, "streams", kind);
        let artist = catalogue.add_artist("Artist");
        let track = catalogue.add_track("Track", artist);
        SingleSeries { catalogue, artist, track, today: today() }.and("a", values)
    }

    pub fn counter(values: &Values) -> Self {
        SingleSeries::on(Additive::Counter, values)
    }

    pub fn flow(values: &Values) -> Self {
        SingleSeries::on(Additive::Flow, values)
    }

    /// Another identifier.
    pub fn and(mut self, identifier: &str, values: &Values) -> Self {
        observe(&mut self.catalogue, self.track, PLATFORM, identifier, values);
        self
    }

    pub fn mirrored(mut self) -> Self {
        self.catalogue.platforms[0].mirrors = true;
        self
    }

    pub fn released(mut self, text: &str) -> Self {
        self.catalogue.track(self.track).release = Some(day(text));
        self
    }

    pub fn fetched(mut self, from: &str, to: &str) -> Self {
        let windows = self.catalogue.windows.entry((self.track, PLATFORM.to_owned())).or_default();
        windows.push((day(from), day(to)));
        self
    }

    /// Queries on another day.
    pub fn on_day(mut self, text: &str) -> Self {
        self.today = day(text);
        self
    }

    pub fn report(&self, from: &str, to: &str) -> Report {
        let mut query = query(&[self.artist], from, to);
        query.daily = true;
        report(&self.catalogue.evidence(&query), &query, self.today)
    }

    pub fn growth(&self, from: &str, to: &str, compare: Compare) -> Growth {
        let query = Query { compare: Some(compare), ..query(&[self.artist], from, to) };
        report(&self.catalogue.evidence(&query), &query, self.today).growth.unwrap()
    }

    pub fn availability(&self, from: &str, to: &str) -> Availability {
        let query = query(&[self.artist], from, to);
        availability(&self.catalogue.evidence(&query), &query, self.today)
    }

    /// The track's row on the platform; `None` if absent.
    pub fn cell(&self, from: &str, to: &str) -> Option<CellRow> {
        self.report(from, to).tracks.remove(0).platforms.pop()
    }

    /// The figure; `None` if unknown.
    pub fn total(&self, from: &str, to: &str) -> Option<Figure> {
        self.cell(from, to).expect("not absent").total
    }

    /// (low, estimate, high, exact) of a known figure.
    pub fn figure(&self, from: &str, to: &str) -> (i128, i128, Option<i128>, bool) {
        let figure = self.total(from, to).expect("known");
        (figure.low, figure.estimate, figure.high, figure.exact)
    }

    /// The cell's flags as text.
    pub fn flags(&self, from: &str, to: &str) -> Vec<&'static str> {
        self.cell(from, to).expect("not absent").flags.into_iter().map(|flag| flag.as_str()).collect()
    }
}
