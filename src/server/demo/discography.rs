//! Releases: singles, and every fifth time an album, on Fridays.

use uuid::Uuid;

use super::random::Dice;
use super::roster::{ACTS, Act, EVERY_FOUR_WEEKS, RECOGNISED};
use super::titles;
use crate::domain::{Day, Role};

/// An artist's third release is an album, and every fifth after it.
const ALBUM_EVERY: usize = 5;

/// An invented recording.
#[derive(Debug, Clone)]
pub struct Song {
    /// Index of the main artist.
    pub act: usize,
    /// Index among the artist's songs, by release.
    pub number: usize,
    /// Release date, a Friday.
    pub released: Day,
    /// Source of all random properties of the song.
    pub dice: Dice,
}

/// Every song released by `last`, by artist and index. A later `last` only adds songs.
pub fn songs(last: Day) -> Vec<Song> {
    (0..ACTS.len()).flat_map(|act| songs_of(act, last)).collect()
}

fn songs_of(act: usize, last: Day) -> Vec<Song> {
    let dice = ACTS[act].dice();
    let mut songs = Vec::new();
    for release in 0.. {
        let released = released(act, release);
        if released > last {
            break;
        }
        for _ in 0..size(act, release) {
            let number = songs.len();
            songs.push(Song { act, number, released, dice: dice.and("song").nth(number as i64) });
        }
    }
    songs
}

/// Number of tracks of a release.
fn size(act: usize, release: usize) -> usize {
    let Act { slug, tracks, .. } = ACTS[act];
    match tracks {
        _ if slug == EVERY_FOUR_WEEKS || release % ALBUM_EVERY != 2 => 1,
        ..9 => 1,
        9..20 => 3,
        20.. => 7,
    }
}

/// The Friday of a release.
fn released(act: usize, release: usize) -> Day {
    let Act { slug, debut, tracks, .. } = ACTS[act];
    let first = day(debut, 1, 8);
    let (gap, jitter) = if slug == EVERY_FOUR_WEEKS {
        (28.0, 0.0)
    } else {
        let mut releases = 0;
        let mut counted = 0;
        while counted < tracks as usize {
            counted += size(act, releases);
            releases += 1;
        }
        let gap = f64::from(day(2026, 1, 1) - first) / releases as f64;
        (gap, gap * ACTS[act].dice().and("release").nth(release as i64).between(0.0, 0.6))
    };
    let day = first + (release as f64 * gap + jitter) as i32;
    // The next Friday; day 1 was one.
    day + (1 - day.number()).rem_euclid(7)
}

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::from_ymd(year, month, day).expect("the days named here are dates")
}

impl Song {
    /// The main artist.
    pub fn artist(&self) -> &'static Act {
        &ACTS[self.act]
    }

    /// Whether this is the artist's song with this index.
    pub fn is(&self, slug: &str, number: usize) -> bool {
        self.number == number && self.artist().slug == slug
    }

    /// Whether it is by the artist with a single every four weeks.
    pub fn is_of_monthly(&self) -> bool {
        self.artist().slug == EVERY_FOUR_WEEKS
    }

    /// The provider's key of the song.
    pub fn uuid(&self) -> Uuid {
        self.dice.and("uuid").uuid()
    }

    /// The title.
    pub fn name(&self) -> String {
        titles::title(self.act, self.number)
    }

    /// An ISRC with a registrant code that does not exist.
    pub fn isrc(&self) -> String {
        format!("QZDEM{:02}{:02}{:03}", self.released.year().rem_euclid(100), self.act, self.number % 1_000)
    }

    /// The release date as known to the provider: unknown for one song in forty (S9b).
    pub fn known_release(&self) -> Option<Day> {
        let is_known = self.dice.and("known").below(40) > 0 || self.is_of_monthly();
        is_known.then_some(self.released)
    }

    /// All artists with their roles, main artist first.
    pub fn credits(&self) -> Vec<(usize, Role)> {
        let mut credits = vec![(self.act, Role::Main)];
        match placed_guests(self) {
            Some(guests) => {
                credits.extend(guests.iter().filter_map(|(slug, role)| Some((Act::place(slug)?, *role))))
            }
            None => credits.extend(chance_guest(self)),
        }
        credits
    }

    /// The artist credit as displayed.
    pub fn credit_name(&self) -> String {
        let credits = self.credits();
        let names = |role| {
            let names: Vec<&str> =
                credits.iter().filter(|(_, r)| *r == role).map(|(act, _)| ACTS[*act].name).collect();
            names.join(" & ")
        };
        match names(Role::Featured) {
            featured if featured.is_empty() => names(Role::Main),
            featured => format!("{} feat. {featured}", names(Role::Main)),
        }
    }
}

