//! Generates catalogues with all kinds of provider faults, and queries about them.

use std::collections::BTreeMap;

use music_analytics::domain::report::{Report, report};
use music_analytics::domain::series::Observation;
use music_analytics::domain::{Additive, Day, Query, Role};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::common::{Catalogue, Identifiers, Track, golden_query};

/// Code, unit, kind, and whether identifiers mirror one counter.
const PLATFORMS: [(&str, &str, Additive, bool); 4] = [
    ("spotify", "streams", Additive::Counter, true),
    ("youtube", "views", Additive::Counter, false),
    ("soundcloud", "streams", Additive::Counter, false),
    ("radio", "spins", Additive::Flow, false),
];
const ARTISTS: usize = 3;
/// Days with possible faults; queries are about the later ones.
const DAYS: i32 = 120;

/// A catalogue with a query.
pub struct Case {
    pub catalogue: Catalogue,
    pub artists: Vec<Uuid>,
    pub role: Option<Role>,
    pub from: Day,
    pub to: Day,
    pub today: Day,
}

/// Short, for the message of a failing case: the observations are what matters.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Case { artists, role, from, to, today, .. } = self;
        writeln!(f, "{} artists, {role:?}, {from} to {to}, today {today}", artists.len())?;
        for track in &self.catalogue.tracks {
            writeln!(f, "track {} released {:?} of {:?}", track.uuid, track.release, track.artists)?;
        }
        for (key, windows) in &self.catalogue.windows {
            writeln!(f, "{key:?} fetched {windows:?}")?;
        }
        for ((track, platform), identifiers) in &self.catalogue.observations {
            for (identifier, observations) in identifiers {
                let values: Vec<_> = observations.iter().map(|o| (o.day.to_string(), o.value)).collect();
                writeln!(f, "{track} {platform} {identifier}: {values:?}")?;
            }
        }
        Ok(())
    }
}

impl Case {
    /// A query for these artists and days.
    pub fn query(&self, artists: &[Uuid], from: Day, to: Day) -> Query {
        let mut query = golden_query(&json!({"artists": artists, "from": from, "to": to}));
        query.role = self.role;
        query.daily = true;
        query
    }

    pub fn ask(&self, artists: &[Uuid], from: Day, to: Day) -> Report {
        let query = self.query(artists, from, to);
        report(&self.catalogue.evidence(&query), &query, self.today)
    }

    pub fn report(&self) -> Report {
        self.ask(&self.artists, self.from, self.to)
    }
}

/// A data fault that starts on some day.
#[derive(Debug, Clone)]
enum DataFault {
    Hole(i32),
    Repeat(i32),
    Lower(i64),
    Half,
    Twice,
    Excursion(i32, i64),
    Leap(i64),
    Negative,
}

type Values = BTreeMap<i32, i64>;

fn mishap() -> impl Strategy<Value = DataFault> {
    prop_oneof![
        1 => (1i32..6).prop_map(DataFault::Hole),
        2 => (1i32..5).prop_map(DataFault::Repeat),
        1 => (1i64..5_000).prop_map(DataFault::Lower),
        1 => Just(DataFault::Half),
        1 => Just(DataFault::Twice),
        1 => (1i32..9, -5_000i64..50_000).prop_map(|(days, size)| DataFault::Excursion(days, size)),
        2 => (1_000i64..3_000_000).prop_map(DataFault::Leap),
        1 => Just(DataFault::Negative),
    ]
}

fn apply_fault(values: &mut Values, from: i32, mishap: &DataFault) {
    let before = values.range(..from).next_back().map_or(0, |(_, value)| *value);
    let change = |values: &mut Values, days: i32, change: &dyn Fn(i64) -> i64| {
        values.range_mut(from..from.saturating_add(days)).for_each(|(_, value)| *value = change(*value));
    };
    match *mishap {
        DataFault::Hole(days) => values.retain(|day, _| !(from..from + days).contains(day)),
        DataFault::Repeat(days) => change(values, days, &|_| before),
        DataFault::Lower(size) => change(values, i32::MAX, &|value| (value - size).max(0)),
        DataFault::Half => change(values, i32::MAX, &|value| value / 2),
        DataFault::Twice => change(values, i32::MAX, &|value| value.saturating_mul(2)),
        DataFault::Excursion(days, size) => change(values, days, &|value| (value + size).max(0)),
        DataFault::Leap(size) => change(values, i32::MAX, &|value| value + size),
        DataFault::Negative => change(values, 1, &|_| -1),
    }
}

