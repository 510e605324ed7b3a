//! Artist details. Fields that the catalogue lacks are generated, the same on every request, in the
//! provider's varying shapes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::random::{BASE62, Chance};
use crate::domain::Role;
use crate::domain::catalogue::{self, ArtistObservations};

/// One artist in this many has a namesake.
const NAMESAKES: u32 = 5;
/// Roots and sub-genres.
const GENRES: [(&str, &str); 6] = [
    ("pop", "italo pop"),
    ("electro", "house"),
    ("rock", "indie rock"),
    ("hip-hop & rap", "trap"),
    ("latin", "bossa nova"),
    ("alternative", "dream pop"),
];
const STAGES: [&str; 4] = ["long_tail", "developing", "mainstream", "superstar"];

#[derive(Debug, Clone)]
pub struct Artist {
    pub uuid: Uuid,
    /// Facts from the catalogue.
    pub facts: catalogue::Artist,
    /// Indexes of songs, with the artist's role.
    pub songs: Vec<(usize, Role)>,
    /// Artist-level series: followers, listeners, views.
    pub series: Vec<ArtistObservations>,
}

impl Artist {
    /// An artist of the catalogue; `None` without UUID, because the provider does not know it.
    pub fn new(facts: catalogue::Artist) -> Option<Self> {
        Some(Artist { uuid: facts.uuid?, facts, songs: Vec::new(), series: Vec::new() })
    }

    /// For some artists, a namesake without country and songs.
    pub fn namesake(&self) -> Option<Self> {
        let chance = Chance::new(&["namesake", &self.uuid.to_string()]);
        chance.is_one_in(NAMESAKES).then(|| {
            let uuid = chance.uuid();
            let slug = Some(format!("{}-2", self.slug()));
            let facts = catalogue::Artist {
                uuid: Some(uuid),
                slug,
                country_code: None,
                image_url: None,
                ..self.facts.clone()
            };
            Artist { uuid, facts, songs: Vec::new(), series: Vec::new() }
        })
    }

    /// URL name.
    pub fn slug(&self) -> String {
        self.facts.slug.clone().unwrap_or_else(|| self.uuid.to_string())
    }

    /// Identifiers by platform code: one on Spotify, two on YouTube, one on every other platform with data on the
    /// artist.
    pub fn identifiers(&self) -> BTreeMap<String, Vec<String>> {
        let mut identifiers = BTreeMap::from([("spotify".to_owned(), vec![self.identifier("spotify")])]);
        for line in &self.series {
            let own = || vec![self.identifier(&line.platform)];
            identifiers.entry(line.platform.clone()).or_insert_with(own);
        }
        if let Some(channels) = identifiers.get_mut("youtube") {
            channels.push(self.identifier("youtube topic"));
            // The slash is part of the identifier.
            let topic = format!("/g/11{}", self.identifier("youtube-artist"));
            identifiers.insert("youtube-artist".to_owned(), vec![topic]);
        }
        identifiers
    }

    fn identifier(&self, platform: &str) -> String {
        self.chance(platform).text(BASE62, 22)
    }

    fn chance(&self, name: &str) -> Chance {
        Chance::new(&["artist", name, &self.uuid.to_string()])
    }

    /// The short form used in references.
    pub fn summary_json(&self) -> Value {
        json!({
            "uuid": self.uuid,
            "slug": self.slug(),
            "name": self.facts.name,
            "appUrl": format!("https://app.soundcharts.com/app/artist/{}/overview", self.slug()),
            "imageUrl": self.facts.image_url,
        })
    }

    /// The form used in search results.
    pub fn search_json(&self) -> Value {
        let mut found = self.summary_json();
        found["countryCode"] = self.country_code().into();
        found["webUrl"] = "".into();
        found["genres"] = self.genres();
        found["isni"] = "".into();
        found["careerStage"] = self.stage().into();
        found["growthLevel"] = "average_growth".into();
        found
    }

    /// The full form; paths before `v2.9` have neither genres nor biography.
    pub fn full_json(&self, minor: u32) -> Value {
        let mut whole = self.search_json();
        whole["ipi"] = "".into();
        whole["gender"] = Value::Null;
        whole["type"] = if self.chance("type").is_one_in(2) { "person" } else { "group" }.into();
        whole["birthDate"] = Value::Null;
        whole["cityName"] = "".into();
        if minor >= 9 {
            whole["biography"] = "".into();
        } else if let Some(fields) = whole.as_object_mut() {
            fields.remove("genres");
        }
        whole
    }

    /// Empty, not null, if unknown.
    fn country_code(&self) -> &str {
        self.facts.country_code.as_deref().unwrap_or_default()
    }

    fn stage(&self) -> &'static str {
        STAGES[self.chance("stage").below(STAGES.len() as u64) as usize]
    }

    /// Documented as texts, but observed as objects.
    fn genres(&self) -> Value {
        let (root, sub) = GENRES[self.chance("genre").below(GENRES.len() as u64) as usize];
        if self.chance("shape").is_one_in(2) {
            json!([root, sub])
        } else {
            json!([{"root": root, "sub": [sub]}])
        }
    }
}
