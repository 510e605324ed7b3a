//! Timestamps in the provider's formats: the day's label, then a time and an offset that differ between
//! endpoints and within a response. The first ten characters are the day; conversion to UTC would give
//! another day for midnights in Paris.

use super::random::Chance;
use crate::domain::Day;

/// Format of the days of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Midnight UTC: newer data.
    Utc,
    /// Midnight in Paris with daylight saving time: older data, and some endpoints.
    Paris,
    /// The time of day when the value was fetched.
    Fetched(u32),
}

/// Whether the day is old enough to be written as midnight in Paris.
fn is_old(day: Day) -> bool {
    day.year() < 2025
}

impl Style {
    /// The format of a series.
    pub fn for_series(names: &[&str]) -> Self {
        let chance = Chance::new(names);
        match chance.below(3) {
            0 => Style::Utc,
            1 => Style::Paris,
            _ => Style::Fetched(chance.below(86_400) as u32),
        }
    }

    /// Formats a day.
    pub fn stamp(self, day: Day) -> String {
        match self {
            _ if is_old(day) => paris(day),
            Style::Utc => format!("{day}T00:00:00+00:00"),
            Style::Paris => paris(day),
            Style::Fetched(second) => at(day, second),
        }
    }
}

/// A day with a pseudo-random but fixed time.
pub fn at_some_time(day: Day, names: &[&str]) -> String {
    at(day, Chance::new(names).below(86_400) as u32)
}

/// Noon of a day, for the last update of a platform.
pub fn noon(day: Day) -> String {
    at(day, 43_200)
}

fn at(day: Day, second: u32) -> String {
    format!("{day}T{:02}:{:02}:{:02}+00:00", second / 3600, second / 60 % 60, second % 60)
}

fn paris(day: Day) -> String {
    format!("{day}T00:00:00+0{}:00", if is_summer(day) { 2 } else { 1 })
}

/// Whether daylight saving time applies at midnight in Paris: from the day after the last Sunday of March to the
/// last Sunday of October.
fn is_summer(day: Day) -> bool {
    let last_sunday = |month| {
        let last = Day::from_ymd(day.year(), month, 31).unwrap_or(day);
        // Day 3 was a Sunday.
        last - (last.number() - 3).rem_euclid(7)
    };
    day > last_sunday(3) && day <= last_sunday(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paris_changes_its_clock_twice_a_year() {
        for (day, offset) in [
            ("2024-03-31", 1),
            ("2024-04-01", 2),
            ("2024-10-27", 2),
            ("2024-10-28", 1),
            ("2025-03-30", 1),
            ("2025-03-31", 2),
            ("2021-07-05", 2),
            ("2026-01-01", 1),
        ] {
            assert_eq!(paris(day.parse().unwrap()), format!("{day}T00:00:00+0{offset}:00"));
        }
    }

    #[test]
    fn every_style_begins_with_the_day() {
        let day: Day = "2026-09-30".parse().unwrap();
        for style in [Style::Utc, Style::Paris, Style::Fetched(86_399)] {
            assert!(style.stamp(day).starts_with("2026-09-30T"));
        }
        assert_eq!(Style::Fetched(86_399).stamp(day), "2026-09-30T23:59:59+00:00");
        assert_eq!(noon(day), "2026-09-30T12:00:00+00:00");
    }
}
