//! The daily chart of one platform, as lines on a grid of [`WIDTH`] by [`HEIGHT`]. A day that no
//! series covers is a gap: the line breaks there and is never joined or drawn as zero (S16).

use std::fmt::Write as _;

use super::figures::{UNKNOWN, day_text, exact_text};
use super::state::{Scale, View};
use super::table::Part;
use crate::domain::State;
use crate::domain::format::{counted, grouped};
use crate::domain::report::{DayCell, DayRow, PlatformRow, Report};

/// The width of the grid.
pub const WIDTH: i128 = 1000;
/// The height of the grid.
pub const HEIGHT: i128 = 200;

/// What is drawn, and what is said for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// SVG path data of the line.
    pub line: String,
    /// SVG path data of the area below it.
    pub area: String,
    /// The same of days between two gaps, which no line can show.
    pub dots: String,
    /// The same of the bands over each run of days without data.
    pub gaps: String,
    /// The amount at the top of the grid.
    pub top: i128,
    /// The chart in a sentence.
    pub sentence: String,
    /// Each day in words, for those who point at it: "2026-09-05: 30 streams".
    pub readings: Vec<String>,
}

impl Chart {
    /// SVG path data of the line through a day.
    pub fn cursor(&self, place: usize) -> String {
        format!("M{} 0V{HEIGHT}", x(place, self.readings.len()))
    }

    /// The day at a part of the width, from 0 to 1.
    pub fn place_at(&self, part: f64) -> usize {
        let last = self.readings.len().saturating_sub(1);
        ((part.clamp(0.0, 1.0) * last as f64).round() as usize).min(last)
    }
}

/// Where a day stands on the grid.
fn x(place: usize, days: usize) -> i128 {
    place as i128 * WIDTH / (days as i128 - 1).max(1)
}

/// The cell of a platform in a day.
pub fn day_cell<'a>(day: &'a DayRow, platform: &str) -> Option<&'a DayCell> {
    day.platforms.iter().find(|cell| cell.platform == platform)
}

/// The amount of each day; `None` where no series covers it.
fn amounts(days: &[DayRow], platform: &str) -> Vec<Option<i128>> {
    let amount = |cell: &DayCell| (cell.covered > 0).then_some(cell.value + cell.spread);
    days.iter().map(|day| day_cell(day, platform).and_then(amount)).collect()
}

/// The charts of a report's platforms, each with its name, on the scale that the reader chose.
pub fn charts(report: &Report, view: &View) -> Vec<(Vec<Part>, Chart)> {
    let days = report.days.as_deref().unwrap_or_default();
    let top = (view.chart == Some(Scale::Same)).then(|| largest(days, &report.platforms));
    let known = report.platforms.iter().filter(|row| row.state == State::Known);
    known.map(|row| (Part::platform(row), chart(days, row, top))).collect()
}

/// The scale that the reader did not choose: words for it, and its value.
pub fn other_scale(view: &View) -> (&'static str, String) {
    match view.chart.unwrap_or(Scale::Each) {
        Scale::Each => ("Use one scale for all", Scale::Same.to_string()),
        Scale::Same => ("Scale each by itself", Scale::Each.to_string()),
    }
}

/// The largest amount that one platform has on one day.
pub fn largest(days: &[DayRow], platforms: &[PlatformRow]) -> i128 {
    let all = platforms.iter().flat_map(|row| amounts(days, &row.platform).into_iter().flatten());
    all.max().unwrap_or(0)
}

