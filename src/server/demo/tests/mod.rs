//! The catalogue as the engine evaluates it.

mod hazards;
mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use uuid::Uuid;

use super::{Song, catalogue, provider, songs};
use crate::domain::catalogue::{Catalogue, TrackObservations};
use crate::domain::series::track_platform::TrackPlatform;
use crate::domain::series::{IdentifierObservations, Series, StepKind};
use crate::domain::{Day, Kind};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The provider's data on an ordinary day, the first of a month, and a leap day.
static PROVIDER: LazyLock<Vec<Worked>> = LazyLock::new(|| {
    let todays = ["2026-11-22", "2027-03-01", "2028-02-29"].map(day);
    todays.map(|today| Worked::of(provider(today), today)).into()
});

/// The demo database's data on the first of these days.
static HELD: LazyLock<Worked> = LazyLock::new(|| {
    let today = PROVIDER[0].today;
    Worked::of(catalogue(today), today)
});

/// Identifies a pair: artist, song index, platform.
type Name<'a> = (&'static str, usize, &'a str);

/// The catalogue of a day with all series computed.
struct Worked {
    today: Day,
    catalogue: Catalogue,
    songs: Vec<Song>,
    pairs: BTreeMap<(Uuid, String), TrackPlatform>,
}

impl Worked {
    fn of(catalogue: Catalogue, today: Day) -> Self {
        let mut pairs = BTreeMap::new();
        let is_same = |a: &TrackObservations, b: &TrackObservations| {
            (a.track_uuid, &a.platform) == (b.track_uuid, &b.platform)
        };
        for lines in catalogue.observations.chunk_by(is_same) {
            let identifiers: Vec<_> = lines
                .iter()
                .map(|line| IdentifierObservations {
                    identifier: &line.identifier,
                    observations: &line.observations,
                })
                .collect();
            let pair = TrackPlatform::work_out(Kind::Counter, lines[0].platform == "spotify", &identifiers);
            assert_eq!(pairs.insert((lines[0].track_uuid, lines[0].platform.clone()), pair), None);
        }
        Worked { today, catalogue, songs: songs(today - 1), pairs }
    }

    fn song(&self, slug: &str, number: usize) -> &Song {
        self.songs.iter().find(|song| song.is(slug, number)).unwrap()
    }

    fn series(&self, slug: &str, number: usize, platform: &str) -> &[Series] {
        &self.pairs[&(self.song(slug, number).uuid(), platform.to_owned())].series
    }

    fn lines(&self, slug: &str, number: usize, platform: &str) -> Vec<&TrackObservations> {
        let uuid = self.song(slug, number).uuid();
        self.catalogue
            .observations
            .iter()
            .filter(|line| line.track_uuid == uuid && line.platform == platform)
            .collect()
    }

    fn observation_count(&self) -> usize {
        self.catalogue.observations.iter().map(|line| line.observations.len()).sum()
    }

    /// The pairs with a step of this kind.
    fn with(&self, kind: StepKind) -> Vec<Name<'_>> {
        self.pairs_where(|pair| has(&pair.series, kind))
    }

    fn pairs_where(&self, holds: impl Fn(&TrackPlatform) -> bool) -> Vec<Name<'_>> {
        let found = self.pairs.iter().filter(|(_, pair)| holds(pair));
        let name = found.map(|((uuid, platform), _)| {
            let song = self.songs.iter().find(|song| song.uuid() == *uuid).unwrap();
            (song.artist().slug, song.number, platform.as_str())
        });
        let mut names: Vec<Name<'_>> = name.collect();
        names.sort_unstable();
        names
    }
}

fn has(series: &[Series], kind: StepKind) -> bool {
    series.iter().flat_map(|series| &series.steps).any(|step| step.kind == kind)
}