/// Usually a counter with faults, sometimes arbitrary values.
fn values() -> impl Strategy<Value = Values> {
    let rate = prop_oneof![Just(0i64), 1i64..30, 100i64..500];
    let first = prop_oneof![Just(0i64), 1i64..2_000, 90_000i64..150_000, 5_000_000i64..9_000_000];
    let start = prop_oneof![2 => 0i32..10, 1 => 0i32..DAYS];
    let counter =
        (start, prop_oneof![3 => 90..DAYS, 1 => 1..DAYS], first, rate, vec((0..DAYS, mishap()), 0..3))
            .prop_map(|(start, days, first, rate, mishaps)| {
                let mut values: Values =
                    (0..days).map(|n| (start + n, first + i64::from(n) * rate + i64::from(n / 5))).collect();
                mishaps.iter().for_each(|(from, mishap)| apply_fault(&mut values, *from, mishap));
                values
            });
    let anything = btree_map(0..DAYS, prop_oneof![-3i64..50, -1i64..i64::MAX], 0..30);
    prop_oneof![9 => counter, 1 => anything]
}

/// The observations of up to two identifiers; a further one may repeat the first with missing days.
fn identifiers() -> impl Strategy<Value = Vec<Values>> {
    let all = prop_oneof![3 => vec(values(), 0), 6 => vec(values(), 1), 2 => vec(values(), 2)];
    let copy = option::of(vec(any::<bool>(), DAYS as usize * 2));
    (all, copy).prop_map(|(mut all, copy)| {
        if let (Some(first), Some(kept)) = (all.first().cloned(), copy) {
            all.push(first.into_iter().filter(|(day, _)| kept[*day as usize]).collect());
        }
        all
    })
}

fn day(offset: i32) -> Day {
    let zero: Day = "2026-06-01".parse().unwrap();
    zero + offset
}

/// Release, roles of the artists (0 none, 1 main, 2 featured), and the data of each platform.
type TrackPlan = (Option<i32>, [u8; ARTISTS], Vec<(Vec<Values>, Vec<(i32, i32)>)>);

fn track_plan() -> impl Strategy<Value = TrackPlan> {
    let windows = prop_oneof![3 => Just(vec![(-20, 200)]), 1 => vec((-20..DAYS, 0..DAYS), 0..3)];
    let pairs = vec((identifiers(), windows), PLATFORMS.len());
    (option::of(prop_oneof![2 => -7i32..10, 1 => 0..DAYS]), proptest::array::uniform3(0u8..3), pairs)
}

fn add_track(catalogue: &mut Catalogue, (release, parts, pairs): TrackPlan) {
    let uuid = Uuid::from_u128(1 + catalogue.tracks.len() as u128);
    let role = |part: u8| if part == 1 { Role::Main } else { Role::Featured };
    let artists = catalogue.artists.iter().zip(parts).filter(|(_, part)| *part > 0);
    let artists = artists.map(|((artist, _), part)| (*artist, role(part))).collect();
    catalogue.tracks.push(Track { uuid, name: "Track".into(), release: release.map(day), artists });
    for ((code, ..), (series, windows)) in PLATFORMS.iter().zip(pairs) {
        let key = (uuid, (*code).to_owned());
        let windows = windows.into_iter().map(|(from, length)| (day(from), day(from + length))).collect();
        catalogue.windows.insert(key.clone(), windows);
        let identifiers: Identifiers = (0..)
            .zip(series)
            .filter(|(_, values)| !values.is_empty())
            .map(|(n, values)| {
                let observation = |(offset, value)| Observation { day: day(offset), value };
                (n.to_string(), values.into_iter().map(observation).collect())
            })
            .collect();
        if !identifiers.is_empty() {
            catalogue.observations.insert(key, identifiers);
        }
    }
}

/// Any catalogue with any query.
pub fn case() -> impl Strategy<Value = Case> {
    let roles = prop_oneof![4 => Just(None), 1 => Just(Some(Role::Main)), 1 => Just(Some(Role::Featured))];
    let question = (1usize..1 << ARTISTS, roles, -5..DAYS - 10, 0i32..40, 0..DAYS * 3);
    (vec(track_plan(), 1..4), question).prop_map(|(tracks, (chosen, role, from, length, today))| {
        let mut catalogue = Catalogue::default();
        for (code, unit, kind, mirrors) in PLATFORMS {
            catalogue.add_platform(code, unit, kind);
            catalogue.platforms.last_mut().unwrap().mirrors = mirrors;
        }
        let artists: Vec<Uuid> = (0..ARTISTS).map(|n| catalogue.add_artist(&format!("Artist {n}"))).collect();
        tracks.into_iter().for_each(|track| add_track(&mut catalogue, track));
        let artists = (0..ARTISTS).filter(|n| chosen >> n & 1 == 1).map(|n| artists[n]).collect();
        Case { catalogue, artists, role, from: day(from), to: day(from + length), today: day(today) }
    })
}