/// The chart of one platform. `top` is the amount at the top of the grid; without one it is the
/// largest of this platform.
pub fn chart(days: &[DayRow], row: &PlatformRow, top: Option<i128>) -> Chart {
    let amounts = amounts(days, &row.platform);
    let top = top.or_else(|| amounts.iter().flatten().max().copied()).unwrap_or(0).max(1);
    let last = (amounts.len() as i128 - 1).max(1);
    let x = |place: usize| x(place, amounts.len());
    let mut chart = Chart {
        line: String::new(),
        area: String::new(),
        dots: String::new(),
        gaps: String::new(),
        top,
        sentence: sentence(days, row, &amounts),
        readings: days.iter().map(|day| reading(day, row)).collect(),
    };
    let mut place = 0;
    for run in amounts.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let (first, end) = (place, place + run.len() - 1);
        place += run.len();
        let points: Vec<(i128, i128)> = run
            .iter()
            .enumerate()
            .filter_map(|(offset, amount)| {
                Some((x(first + offset), HEIGHT - (*amount)?.max(0) * HEIGHT / top))
            })
            .collect();
        match points.as_slice() {
            [] => {
                let left = (first as i128 * 2 - 1).max(0) * WIDTH / (2 * last);
                let right = ((end as i128 * 2 + 1) * WIDTH / (2 * last)).min(WIDTH);
                let _ = write!(chart.gaps, "M{left} 0H{right}V{HEIGHT}H{left}Z");
            }
            [(x, y)] => {
                let _ = write!(chart.dots, "M{x} {y}h0");
            }
            points => {
                let start = chart.line.len();
                for (index, (x, y)) in points.iter().enumerate() {
                    let _ = write!(chart.line, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
                }
                let line = &chart.line[start..];
                let _ = write!(chart.area, "{line}L{} {HEIGHT}L{} {HEIGHT}Z", x(end), x(first));
            }
        }
    }
    chart
}

fn reading(day: &DayRow, row: &PlatformRow) -> String {
    match day_cell(day, &row.platform).map(day_text) {
        Some(text) if text != UNKNOWN => format!("{}: {text} {}", day.day, row.unit),
        _ => format!("{}: no data", day.day),
    }
}

fn sentence(days: &[DayRow], row: &PlatformRow, amounts: &[Option<i128>]) -> String {
    let mut text = format!("{}: {} {}", row.name, exact_text(row.total).text, row.unit);
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let _ = write!(text, " from {} to {}", first.day, last.day);
    }
    let highest = amounts.iter().flatten().max();
    if let Some((day, highest)) = highest
        .and_then(|highest| Some((days.get(amounts.iter().position(|a| *a == Some(*highest))?)?, highest)))
    {
        let _ = write!(text, "; highest {} on {}", grouped(*highest), day.day);
    }
    match amounts.iter().filter(|amount| amount.is_none()).count() {
        0 => text.push_str("; no gap."),
        gaps => {
            let _ = write!(text, "; no data on {}.", counted(gaps, "day"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, Figure, State};

    fn row() -> PlatformRow {
        PlatformRow {
            platform: "spotify".to_owned(),
            name: "Spotify".to_owned(),
            unit: "streams".to_owned(),
            state: State::Known,
            total: Some(Figure::exactly(60)),
            share: None,
            peak: None,
            average_daily: None,
            days_tracked: 0,
            coverage: None,
        }
    }

    fn days(amounts: &[Option<i128>]) -> Vec<DayRow> {
        let first: Day = "2026-09-01".parse().unwrap();
        let cell = |amount: &Option<i128>| DayCell {
            platform: "spotify".to_owned(),
            value: amount.unwrap_or(0),
            spread: 0,
            covered: u32::from(amount.is_some()),
            missing: 0,
        };
        let day = |(place, amount)| DayRow { day: first + place as i32, platforms: vec![cell(amount)] };
        amounts.iter().enumerate().map(day).collect()
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let days = days(&[Some(10), Some(20), None, None, Some(30), None]);
        let chart = chart(&days, &row(), None);
        assert_eq!(chart.line, "M0 134L200 67");
        assert_eq!(chart.area, "M0 134L200 67L200 200L0 200Z");
        assert_eq!(chart.dots, "M800 0h0");
        assert_eq!(chart.gaps, "M300 0H700V200H300ZM900 0H1000V200H900Z");
        assert_eq!(chart.readings[1..3], ["2026-09-02: 20 streams", "2026-09-03: no data"]);
        assert_eq!(chart.cursor(4), "M800 0V200");
        assert_eq!([-1.0, 0.09, 0.11, 1.5].map(|part| chart.place_at(part)), [0, 0, 1, 5]);
        assert_eq!(
            chart.sentence,
            "Spotify: 60 streams from 2026-09-01 to 2026-09-06; highest 30 on 2026-09-05; no data on 3 days."
        );
    }

    #[test]
    fn nothing_at_all_is_one_gap() {
        let chart = chart(&days(&[None, None]), &row(), None);
        assert_eq!((chart.line.as_str(), chart.gaps.as_str()), ("", "M0 0H1000V200H0Z"));
        let single = super::chart(&days(&[Some(5)]), &row(), Some(10));
        assert_eq!(single.dots, "M0 100h0");
        assert_eq!(largest(&days(&[Some(5), None]), &[row()]), 5);
    }
}
