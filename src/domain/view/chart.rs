//! The daily charts, as lines or stacked areas on a grid of [`WIDTH`] by [`HEIGHT`]. A day that no series
//! covers is a gap: a line breaks there and is never joined or drawn as zero (S16). The days at the end for
//! which not every series has come yet are dotted, so that a period in progress does not read as a fall.

use std::fmt::Write as _;

use super::figures::{UNKNOWN, day_text, exact_text, units};
use super::state::{ChartForm, View};
use super::table::{Cell, Part};
use crate::domain::State;
use crate::domain::format::{counted, grouped};
use crate::domain::report::{DayCell, DayRow, PlatformRow, Report};

/// The width of the grid.
pub const WIDTH: i128 = 1000;
/// The height of the grid.
pub const HEIGHT: i128 = 200;

/// What is drawn, and what is said for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart {
    /// What it shows.
    pub title: Vec<Part>,
    /// The areas of a stack, from the top down; none in a chart of one platform.
    pub legend: Vec<(&'static str, Vec<Part>)>,
    /// SVG path data, each with its word of the style sheet.
    pub paths: Vec<(&'static str, String)>,
    /// What the unusual marks mean, if there are any.
    pub key: String,
    /// The amount at the top of the grid.
    pub top: i128,
    /// The chart in a sentence.
    pub sentence: String,
    /// Each day in words, for those who point at it: "2026-09-05: 30 streams".
    pub readings: Vec<String>,
}

impl Chart {
    /// What it shows, as plain text.
    pub fn name(&self) -> String {
        Cell::of(self.title.clone()).text()
    }

    /// SVG path data of the line through a day.
    pub fn cursor(&self, place: usize) -> String {
        upright(x(place, self.readings.len()))
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

/// Where an amount stands on the grid.
fn y(amount: i128, top: i128) -> i128 {
    HEIGHT - amount.max(0) * HEIGHT / top
}

fn upright(x: i128) -> String {
    format!("M{x} 0V{HEIGHT}")
}

/// SVG path data through points: nothing where there are none, a dot of one.
fn through(points: &[(i128, i128)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
    }
    if points.len() == 1 {
        path.push_str("h0");
    }
    path
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

/// The charts of a report in the form that the reader chose.
pub fn charts(report: &Report, view: &View) -> Vec<Chart> {
    let days = report.days.as_deref().unwrap_or_default();
    let known: Vec<&PlatformRow> = report.platforms.iter().filter(|row| row.state == State::Known).collect();
    let each = |top| known.iter().map(|row| chart(days, row, top)).collect();
    match view.chart.unwrap_or(ChartForm::Each) {
        ChartForm::Each => each(None),
        ChartForm::Same => each(Some(largest(days, &known))),
        ChartForm::Stacked if known.is_empty() => Vec::new(),
        ChartForm::Stacked => vec![stack(report, days, &known)],
    }
}

/// The forms: words for each, its value, and whether it is the one that is shown.
pub fn chart_forms(view: &View) -> [(&'static str, String, bool); 3] {
    let shown = view.chart.unwrap_or(ChartForm::Each);
    [("Own scales", ChartForm::Each), ("One scale", ChartForm::Same), ("Stacked", ChartForm::Stacked)]
        .map(|(words, form)| (words, form.to_string(), form == shown))
}

/// The largest amount that one platform has on one day.
fn largest(days: &[DayRow], platforms: &[&PlatformRow]) -> i128 {
    let all = platforms.iter().flat_map(|row| amounts(days, &row.platform).into_iter().flatten());
    all.max().unwrap_or(0)
}

/// What is marked on the days, whatever is drawn between them.
struct Marks {
    gaps: String,
    corrections: String,
    /// The last day for which as many series have come as for any.
    full: usize,
    corrected: usize,
    missing: usize,
}

impl Marks {
    /// Of days with an amount or none, and of the platforms that it is made of.
    fn of(days: &[DayRow], platforms: &[&PlatformRow], amounts: &[Option<i128>]) -> Self {
        let count = |pick: fn(&DayCell) -> u32| {
            let of_day = move |day: &DayRow| {
                platforms.iter().filter_map(|row| day_cell(day, &row.platform)).map(pick).sum::<u32>()
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

    fn key(&self, has_tail: bool) -> String {
        let words = [
            (self.missing > 0, "shaded: no data"),
            (has_tail, "dotted: some data are still to come"),
            (self.corrected > 0, "dashed: corrected by the provider"),
        ];
        let words: Vec<&str> =
            words.into_iter().filter(|(is_there, _)| *is_there).map(|(_, words)| words).collect();
        words.join(" · ")
    }

    fn words(&self) -> String {
        let mut text = match self.missing {
            0 => "; no gap".to_owned(),
            gaps => format!("; no data on {}", counted(gaps, "day")),
        };
        if self.corrected > 0 {
            let _ = write!(text, "; corrected on {}", counted(self.corrected, "day"));
        }
        text.push('.');
        text
    }
}

/// SVG path data of the bands over each run of days without an amount.
fn gaps(amounts: &[Option<i128>]) -> String {
    let last = (amounts.len() as i128 - 1).max(1);
    let mut path = String::new();
    for (first, end) in runs(amounts, false) {
        let left = (first as i128 * 2 - 1).max(0) * WIDTH / (2 * last);
        let right = ((end as i128 * 2 + 1) * WIDTH / (2 * last)).min(WIDTH);
        let _ = write!(path, "M{left} 0H{right}V{HEIGHT}H{left}Z");
    }
    path
}

/// The runs of days, first and last, that have an amount, or that have none.
fn runs(amounts: &[Option<i128>], some: bool) -> Vec<(usize, usize)> {
    let mut place = 0;
    let mut runs = Vec::new();
    for run in amounts.chunk_by(|a, b| a.is_some() == b.is_some()) {
        if run[0].is_some() == some {
            runs.push((place, place + run.len() - 1));
        }
        place += run.len();
    }
    runs
}

/// The points of a line, of which those after `full` are a dotted tail: the line, its dots, its tail.
fn lines(amounts: &[Option<i128>], top: i128, full: usize) -> [String; 3] {
    let [mut line, mut dots, mut tail] = [const { String::new() }; 3];
    let point = |place: usize| (x(place, amounts.len()), y(amounts[place].unwrap_or(0), top));
    for (first, end) in runs(amounts, true) {
        let whole: Vec<_> = (first..=end.min(full)).map(point).collect();
        line += &if whole.len() > 1 { through(&whole) } else { String::new() };
        if first == end {
            dots += &through(&[point(first)]);
        }
        if end > full && end > first {
            let rest: Vec<_> = (full.max(first)..=end).map(point).collect();
            tail += &through(&rest);
        }
    }
    [line, dots, tail]
}

/// SVG path data of the area between two amounts a day, over the days that have both.
fn area(lower: &[Option<i128>], upper: &[Option<i128>], top: i128) -> String {
    let mut path = String::new();
    let point = |amounts: &[Option<i128>], place: usize| {
        (x(place, amounts.len()), y(amounts[place].unwrap_or(0), top))
    };
    for (first, end) in runs(upper, true).into_iter().filter(|(first, end)| end > first) {
        let there = (first..=end).map(|place| point(upper, place));
        let back = (first..=end).rev().map(|place| point(lower, place));
        path += &through(&there.chain(back).collect::<Vec<_>>());
        path.push('Z');
    }
    path
}

/// The chart of one platform. `top` is the amount at the top of the grid; without one it is the
/// largest of this platform.
fn chart(days: &[DayRow], row: &PlatformRow, top: Option<i128>) -> Chart {
    let amounts = amounts(days, &row.platform);
    let top = top.or_else(|| amounts.iter().flatten().max().copied()).unwrap_or(0).max(1);
    let marks = Marks::of(days, &[row], &amounts);
    let [line, dots, tail] = lines(&amounts, top, marks.full);
    let floor = vec![Some(0); amounts.len()];
    Chart {
        title: Part::platform(row),
        legend: Vec::new(),
        key: marks.key(!tail.is_empty()),
        sentence: sentence(&row.name, exact_text(row.total).text, &row.unit, days, &amounts) + &marks.words(),
        readings: days.iter().map(|day| reading(day, row)).collect(),
        top,
        paths: drawn([
            ("chart-gap", marks.gaps),
            ("chart-area", area(&floor, &amounts, top)),
            ("chart-correction", marks.corrections),
            ("chart-line", line),
            ("chart-tail", tail),
            ("chart-dot", dots),
        ]),
    }
}

/// The words of the style sheet for the areas of a stack; with more platforms they begin anew.
const BANDS: [&str; 8] = ["band-1", "band-2", "band-3", "band-4", "band-5", "band-6", "band-7", "band-8"];

/// The chart of several platforms, one upon the other. A day on which one of them has no data is a gap of the
/// whole: their sum is not known.
fn stack(report: &Report, days: &[DayRow], platforms: &[&PlatformRow]) -> Chart {
    let of_each: Vec<_> = platforms.iter().map(|row| amounts(days, &row.platform)).collect();
    let mut sums: Vec<Vec<Option<i128>>> = Vec::with_capacity(platforms.len() + 1);
    let whole = |place: usize| of_each.iter().all(|amounts| amounts[place].is_some());
    sums.push((0..days.len()).map(|place| whole(place).then_some(0)).collect());
    for amounts in &of_each {
        let below = &sums[sums.len() - 1];
        sums.push(below.iter().zip(amounts).map(|(below, amount)| Some((*below)? + (*amount)?)).collect());
    }
    let total = &sums[platforms.len()];
    let top = total.iter().flatten().max().copied().unwrap_or(0).max(1);
    let marks = Marks::of(days, platforms, total);
    let [_, dots, tail] = lines(total, top, marks.full);
    let band = |place: usize| BANDS[place % BANDS.len()];
    let areas = (0..platforms.len()).map(|place| (band(place), area(&sums[place], &sums[place + 1], top)));
    let unit = units(&report.summary.units);
    let reading = |(place, day): (usize, &DayRow)| {
        let parts = platforms.iter().zip(&of_each).map(|(row, amounts)| match amounts[place] {
            Some(amount) => format!("{} {}", row.name, grouped(amount)),
            None => format!("{} no data", row.name),
        });
        format!("{}: {}", day.day, parts.collect::<Vec<_>>().join(", "))
    };
    Chart {
        title: vec![Part::Text("All platforms".to_owned()), Part::Aside(unit.clone())],
        legend: platforms
            .iter()
            .enumerate()
            .rev()
            .map(|(place, row)| (band(place), Part::platform(row)))
            .collect(),
        key: marks.key(!tail.is_empty()),
        sentence: sentence(
            "All platforms, stacked",
            exact_text(report.summary.total).text,
            &unit,
            days,
            total,
        ) + &marks.words(),
        readings: days.iter().enumerate().map(reading).collect(),
        top,
        paths: drawn([("chart-gap", marks.gaps.clone())].into_iter().chain(areas).chain([
            ("chart-correction", marks.corrections.clone()),
            ("chart-tail", tail),
            ("chart-dot", dots),
        ])),
    }
}

/// Paths with anything in them.
fn drawn(paths: impl IntoIterator<Item = (&'static str, String)>) -> Vec<(&'static str, String)> {
    paths.into_iter().filter(|(_, path)| !path.is_empty()).collect()
}

fn reading(day: &DayRow, row: &PlatformRow) -> String {
    let cell = day_cell(day, &row.platform);
    let corrected = cell.is_some_and(|cell| cell.corrected > 0);
    let remark = if corrected { ", corrected" } else { "" };
    match cell.map(day_text) {
        Some(text) if text != UNKNOWN => format!("{}: {text} {}{remark}", day.day, row.unit),
        _ => format!("{}: no data{remark}", day.day),
    }
}

/// What a chart shows, without its marks.
fn sentence(name: &str, total: String, unit: &str, days: &[DayRow], amounts: &[Option<i128>]) -> String {
    let mut text = format!("{name}: {total} {unit}");
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let _ = write!(text, " from {} to {}", first.day, last.day);
    }
    let highest = amounts.iter().flatten().max();
    if let Some((day, highest)) = highest
        .and_then(|highest| Some((days.get(amounts.iter().position(|a| *a == Some(*highest))?)?, highest)))
    {
        let _ = write!(text, "; highest {} on {}", grouped(*highest), day.day);
    }
    text
}

/// A track's trend as a small chart: SVG path data of the area and of the line, and a few words for it.
pub fn spark(trend: &[Option<i128>]) -> Option<(String, String, String)> {
    let (first, last) = (trend.iter().flatten().next()?, trend.iter().flatten().last()?);
    let top = trend.iter().flatten().max().copied().unwrap_or(0).max(1);
    let [line, dots, _] = lines(trend, top, trend.len());
    Some((
        area(&vec![Some(0); trend.len()], trend, top),
        line + &dots,
        format!("From {} to {} a day, at most {}", grouped(*first), grouped(*last), grouped(top)),
    ))
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
            corrected: 0,
        };
        let day = |(place, amount)| DayRow { day: first + place as i32, platforms: vec![cell(amount)] };
        amounts.iter().enumerate().map(day).collect()
    }

    fn path<'a>(chart: &'a Chart, class: &str) -> &'a str {
        chart.paths.iter().find(|(of, _)| *of == class).map_or("", |(_, path)| path)
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let days = days(&[Some(10), Some(20), None, None, Some(30), None]);
        let chart = chart(&days, &row(), None);
        assert_eq!(path(&chart, "chart-line"), "M0 134L200 67");
        assert_eq!(path(&chart, "chart-area"), "M0 134L200 67L200 200L0 200Z");
        assert_eq!(path(&chart, "chart-dot"), "M800 0h0");
        assert_eq!(path(&chart, "chart-gap"), "M300 0H700V200H300ZM900 0H1000V200H900Z");
        assert_eq!(chart.readings[1..3], ["2026-09-02: 20 streams", "2026-09-03: no data"]);
        assert_eq!(chart.cursor(4), "M800 0V200");
        assert_eq!([-1.0, 0.09, 0.11, 1.5].map(|part| chart.place_at(part)), [0, 0, 1, 5]);
        assert_eq!(
            chart.sentence,
            "Spotify: 60 streams from 2026-09-01 to 2026-09-06; highest 30 on 2026-09-05; no data on 3 days."
        );
        assert_eq!(chart.key, "shaded: no data");
    }

    #[test]
    fn nothing_at_all_is_one_gap() {
        let chart = chart(&days(&[None, None]), &row(), None);
        assert_eq!(chart.paths, [("chart-gap", "M0 0H1000V200H0Z".to_owned())]);
        let single = super::chart(&days(&[Some(5)]), &row(), Some(10));
        assert_eq!(single.paths, [("chart-dot", "M0 100h0".to_owned())]);
        assert_eq!(largest(&days(&[Some(5), None]), &[&row()]), 5);
    }

    #[test]
    fn days_that_lack_more_series_than_others_end_dotted() {
        let mut days = days(&[Some(10), Some(10), Some(10), Some(4), Some(2)]);
        for (place, missing) in [(1, 2), (3, 1), (4, 2)] {
            days[place].platforms[0].missing = missing;
        }
        let chart = chart(&days, &row(), None);
        assert_eq!(path(&chart, "chart-line"), "M0 0L250 0L500 0");
        assert_eq!(path(&chart, "chart-tail"), "M500 0L750 120L1000 160");
        assert_eq!(chart.key, "dotted: some data are still to come");
    }

    #[test]
    fn corrections_are_marked_and_told() {
        let mut days = days(&[Some(10), None, Some(10)]);
        days[1].platforms[0].corrected = 1;
        let chart = chart(&days, &row(), None);
        assert_eq!(path(&chart, "chart-correction"), "M500 0V200");
        assert_eq!(chart.readings[1], "2026-09-02: no data, corrected");
        assert!(chart.sentence.ends_with("; no data on 1 day; corrected on 1 day."), "{}", chart.sentence);
    }

    #[test]
    fn a_stack_breaks_where_one_of_its_platforms_has_no_data() {
        let mut report = crate::domain::view::tables::tests::report();
        let cell = |platform: &str, amount: Option<i128>| DayCell {
            platform: platform.to_owned(),
            value: amount.unwrap_or(0),
            spread: 0,
            covered: u32::from(amount.is_some()),
            missing: 0,
            corrected: 0,
        };
        let first: Day = "2026-09-01".parse().unwrap();
        let amounts = [(Some(30), Some(10)), (Some(20), Some(20)), (Some(20), None), (Some(0), Some(40))];
        let day = |(place, (a, b)): (i32, (Option<i128>, Option<i128>))| DayRow {
            day: first + place,
            platforms: vec![cell("spotify", a), cell("youtube", b)],
        };
        report.days = Some((0..).zip(amounts).map(day).collect());
        let view = View { chart: Some(ChartForm::Stacked), ..View::default() };
        let [chart] = charts(&report, &view).try_into().unwrap();
        assert_eq!(chart.top, 40);
        assert_eq!(path(&chart, "band-1"), "M0 50L333 100L333 200L0 200Z");
        assert_eq!(path(&chart, "band-2"), "M0 0L333 0L333 100L0 50Z");
        assert_eq!(path(&chart, "chart-dot"), "M1000 0h0");
        assert_eq!(path(&chart, "chart-gap"), "M500 0H833V200H500Z");
        assert_eq!(chart.readings[2], "2026-09-03: Spotify 20, YouTube no data");
        assert_eq!(chart.legend.iter().map(|(band, _)| *band).collect::<Vec<_>>(), ["band-2", "band-1"]);
    }

    #[test]
    fn a_trend_is_a_line_and_a_few_words() {
        let (area, line, words) = spark(&[Some(1_000), Some(2_000), None, Some(1_500)]).unwrap();
        assert_eq!(area, "M0 100L333 0L333 200L0 200Z");
        assert_eq!(line, "M0 100L333 0M1000 50h0");
        assert_eq!(words, "From 1,000 to 1,500 a day, at most 2,000");
        assert_eq!(spark(&[None, None]), None);
    }
}
