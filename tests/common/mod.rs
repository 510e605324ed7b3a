//! An in-memory catalogue, read from `import` CSV files or built by a test.

#![allow(dead_code, reason = "every test file uses its own part")]

#[cfg(feature = "ssr")]
pub mod cluster;
#[cfg(feature = "ssr")]
pub mod engine;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod signed_in;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use music_analytics::domain::query::Parameters;
use music_analytics::domain::registry::platform::ReportPlatform;
use music_analytics::domain::report::{
    ChartAppearance, CountryCharts, Evidence, SelectedArtist, TrackArtist, TrackEvidence, TrackFacts,
    TrackPlatformEvidence,
};
use music_analytics::domain::series::track_platform::{EvidenceDigest, TrackPlatform};
use music_analytics::domain::series::{self, IdentifierObservations, Observation, pack};
use music_analytics::domain::{Additive, ArtistId, Day, Kind, Query, Role};
use serde_json::Value;
use uuid::Uuid;

/// A platform of the registry.
pub struct Registered {
    pub platform: ReportPlatform,
    pub mirrors: bool,
}

pub struct Track {
    pub uuid: Uuid,
    pub name: String,
    pub release: Option<Day>,
    pub artists: Vec<(Uuid, Role)>,
}

pub struct ChartEntry {
    pub chart: String,
    pub platform: String,
    pub country: String,
    pub day: Day,
    pub track: Uuid,
    pub position: u32,
}

/// The observations of each identifier.
pub type Identifiers = BTreeMap<String, Vec<Observation>>;

#[derive(Default)]
pub struct Catalogue {
    pub platforms: Vec<Registered>,
    pub artists: Vec<(Uuid, String)>,
    pub tracks: Vec<Track>,
    pub observations: BTreeMap<(Uuid, String), Identifiers>,
    pub windows: BTreeMap<(Uuid, String), Vec<(Day, Day)>>,
    pub charts: Vec<ChartEntry>,
}

pub fn golden_directories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let directories: Vec<PathBuf> = (1..=3).map(|n| root.join(n.to_string())).collect();
    assert!(directories.iter().all(|directory| directory.is_dir()));
    directories
}

pub fn expected(directory: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(directory.join("expected.json")).unwrap()).unwrap()
}

pub fn identified(identifiers: &Identifiers) -> Vec<IdentifierObservations<'_>> {
    identifiers
        .iter()
        .map(|(identifier, observations)| IdentifierObservations { identifier, observations })
        .collect()
}

