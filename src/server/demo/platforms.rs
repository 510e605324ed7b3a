//! Platforms of demo songs: how many, at which volume, under which identifiers.

use super::growth::Rhythm;
use super::random::Dice;

/// A platform with song audiences.
#[derive(Debug)]
pub struct DemoPlatform {
    /// The provider's code.
    pub code: &'static str,
    /// Percentage of songs on the platform.
    pub presence: usize,
    /// Long-run amount relative to Spotify: median over songs, and spread.
    pub share: (f64, f64),
    /// Initial amount relative to the long run: median and spread.
    pub launch: (f64, f64),
    /// Weekly pattern.
    pub rhythm: &'static Rhythm,
    /// Format of identifiers: a prefix that no real one has, the alphabet and the length of the rest.
    shape: (&'static str, &'static str, usize),
}

/// Highest on Friday and Saturday.
const STREAMING: Rhythm = [-0.03, -0.07, -0.10, -0.11, -0.05, 0.01, 0.0];
/// Highest at the weekend.
const WEEKEND: Rhythm = [-0.07, -0.14, -0.20, -0.23, -0.19, -0.08, 0.0];
/// Nearly uniform.
const EVEN: Rhythm = [-0.01, -0.03, -0.04, -0.04, -0.02, 0.0, 0.0];

const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";

/// In registry order.
#[rustfmt::skip]
pub const PLATFORMS: [DemoPlatform; 5] = [
    DemoPlatform { code: "spotify", presence: 97, share: (1.0, 0.0), launch: (6.0, 0.5), rhythm: &STREAMING, shape: ("demo", BASE62, 18) },
    DemoPlatform { code: "youtube", presence: 92, share: (0.45, 0.7), launch: (9.0, 0.6), rhythm: &WEEKEND, shape: ("demo", BASE62, 7) },
    DemoPlatform { code: "shazam", presence: 74, share: (0.004, 0.6), launch: (5.0, 0.5), rhythm: &WEEKEND, shape: ("00", DIGITS, 7) },
    DemoPlatform { code: "tiktok", presence: 62, share: (0.0012, 1.2), launch: (8.0, 0.8), rhythm: &EVEN, shape: ("00", DIGITS, 17) },
    DemoPlatform { code: "soundcloud", presence: 50, share: (0.02, 0.8), launch: (7.0, 0.6), rhythm: &EVEN, shape: ("00", DIGITS, 8) },
];

impl DemoPlatform {
    pub fn identifier(&self, dice: Dice) -> String {
        let (beginning, alphabet, length) = self.shape;
        format!("{beginning}{}", dice.text(alphabet, length))
    }
}

/// Days without data of a whole platform: gaps in all of its series at once (S1, S8 of docs/semantics.md), inside a
/// month and at its edges, every year.
pub fn is_out(platform: &str, month: u32, day: u32) -> bool {
    match platform {
        "spotify" => (month, day) == (1, 16),
        "youtube" => month == 6 && (6..=8).contains(&day),
        "shazam" => month % 3 == 1 && (11..=12).contains(&day),
        "tiktok" => month == 9 && (17..=21).contains(&day),
        "soundcloud" => matches!((month, day), (4, 29..=30) | (5, 1) | (8, 31) | (9, 1..=2)),
        _ => false,
    }
}
