//! The time series of a song: its platforms, identifiers, and what each identifier delivers.

use super::discography::Song;
use super::growth::Growth;
use super::hazards::{self, Observe};
use super::placed;
use super::platforms::{DemoPlatform, PLATFORMS, is_out};
use crate::domain::Day;
use crate::domain::series::Observation;

/// Spread of popularity among the songs of an artist.
const SPREAD: f64 = 1.0;
/// Early songs of artists with at least this many daily streams are on every platform.
const EVERYWHERE: u32 = 100_000;
/// Days from a release to the first value: in nine cases out of ten few enough for S9b.
const NOTICED: &[i32] = &[0, 0, 1, 1, 1, 1, 2, 3, 3, 9];

/// One identifier of a song on a platform.
#[derive(Debug, Clone)]
pub struct Line {
    pub platform: &'static DemoPlatform,
    /// The platform's own song id.
    pub identifier: String,
    /// The true counter.
    pub growth: Growth,
    /// Whether another identifier of the song carries the same counter (S6).
    pub repeats: bool,
    /// The first day that may be delivered.
    pub first: Day,
    /// How values are delivered.
    pub observe: Observe,
}

impl Song {
    /// All identifiers of the song, by platform.
    pub fn lines(&self) -> Vec<Line> {
        if placed::on_no_platform(self) {
            return Vec::new();
        }
        let is_everywhere = self.artist().daily >= EVERYWHERE && (self.number < 10 || self.is_of_monthly());
        let is_on = |platform: &&DemoPlatform| {
            is_everywhere || self.dice.and("is on").and(platform.code).below(100) < platform.presence
        };
        PLATFORMS.iter().filter(is_on).flat_map(|platform| self.lines_on(platform)).collect()
    }

    /// The true amount of a day over all identifiers of a platform, without hazards.
    pub fn true_daily(&self, platform: &str, day: Day) -> i64 {
        let is_counted = |line: &&Line| line.platform.code == platform && !line.repeats;
        self.lines().iter().filter(is_counted).map(|line| line.growth.daily(day)).sum()
    }

    fn lines_on(&self, platform: &'static DemoPlatform) -> Vec<Line> {
        let growth = self.growth(platform);
        let days = if self.is_of_monthly() { &[1] } else { NOTICED };
        let first = self.released + days[growth.dice.and("first").below(days.len())];
        let line = |name: &str, growth: Growth, first: Day, observe: Observe, repeats: bool| Line {
            platform,
            identifier: platform.identifier(growth.dice.and("identifier").and(name)),
            growth,
            repeats,
            first,
            observe,
        };
        let own = line("own", growth, first, placed::observe(self, platform), false);
        let other = |part: f64, name: &str, days: i32| {
            let growth = growth.part(part, name, days);
            line(name, growth, growth.released, hazards::plain, false)
        };
        match placed::identifiers(self, platform) {
            placed::Identifiers::One => vec![own],
            placed::Identifiers::Mirrored(observe) => {
                vec![own, line("mirror", growth, first + 120, observe, true)]
            }
            placed::Identifiers::TakingTurns => vec![
                Line { observe: hazards::first_half, ..own },
                line("turn", growth, first, hazards::second_half, true),
            ],
            placed::Identifiers::Several(count) => {
                let others =
                    (1..count as i32).map(|n| other(0.5 / f64::from(n), &format!("other {n}"), 25 * n));
                std::iter::once(own).chain(others).collect()
            }
        }
    }

    /// The true counter of the song's first identifier.
    fn growth(&self, platform: &DemoPlatform) -> Growth {
        let act = self.artist();
        // The mean of a log-normal number is its median times exp(spread² / 2).
        let song =
            self.dice.and("size").log_normal(0.6 * f64::from(act.daily) / f64::from(act.tracks), SPREAD);
        let dice = self.dice.and(platform.code);
        let tail = song * dice.and("share").log_normal(platform.share.0, platform.share.1);
        Growth {
            dice,
            released: self.released,
            launch: tail * dice.and("launch").log_normal(platform.launch.0, platform.launch.1),
            fade: self.dice.and("fade").between(5.0, 18.0),
            tail,
            waves: act.waves(),
            rhythm: platform.rhythm,
        }
    }
}

impl Growth {
    /// A further, smaller counter that starts this many days later.
    fn part(&self, part: f64, name: &str, days: i32) -> Growth {
        let dice = self.dice.and(name);
        Growth {
            dice,
            tail: self.tail * part,
            launch: self.launch * part,
            released: self.released + days,
            ..*self
        }
    }
}

impl Line {
    /// The delivered values in a range.
    pub fn observations(&self, from: Day, to: Day) -> Vec<Observation> {
        from.max(self.first)
            .up_to(to)
            .filter(|day| !is_out(self.platform.code, day.month(), day.day_of_month()))
            .filter_map(|day| Some(Observation { day, value: (self.observe)(&self.growth, day)? }))
            .collect()
    }
}
