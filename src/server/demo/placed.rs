//! Assigns hazards to songs: fixed ones, and common ones at random.

use super::discography::Song;
use super::hazards::{self, Observe};
use super::platforms::DemoPlatform;

/// A fixed hazard of one identifier.
#[derive(Debug)]
pub struct Placed {
    /// The artist's slug.
    pub artist: &'static str,
    /// Index among the artist's songs.
    pub number: usize,
    /// The platform's code.
    pub platform: &'static str,
    /// How values are delivered.
    pub observe: Observe,
}

const fn place(artist: &'static str, number: usize, platform: &'static str, observe: Observe) -> Placed {
    Placed { artist, number, platform, observe }
}

/// Fixed hazards, each on an old song of an artist large enough for its rule. Those of new releases are in
/// [`of_new_release`].
#[rustfmt::skip]
pub const PLACED: [Placed; 19] = [
    place("capitan-cedrata", 0, "spotify", hazards::stale_repeats),
    place("capitan-cedrata", 1, "spotify", hazards::hole_at_edge),
    place("capitan-cedrata", 2, "spotify", hazards::correction),
    place("capitan-cedrata", 4, "youtube", hazards::hole_inside),
    place("velvet-cartographer", 0, "spotify", hazards::counted_twice),
    place("velvet-cartographer", 1, "youtube", hazards::glitch),
    place("velvet-cartographer", 2, "spotify", hazards::every_other_day),
    place("velvet-cartographer", 3, "spotify", hazards::every_other_day),
    place("velvet-cartographer", 4, "spotify", hazards::every_other_day),
    place("velvet-cartographer", 6, "spotify", hazards::every_other_day),
    place("glass-pelican", 0, "spotify", hazards::jump),
    place("glass-pelican", 1, "youtube", hazards::dip),
    place("glass-pelican", 2, "shazam", hazards::negative),
    place("kassettenkoenigin", 0, "spotify", hazards::glitch),
    place("kassettenkoenigin", 1, "youtube", hazards::correction),
    place("senorita-gravedad", 0, "soundcloud", hazards::long_hole),
    place("senorita-gravedad", 1, "tiktok", hazards::patchy),
    place("jacare-astronauta", 0, "youtube", hazards::stale_repeats),
    place("marmalade-dynamo", 0, "youtube", hazards::jump),
];

/// How many identifiers a song has on a platform, and how they are related.
#[derive(Debug, Clone, Copy)]
pub enum Identifiers {
    One,
    /// Two identifiers of one counter; the second is delivered like this (S6).
    Mirrored(Observe),
    /// Two identifiers of one counter, alternating (S6).
    TakingTurns,
    /// Several identifiers with separate counters, which are summed (S6).
    Several(usize),
}

/// How the song's first identifier on a platform is delivered.
pub fn observe(song: &Song, platform: &DemoPlatform) -> Observe {
    let is_it = |placed: &&Placed| placed.platform == platform.code && song.is(placed.artist, placed.number);
    match PLACED.iter().find(is_it) {
        Some(placed) => placed.observe,
        None => of_new_release(song, platform).unwrap_or_else(|| by_chance(song, platform)),
    }
}

/// Hazards of new releases, on songs of the artist with a release every month: found late (S9), and a reissue (S4).
/// All others begin with a release inside a month (S9b).
fn of_new_release(song: &Song, platform: &DemoPlatform) -> Option<Observe> {
    if !song.is_of_monthly() {
        return None;
    }
    match (song.number % 4, platform.code) {
        (1, "youtube") => Some(hazards::noticed_late),
        (2, "spotify") => Some(hazards::reissue),
        _ => None,
    }
}

/// Everyday flaws of one identifier in twelve.
fn by_chance(song: &Song, platform: &DemoPlatform) -> Observe {
    match song.dice.and(platform.code).and("flaw").below(120) {
        0..=3 => hazards::patchy,
        4..=5 => hazards::hole_inside,
        6 => hazards::hole_at_edge,
        7..=9 => hazards::stale_repeats,
        _ => hazards::plain,
    }
}

/// Two identifiers of one counter on Spotify, several sounds on TikTok, several videos on YouTube: all cases of S6
/// of docs/semantics.md.
pub fn identifiers(song: &Song, platform: &DemoPlatform) -> Identifiers {
    let dice = song.dice.and(platform.code).and("identifiers");
    match (song.artist().slug, song.number, platform.code) {
        ("nebbia-ottanio", 0, "spotify") | ("nebbia-ottanio", 1, "spotify") => {
            Identifiers::Mirrored(hazards::plain)
        }
        ("nebbia-ottanio", 6, "spotify") => Identifiers::Mirrored(hazards::lagging),
        ("nebbia-ottanio", 4, "spotify") => Identifiers::TakingTurns,
        ("nebbia-ottanio", 5, "spotify") => Identifiers::Several(2),
        ("jacare-astronauta", 1, "tiktok") => Identifiers::Several(6),
        (_, _, "spotify") if dice.below(16) == 0 && !song.is_of_monthly() => {
            Identifiers::Mirrored(hazards::plain)
        }
        (_, _, "tiktok") if song.artist().daily > 40_000 => Identifiers::Several(1 + dice.below(3)),
        (_, _, "youtube") if dice.below(14) == 0 => Identifiers::Several(2),
        _ => Identifiers::One,
    }
}

/// Whether the newest value is too high: see [`hazards::newest_rise`].
pub fn is_newest_rise(song: &Song, platform: &DemoPlatform) -> bool {
    song.is("les-parapluies-bleu-nuit", 0) && platform.code == "spotify"
}

/// Songs without data on any platform, although fetched (S13: absent, not unknown).
pub fn on_no_platform(song: &Song) -> bool {
    song.is("les-parapluies-bleu-nuit", 3) || song.is("capitan-cedrata", 9) || song.is("hotel-mandarino", 1)
}