/// The query of a golden report.
pub fn golden_query(query: &Value) -> Query {
    let mut parameters = Parameters::default();
    for (key, name) in [
        ("artists", "artist"),
        ("from", "from"),
        ("to", "to"),
        ("platforms", "platform"),
        ("country", "country"),
    ] {
        let values = match &query[key] {
            Value::Null => Vec::new(),
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        values.iter().for_each(|value| {
            assert_eq!(
                parameters.set(name, value.as_str().unwrap()),
                music_analytics::domain::query::ParamOutcome::Accepted
            )
        });
    }
    parameters.check().unwrap()
}

/// Compares a golden result with a report as JSON.
pub fn assert_report(report: &Value, expected: &Value, context: &str) {
    let same = |found: &Value, expected: &Value, what: &str| assert_eq!(found, expected, "{context}: {what}");
    let summary = &expected["summary"];
    same(&report["summary"]["total"], &summary["total"], "summary");
    same(&report["summary"]["tracks"], &summary["tracks"], "tracks");
    same(&report["summary"]["tracks_of"], &summary["tracks_of"], "tracks_of");
    same(&report["summary"]["days_tracked"], &summary["days"], "days");
    let row = |rows: &Value, code: &Value| {
        rows.as_array().unwrap().iter().find(|row| row["platform"] == *code).cloned().unwrap_or(Value::Null)
    };
    let compare = |found: &Value, expected: &Value, what: &str| {
        for field in ["total", "days_tracked", "peak"] {
            same(&found[field], &expected[field], &format!("{what} {field}"));
        }
    };
    let platforms = expected["platforms"].as_array().unwrap();
    assert_eq!(report["platforms"].as_array().unwrap().len(), platforms.len(), "{context}");
    for platform in platforms {
        compare(
            &row(&report["platforms"], &platform["platform"]),
            platform,
            &format!("{}", platform["platform"]),
        );
    }
    let tracks = expected["tracks"].as_object().unwrap();
    assert_eq!(report["tracks"].as_array().unwrap().len(), tracks.len(), "{context}");
    for track in report["tracks"].as_array().unwrap() {
        let uuid = track["uuid"].as_str().unwrap();
        let expected = &tracks[uuid];
        same(&track["total"], &expected["total"], uuid);
        let cells = expected["platforms"].as_object().unwrap();
        let found: Vec<&str> =
            track["platforms"].as_array().unwrap().iter().map(|c| c["platform"].as_str().unwrap()).collect();
        assert_eq!(found.len(), cells.len(), "{context}: {uuid}: {found:?} for {:?}", cells.keys());
        for (code, cell) in cells {
            compare(&row(&track["platforms"], &Value::from(code.as_str())), cell, &format!("{uuid} {code}"));
        }
    }
}

impl Catalogue {
    /// Reads the files of a golden directory.
    pub fn read(directory: &Path) -> Self {
        let mut catalogue = Catalogue::default();
        let uuid = |text: &str| Uuid::try_parse(text).unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        for row in rows(directory, "platforms") {
            catalogue.platforms.push(Registered {
                platform: ReportPlatform {
                    number: catalogue.platforms.len() as i64,
                    code: row["code"].clone(),
                    name: row["name"].clone(),
                    kind: row["kind"].parse::<Kind>().unwrap().additive().unwrap(),
                    unit: row["unit"].clone(),
                },
                mirrors: row["mirrors"] == "true",
            });
        }
        for row in rows(directory, "artists") {
            catalogue.artists.push((uuid(&row["uuid"]), row["name"].clone()));
        }
        for row in rows(directory, "tracks") {
            let release = Some(&row["release_date"]).filter(|text| !text.is_empty()).map(|text| day(text));
            catalogue.tracks.push(Track {
                uuid: uuid(&row["uuid"]),
                name: row["name"].clone(),
                release,
                artists: vec![],
            });
        }
        for row in rows(directory, "track_artists") {
            let role = row.get("role").map_or(Role::Main, |role| role.parse().unwrap());
            let track = uuid(&row["track_uuid"]);
            catalogue.track(track).artists.push((uuid(&row["artist_uuid"]), role));
        }
        for row in rows(directory, "observations") {
            let observation = Observation { day: day(&row["date"]), value: row["value"].parse().unwrap() };
            catalogue.observe(uuid(&row["track_uuid"]), &row["platform"], &row["identifier"], observation);
        }
        for row in rows(directory, "fetched") {
            let key = (uuid(&row["track_uuid"]), row["platform"].clone());
            catalogue.windows.entry(key).or_default().push((day(&row["from"]), day(&row["to"])));
        }
        for row in rows(directory, "charts") {
            catalogue.charts.push(ChartEntry {
                chart: row["chart_slug"].clone(),
                platform: row["platform"].clone(),
                country: row["country_code"].clone(),
                day: day(&row["date"]),
                track: uuid(&row["track_uuid"]),
                position: row["position"].parse().unwrap(),
            });
        }
        for identifiers in catalogue.observations.values_mut() {
            identifiers.values_mut().for_each(|observations| observations.sort_by_key(|o| o.day));
        }
        catalogue
    }

    pub fn add_platform(&mut self, code: &str, unit: &str, kind: Additive) {
        let (number, code) = (self.platforms.len() as i64, code.to_owned());
        let platform = ReportPlatform { number, name: code.clone(), code, kind, unit: unit.into() };
        self.platforms.push(Registered { platform, mirrors: false });
    }

    pub fn add_artist(&mut self, name: &str) -> Uuid {
        let uuid = Uuid::from_u128(1_000 + self.artists.len() as u128);
        self.artists.push((uuid, name.to_owned()));
        uuid
    }

    pub fn add_track(&mut self, name: &str, artist: Uuid) -> Uuid {
        let uuid = Uuid::from_u128(1 + self.tracks.len() as u128);
        self.tracks.push(Track {
            uuid,
            name: name.to_owned(),
            release: None,
            artists: vec![(artist, Role::Main)],
        });
        uuid
    }

    pub fn track(&mut self, uuid: Uuid) -> &mut Track {
        self.tracks.iter_mut().find(|track| track.uuid == uuid).unwrap()
    }

    /// Adds a value of the unnamed identifier; days must come in order.
    pub fn add_value(&mut self, track: Uuid, platform: &str, day: Day, value: i64) {
        self.observe(track, platform, "", Observation { day, value });
        let observations =
            self.observations.get_mut(&(track, platform.to_owned())).unwrap().get_mut("").unwrap();
        observations.sort_by_key(|o| o.day);
    }

    pub fn observe(&mut self, track: Uuid, platform: &str, identifier: &str, observation: Observation) {
        let identifiers = self.observations.entry((track, platform.to_owned())).or_default();
        identifiers.entry(identifier.to_owned()).or_default().push(observation);
    }

    /// The evidence that the store would load for this query.
    pub fn evidence(&self, query: &Query) -> Evidence {
        let asked = |code: &String| query.platforms.is_empty() || query.platforms.contains(code);
        let platforms: Vec<&Registered> = self.platforms.iter().filter(|p| asked(&p.platform.code)).collect();
        let selected = |uuid: &Uuid| query.artists.contains(&ArtistId::Uuid(*uuid));
        let tracks =
            self.tracks.iter().filter(|track| track.artists.iter().any(|(artist, _)| selected(artist)));
        let in_country = |entry: &&ChartEntry| {
            query.country.is_some_and(|country| country.as_str() == entry.country)
                && query.period.range().contains(entry.day)
        };
        let mut days_fetched: Vec<Day> =
            self.charts.iter().filter(in_country).map(|entry| entry.day).collect();
        days_fetched.sort_unstable();
        days_fetched.dedup();
        Evidence {
            artists: self
                .artists
                .iter()
                .filter(|(uuid, _)| selected(uuid))
                .map(|(uuid, name)| SelectedArtist { uuid: *uuid, name: name.clone() })
                .collect(),
            skipped: vec![],
            platforms: platforms.iter().map(|p| p.platform.clone()).collect(),
            tracks: tracks
                .map(|track| TrackEvidence {
                    facts: Arc::new(TrackFacts {
                        uuid: track.uuid,
                        name: track.name.clone(),
                        credit: None,
                        release: track.release,
                        image_url: None,
                        artists: track.artists.iter().map(|(uuid, role)| self.credit(*uuid, *role)).collect(),
                    }),
                    pairs: platforms
                        .iter()
                        .map(|platform| (platform.platform.number, self.pair(track.uuid, platform)))
                        .collect(),
                    charts: self
                        .charts
                        .iter()
                        .filter(in_country)
                        .filter(|entry| entry.track == track.uuid)
                        .map(|entry| ChartAppearance {
                            chart: entry.chart.clone(),
                            name: entry.chart.clone(),
                            platform: entry.platform.clone(),
                            best_position: entry.position,
                            first: entry.day,
                            last: entry.day,
                            days: 1,
                        })
                        .collect(),
                })
                .collect(),
            charts: Some(CountryCharts { days_fetched }),
            artist_level: vec![],
            ..Evidence::default()
        }
    }

    fn credit(&self, uuid: Uuid, role: Role) -> TrackArtist {
        let name = self.artists.iter().find(|(artist, _)| *artist == uuid).unwrap().1.clone();
        TrackArtist { id: ArtistId::Uuid(uuid), name, role }
    }

    fn pair(&self, track: Uuid, registered: &Registered) -> TrackPlatformEvidence {
        let key = (track, registered.platform.code.clone());
        let kind = match registered.platform.kind {
            Additive::Counter => Kind::Counter,
            Additive::Flow => Kind::Flow,
        };
        let worked_out = self.observations.get(&key).map(|identifiers| {
            let identified = identified(identifiers);
            let pair = TrackPlatform::work_out(kind, registered.mirrors, &identified);
            let packed = series::parse_packed(&pack(&pair).into()).unwrap();
            (EvidenceDigest::compute(kind, registered.mirrors, &identified), packed)
        });
        TrackPlatformEvidence {
            derived: worked_out,
            windows: self.windows.get(&key).cloned().unwrap_or_default(),
        }
    }
}

fn rows(directory: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(directory.join(file).with_extension("csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}
