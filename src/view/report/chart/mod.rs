//! Daily charts as lines or stacked areas. Final days with missing series are dotted, so that a period in
//! progress does not look like a decline.

mod grid;
mod level;
mod marks;
pub(crate) mod spark;
mod stack;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::table::{Cell, Part};
use crate::domain::amounts::figure::Precision;
use crate::domain::report::{DayCell, DayRow, PeakRow, PlatformRow, Report};
use crate::domain::text::format::grouped;
use crate::domain::{Figure, State};
use crate::view::analytics::state::{ChartLayout, ViewState};
use crate::view::figures::{UNKNOWN, day_text, exact_text, peak_text};

pub use grid::{HEIGHT, WIDTH};
use grid::{Scale, area, drawn, lines, upright, x};
pub use level::level_charts;
use marks::Marks;
pub use spark::sparkline;
use stack::stack;

/// A chart as SVG paths, with its texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plot {
    /// The title.
    pub title: Vec<Part>,
    /// The areas of a stacked chart, top down: CSS class and label.
    pub legend: Vec<(&'static str, Vec<Part>)>,
    /// SVG path data with CSS class.
    pub paths: Vec<(&'static str, String)>,
    /// The explanation of special marks, if there are any.
    pub key: String,
    /// The amount at the top of the grid, or at its bottom and top.
    pub scale: String,
    /// The first and the last day.
    pub ends: [String; 2],
    /// The text alternative.
    pub sentence: String,
    /// The text of each day: "2026-09-05: 30 streams".
    pub readings: Vec<String>,
}

impl Plot {
    /// The title as plain text.
    pub fn name(&self) -> String {
        Cell::new(self.title.clone()).text()
    }

    /// SVG path data of the vertical line at a day.
    pub fn cursor(&self, place: usize) -> String {
        upright(x(place, self.readings.len()))
    }

    /// The index of the day at a fraction (0 to 1) of the width.
    pub fn place_at(&self, part: f64) -> usize {
        let last = self.readings.len().saturating_sub(1);
        ((part.clamp(0.0, 1.0) * last as f64).round() as usize).min(last)
    }
}

/// The cell of a platform in a day.
pub fn day_cell<'a>(day: &'a DayRow, platform: &str) -> Option<&'a DayCell> {
    day.platforms.iter().find(|cell| cell.platform == platform)
}

/// Daily amounts of a platform; `None` on days without coverage.
fn amounts(days: &[DayRow], platform: &str) -> Vec<Option<i128>> {
    let amount = |cell: &DayCell| (cell.covered > 0).then_some(cell.value + cell.spread);
    days.iter().map(|day| day_cell(day, platform).and_then(amount)).collect()
}

/// The charts of a report in the selected layout.
pub fn charts(report: &Report, view: &ViewState) -> Vec<Plot> {
    let days = report.days.as_deref().unwrap_or_default();
    let known: Vec<&PlatformRow> = report.platforms.iter().filter(|row| row.state == State::Known).collect();
    let each = |top| known.iter().map(|row| chart(days, PlotSubject::from_row(row), top)).collect();
    match view.chart.unwrap_or(ChartLayout::OwnScales) {
        ChartLayout::OwnScales => each(None),
        ChartLayout::SharedScale => each(Some(largest(days, &known))),
        ChartLayout::Stacked if known.is_empty() => Vec::new(),
        ChartLayout::Stacked => vec![stack(report, days, &known)],
    }
}

/// The layouts: label, value, and whether selected.
pub fn chart_layouts(view: &ViewState) -> [(&'static str, String, bool); 3] {
    let shown = view.chart.unwrap_or(ChartLayout::OwnScales);
    [
        ("Own scales", ChartLayout::OwnScales),
        ("One scale", ChartLayout::SharedScale),
        ("Stacked", ChartLayout::Stacked),
    ]
    .map(|(words, form)| (words, form.to_string(), form == shown))
}

/// The largest daily amount of any platform.
fn largest(days: &[DayRow], platforms: &[&PlatformRow]) -> i128 {
    let all = platforms.iter().flat_map(|row| amounts(days, &row.platform).into_iter().flatten());
    all.max().unwrap_or(0)
}

/// The platform shown by a chart, with its figures.
#[derive(Debug, Clone, Copy)]
pub struct PlotSubject<'a> {
    /// The platform's code.
    pub platform: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The unit.
    pub unit: &'a str,
    /// The total.
    pub total: Option<Figure>,
    /// The peak day (S13, S14).
    pub peak: Option<(PeakRow, Precision)>,
}

impl<'a> PlotSubject<'a> {
    fn from_row(row: &'a PlatformRow) -> Self {
        let peak = row.peak.map(|peak| (peak, row.peak_precision()));
        PlotSubject { platform: &row.platform, name: &row.name, unit: &row.unit, total: row.total, peak }
    }

    /// The platform with its logo and unit.
    pub fn title(self) -> Vec<Part> {
        Part::platform_parts(self.platform, self.name, self.unit)
    }
}

/// The chart of one platform. `top` is the amount at the top of the grid; by default the platform's largest.
pub fn chart(days: &[DayRow], of: PlotSubject<'_>, top: Option<i128>) -> Plot {
    let amounts = amounts(days, of.platform);
    let scale = Scale::up_to(top.or_else(|| amounts.iter().flatten().max().copied()));
    let marks = Marks::from_days(days, &[of.platform], &amounts);
    let [line, dots, tail] = lines(&amounts, scale, marks.full);
    let floor = vec![Some(0); amounts.len()];
    Plot {
        title: of.title(),
        legend: Vec::new(),
        key: marks.key(!tail.is_empty()),
        sentence: sentence(of.name, exact_text(of.total).text, of.unit, days)
            + &peak_clause(of)
            + &marks.words(),
        readings: days.iter().map(|day| reading(day, of)).collect(),
        scale: grouped(scale.top),
        ends: ends(days),
        paths: drawn([
            ("chart-gap", marks.gaps),
            ("chart-area", area(&floor, &amounts, scale)),
            ("chart-correction", marks.corrections),
            ("chart-line", line),
            ("chart-tail", tail),
            ("chart-dot", dots),
        ]),
    }
}

/// The first day, and the last.
fn ends(days: &[DayRow]) -> [String; 2] {
    [days.first(), days.last()].map(|day| day.map(|day| day.day.to_string()).unwrap_or_default())
}

fn reading(day: &DayRow, of: PlotSubject<'_>) -> String {
    let cell = day_cell(day, of.platform);
    let corrected = cell.is_some_and(|cell| cell.corrected > 0);
    let remark = if corrected { ", corrected" } else { "" };
    match cell.map(day_text) {
        Some(text) if text != UNKNOWN => format!("{}: {text} {}{remark}", day.day, of.unit),
        _ => format!("{}: no data{remark}", day.day),
    }
}

/// The first part of a chart's text alternative.
fn sentence(name: &str, total: String, unit: &str, days: &[DayRow]) -> String {
    let mut text = format!("{name}: {total} {unit}");
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let _ = write!(text, " from {} to {}", first.day, last.day);
    }
    text
}

fn peak_clause(of: PlotSubject<'_>) -> String {
    of.peak.map_or_else(String::new, |(peak, precision)| {
        format!("; peak {} on {}", peak_text(peak, precision), peak.day)
    })
}
