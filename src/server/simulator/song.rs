//! Song details.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::random::Chance;
use super::timestamp::Style;
use super::world::World;
use crate::domain::catalogue::{Track, TrackObservations};
use crate::domain::{Day, Role};

#[derive(Debug, Clone)]
pub struct Song {
    /// Facts from the catalogue.
    pub track: Track,
    /// Indexes of artists, with their roles.
    pub artists: Vec<(usize, Role)>,
    /// Observations by platform and identifier.
    pub audience: Vec<TrackObservations>,
}

impl Song {
    pub fn new(track: Track) -> Self {
        Song { track, artists: Vec::new(), audience: Vec::new() }
    }

    /// Identifiers by platform code, including the ISRC.
    pub fn identifiers(&self) -> BTreeMap<String, Vec<String>> {
        let mut identifiers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self.audience.iter().filter(|line| !line.identifier.is_empty()) {
            identifiers.entry(line.platform.clone()).or_default().push(line.identifier.clone());
        }
        if let Some(isrc) = &self.track.isrc {
            identifiers.insert("isrc".to_owned(), vec![isrc.clone()]);
        }
        identifiers
    }

    /// The newest value on a platform, for sorting.
    pub fn newest(&self, platform: &str) -> i64 {
        let on_it = self.audience.iter().filter(|line| line.platform == platform);
        on_it.filter_map(|line| line.observations.last()).map(|o| o.value).max().unwrap_or(0)
    }

    /// The artist credit; derived from the artists if the catalogue has none.
    fn credit(&self, world: &World) -> String {
        self.track.credit_name.clone().unwrap_or_else(|| {
            let names: Vec<&str> =
                self.artists.iter().map(|(place, _)| world.artists[*place].facts.name.as_str()).collect();
            names.join(" & ")
        })
    }

    /// The short form used in references.
    pub fn light(&self, world: &World) -> Value {
        json!({
            "uuid": self.track.uuid,
            "name": self.track.name,
            "creditName": self.credit(world),
            "imageUrl": self.track.image_url,
        })
    }

    /// The form used in artists' lists, without ISRC.
    pub fn listed(&self, world: &World) -> Value {
        let mut listed = self.light(world);
        listed["releaseDate"] = self.release_date();
        listed
    }

    /// The full form. The ISRC is a text before `v2.8`, the labels before `v2.25`.
    pub fn whole(&self, world: &World, minor: u32) -> Value {
        let light = |role: Option<Role>| -> Vec<Value> {
            let these = self.artists.iter().filter(|(_, its)| role.is_none_or(|role| role == *its));
            these.map(|(place, _)| world.artists[*place].summary_json()).collect()
        };
        let mut whole = self.listed(world);
        whole["isrc"] = self.isrc(minor);
        whole["iswcs"] = json!([]);
        whole["artists"] = light(None).into();
        whole["mainArtists"] = light(Some(Role::Main)).into();
        whole["copyright"] = "".into();
        whole["appUrl"] = format!("https://app.soundcharts.com/app/song/{}/overview", self.track.uuid).into();
        whole["duration"] = (120 + self.chance("duration").below(180)).into();
        whole["explicit"] = false.into();
        whole["genres"] = if self.chance("genres").is_one_in(2) {
            json!(["pop"])
        } else {
            json!([{"root": "pop", "sub": ["dance pop"]}])
        };
        whole["composers"] = json!([]);
        whole["producers"] = json!([]);
        if minor >= 25 {
            whole["labels"] = json!([{"name": "Invented Records", "type": "indie"}]);
        } else {
            whole["label"] = "Invented Records".into();
        }
        whole
    }

    /// As text or object; null or empty if missing.
    fn isrc(&self, minor: u32) -> Value {
        let is_odd = self.chance("isrc").is_one_in(2);
        match &self.track.isrc {
            Some(isrc) if minor < 8 || self.chance("isrc shape").is_one_in(8) => json!(isrc),
            Some(isrc) => json!({"value": isrc, "countryCode": isrc.get(..2), "countryName": ""}),
            None if is_odd => json!({"value": "", "countryCode": "", "countryName": ""}),
            None => Value::Null,
        }
    }

    fn release_date(&self) -> Value {
        let style = if self.chance("release").is_one_in(2) { Style::Utc } else { Style::Paris };
        self.track.release_date.map_or(Value::Null, |day: Day| style.stamp(day).into())
    }

    fn chance(&self, name: &str) -> Chance {
        Chance::new(&["song", name, &self.track.uuid.to_string()])
    }
}