/// Fixed collaborations: tracks shared by two or three artists, with guests or as equals, which a report over these
/// artists counts once (S12). One is shared with the artist without UUID (S20).
fn placed_guests(song: &Song) -> Option<&'static [(&'static str, Role)]> {
    match (song.artist().slug, song.number) {
        ("capitan-cedrata", 3) => Some(&[("nebbia-ottanio", Role::Main)]),
        ("velvet-cartographer", 5) => Some(&[("glass-pelican", Role::Featured)]),
        ("velvet-cartographer", 9) => {
            Some(&[("marmalade-dynamo", Role::Main), ("dub-flamingo-unit", Role::Featured)])
        }
        ("jacare-astronauta", 2) => Some(&[("saudade-eletrica-3000", Role::Featured)]),
        ("kassettenkoenigin", 8) => Some(&[(RECOGNISED, Role::Featured)]),
        _ => None,
    }
}

/// One song in ten has a guest, usually one with the same language.
fn chance_guest(song: &Song) -> Option<(usize, Role)> {
    let dice = song.dice.and("guest");
    if dice.below(10) > 0 || song.artist().slug == RECOGNISED {
        return None;
    }
    let is_near = dice.and("near").below(4) > 0;
    let candidates: Vec<usize> = (0..ACTS.len())
        .filter(|&act| act != song.act && ACTS[act].slug != RECOGNISED)
        .filter(|&act| !is_near || ACTS[act].language == song.artist().language)
        .collect();
    let role = if dice.and("role").below(4) == 0 { Role::Main } else { Role::Featured };
    (!candidates.is_empty()).then(|| (candidates[dice.and("who").below(candidates.len())], role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_grows_and_has_a_release_in_every_month() {
        let last = day(2026, 11, 21);
        let (now, later) = (songs(last), songs(last + 40));
        assert!((560..680).contains(&now.len()), "{}", now.len());
        for song in &now {
            let same = later.iter().find(|other| other.uuid() == song.uuid()).unwrap();
            assert_eq!((same.released, same.name()), (song.released, song.name()));
            assert_eq!((song.released.number() - 1).rem_euclid(7), 0, "a Friday");
        }
        for month in 1..=10 {
            let is_in = |song: &&Song| (song.released.year(), song.released.month()) == (2026, month);
            assert!(
                now.iter().filter(|song| song.artist().slug == EVERY_FOUR_WEEKS).any(|song| is_in(&song))
            );
        }
    }

    #[test]
    fn credits_name_every_artist() {
        let songs = songs(day(2026, 11, 21));
        let credit = |slug, number| songs.iter().find(|song| song.is(slug, number)).unwrap().credit_name();
        assert_eq!(credit("capitan-cedrata", 3), "Capitan Cedrata & Nebbia Ottanio");
        assert_eq!(credit("velvet-cartographer", 5), "Velvet Cartographer feat. Glass Pelican");
        assert_eq!(
            credit("velvet-cartographer", 9),
            "Velvet Cartographer & Marmalade Dynamo feat. Dub Flamingo Unit"
        );
    }
}
