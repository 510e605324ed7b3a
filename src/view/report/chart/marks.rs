//! Marks on a chart: gaps, corrections and incomplete final days.

use std::fmt::Write as _;

use super::day_cell;
use super::grid::{gaps, upright, x};
use crate::domain::report::{DayCell, DayRow};
use crate::domain::text::format::pluralize;

/// Legend of gaps.
pub(super) const NO_DATA: &str = "shaded: no data";

pub(super) struct Marks {
    pub gaps: String,
    pub corrections: String,
    /// Index of the last day on which no more series are missing than on the best day.
    pub full: usize,
    corrected: usize,
    missing: usize,
}

impl Marks {
    /// `platforms` are those whose sum `amounts` is.
    pub(super) fn from_days(days: &[DayRow], platforms: &[&str], amounts: &[Option<i128>]) -> Self {
        let count = |pick: fn(&DayCell) -> u32| {
            let of_day = move |day: &DayRow| {
                platforms.iter().filter_map(|code| day_cell(day, code)).map(pick).sum::<u32>()
            };
            days.iter().map(of_day).collect::<Vec<u32>>()
        };
        let missing = count(|cell| cell.missing);
        let covered = || missing.iter().zip(amounts).enumerate().filter(|(_, (_, amount))| amount.is_some());
        let least = covered().map(|(_, (missing, _))| missing).min();
        let mut full = covered().filter(|(_, (missing, _))| Some(*missing) == least).map(|(place, _)| place);
        let corrected: Vec<usize> = (0..)
            .zip(count(|cell| cell.corrected))
            .filter(|(_, count)| *count > 0)
            .map(|(place, _)| place)
            .collect();
        Marks {
            gaps: gaps(amounts),
            corrections: corrected.iter().map(|place| upright(x(*place, days.len()))).collect(),
            full: full.next_back().unwrap_or(0),
            corrected: corrected.len(),
            missing: amounts.iter().filter(|amount| amount.is_none()).count(),
        }
    }

    pub(super) fn key(&self, has_tail: bool) -> String {
        let words = [
            (self.missing > 0, NO_DATA),
            (has_tail, "dotted: some data are still to come"),
            (self.corrected > 0, "dashed: corrected by the provider"),
        ];
        let words: Vec<&str> =
            words.into_iter().filter(|(is_there, _)| *is_there).map(|(_, words)| words).collect();
        words.join(" · ")
    }

    pub(super) fn words(&self) -> String {
        let mut text = match self.missing {
            0 => "; no gap".to_owned(),
            gaps => format!("; no data on {}", pluralize(gaps, "day")),
        };
        if self.corrected > 0 {
            let _ = write!(text, "; corrected on {}", pluralize(self.corrected, "day"));
        }
        text.push('.');
        text
    }
}
