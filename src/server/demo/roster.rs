//! The demo artists, all invented.

use uuid::Uuid;

use super::growth::Wave;
use super::random::Dice;
use super::titles::Language::{self, *};

/// An invented artist.
#[derive(Debug, PartialEq, Eq)]
pub struct Act {
    /// The stage name.
    pub name: &'static str,
    /// URL name, the key of everything random about the artist.
    pub slug: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// Language of the titles.
    pub language: Language,
    /// Year of the first release.
    pub debut: i32,
    /// Approximate number of tracks by the beginning of 2026.
    pub tracks: u32,
    /// Approximate daily Spotify streams over these.
    pub daily: u32,
}

/// The artist with a single every four weeks, so that every month has a release.
pub const EVERY_FOUR_WEEKS: &str = "kilowatt-grandma";
/// The artist known from music recognition only, without the provider's UUID (S20 of docs/semantics.md).
pub const RECOGNISED: &str = "unbekannte-frequenz-7";

#[rustfmt::skip]
const fn act(
    name: &'static str, slug: &'static str, country: &'static str, language: Language, debut: i32, tracks: u32, daily: u32,
) -> Act {
    Act { name, slug, country, language, debut, tracks, daily }
}

/// All artists. Order and slugs determine the random data and must not change.
#[rustfmt::skip]
pub const ACTS: [Act; 40] = [
    act("Velvet Cartographer", "velvet-cartographer", "GB", English, 2012, 44, 2_400_000),
    act("Capitan Cedrata", "capitan-cedrata", "IT", Italian, 2013, 33, 1_150_000),
    act("Señorita Gravedad", "senorita-gravedad", "ES", Spanish, 2014, 28, 870_000),
    act("Glass Pelican", "glass-pelican", "US", English, 2013, 24, 640_000),
    act("Jacaré Astronauta", "jacare-astronauta", "BR", Portuguese, 2015, 22, 520_000),
    act("Kassettenkönigin", "kassettenkoenigin", "DE", German, 2014, 23, 400_000),
    act("Les Parapluies Bleu Nuit", "les-parapluies-bleu-nuit", "FR", French, 2012, 20, 310_000),
    act("月面郵便局", "getsumen-yubinkyoku", "JP", Japanese, 2015, 19, 280_000),
    act("Marmalade Dynamo", "marmalade-dynamo", "GB", English, 2014, 18, 210_000),
    act("Nebbia Ottanio", "nebbia-ottanio", "IT", Italian, 2016, 17, 180_000),
    act("Kilowatt Grandma", "kilowatt-grandma", "US", English, 2025, 13, 150_000),
    act("양말 우주국", "yangmal-ujuguk", "KR", Korean, 2017, 14, 130_000),
    act("Tigre de Papel Maché", "tigre-de-papel-mache", "MX", Spanish, 2015, 17, 110_000),
    act("Citronnelle 84", "citronnelle-84", "FR", French, 2014, 14, 90_000),
    act("Paper Lighthouse Club", "paper-lighthouse-club", "US", English, 2013, 15, 76_000),
    act("Motel Zanzara", "motel-zanzara", "IT", Italian, 2016, 13, 62_000),
    act("Tante Turbine", "tante-turbine", "DE", German, 2015, 12, 51_000),
    act("Saudade Elétrica 3000", "saudade-eletrica-3000", "BR", Portuguese, 2016, 13, 44_000),
    act("真夜中エレベーター倶楽部", "mayonaka-elevator-club", "JP", Japanese, 2016, 11, 37_000),
    act("Океан у Шухляді", "okean-u-shukhliadi", "UA", Ukrainian, 2018, 10, 30_000),
    act("Çay & Satürn", "cay-saturn", "TR", Turkish, 2017, 10, 26_000),
    act("Dub Flamingo Unit", "dub-flamingo-unit", "GB", English, 2013, 12, 22_000),
    act("Gråsparv Disco", "grasparv-disco", "SE", Swedish, 2017, 9, 19_000),
    act("Océano Portátil", "oceano-portatil", "ES", Spanish, 2018, 10, 16_000),
    act("Żółta Turbina", "zolta-turbina", "PL", Polish, 2018, 9, 13_500),
    act("Moustache Quantique", "moustache-quantique", "FR", French, 2017, 9, 11_000),
    act("Brass Monocle Society", "brass-monocle-society", "US", English, 2012, 11, 9_400),
    act("Dottor Pistacchio", "dottor-pistacchio", "IT", Italian, 2019, 8, 7_900),
    act("Πορτοκαλί Ραντάρ", "portokali-rantar", "GR", Greek, 2018, 8, 6_500),
    act("Sub-Basement Choir", "sub-basement-choir", "GB", English, 2016, 9, 5_400),
    act("Lagosta & Filhos", "lagosta-filhos", "PT", Portuguese, 2017, 8, 4_400),
    act("ふたごの砂時計", "futago-no-sunadokei", "JP", Japanese, 2019, 8, 3_600),
    act("Fünf Uhr Früh Orchester", "fuenf-uhr-frueh-orchester", "DE", German, 2018, 9, 2_900),
    act("Mlha nad Betonem", "mlha-nad-betonem", "CZ", Czech, 2019, 7, 2_300),
    act("مصباح البرتقال", "misbah-al-burtuqal", "EG", Arabic, 2019, 7, 1_800),
    act("Nordlys Fiskebil", "nordlys-fiskebil", "NO", Norwegian, 2018, 7, 1_400),
    act("Þoka og Kompás", "thoka-og-kompas", "IS", Icelandic, 2020, 6, 1_000),
    act("O.K. Tangerine", "ok-tangerine", "US", English, 2021, 5, 700),
    act("Hotel Mandarino", "hotel-mandarino", "IT", Italian, 2021, 5, 450),
    act("Unbekannte Frequenz 7", "unbekannte-frequenz-7", "DE", German, 2023, 3, 2_000),
];

impl Act {
    /// Index of an artist by slug.
    pub fn place(slug: &str) -> Option<usize> {
        ACTS.iter().position(|act| act.slug == slug)
    }

    /// Source of all random properties of the artist.
    pub fn dice(&self) -> Dice {
        Dice::new("artist").and(self.slug)
    }

    /// The provider's key of the artist.
    pub fn uuid(&self) -> Uuid {
        self.dice().and("uuid").uuid()
    }

    /// Variation of the artist's audience over years and seasons.
    pub fn waves(&self) -> [Wave; 2] {
        let dice = self.dice().and("waves");
        let period = dice.and("period").between(430.0, 1_050.0);
        [
            Wave {
                period,
                height: dice.and("height").between(0.1, 0.5),
                ahead: dice.and("ahead").between(0.0, period),
            },
            Wave { period: 365.25, height: 0.08, ahead: dice.and("season").between(180.0, 270.0) },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn are_forty_of_many_sizes() {
        assert_eq!(ACTS.iter().map(|act| act.slug).collect::<HashSet<_>>().len(), 40);
        assert_eq!(ACTS.iter().map(|act| act.name).collect::<HashSet<_>>().len(), 40);
        assert_eq!(ACTS.iter().map(Act::uuid).collect::<HashSet<_>>().len(), 40);
        assert!(
            ACTS.iter().all(|act| act
                .slug
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
        assert!(Act::place(EVERY_FOUR_WEEKS).is_some() && Act::place(RECOGNISED) == Some(39));
    }
}
