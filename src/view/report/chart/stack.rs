//! The stacked chart of several platforms.

use super::grid::{Scale, area, drawn, lines};
use super::marks::Marks;
use super::{Plot, amounts, day_cell, ends, sentence};
use crate::domain::report::{DayRow, PlatformRow, Report};
use crate::domain::text::format::grouped;
use crate::view::figures::{day_text, exact_text, units};
use crate::view::report::table::Part;

/// CSS classes of the areas; repeated if there are more platforms.
const BANDS: [&str; 8] = ["band-1", "band-2", "band-3", "band-4", "band-5", "band-6", "band-7", "band-8"];

/// The stacked chart. A day on which any platform has no data is a gap, because the sum is unknown.
pub(super) fn stack(report: &Report, days: &[DayRow], platforms: &[&PlatformRow]) -> Plot {
    let of_each: Vec<_> = platforms.iter().map(|row| amounts(days, &row.platform)).collect();
    let mut sums: Vec<Vec<Option<i128>>> = Vec::with_capacity(platforms.len() + 1);
    let whole = |place: usize| of_each.iter().all(|amounts| amounts[place].is_some());
    sums.push((0..days.len()).map(|place| whole(place).then_some(0)).collect());
    for amounts in &of_each {
        let below = &sums[sums.len() - 1];
        sums.push(below.iter().zip(amounts).map(|(below, amount)| Some((*below)? + (*amount)?)).collect());
    }
    let total = &sums[platforms.len()];
    let scale = Scale::up_to(total.iter().flatten().max().copied());
    let codes: Vec<&str> = platforms.iter().map(|row| row.platform.as_str()).collect();
    let marks = Marks::from_days(days, &codes, total);
    let [_, dots, tail] = lines(total, scale, marks.full);
    let band = |place: usize| BANDS[place % BANDS.len()];
    let areas = (0..platforms.len()).map(|place| (band(place), area(&sums[place], &sums[place + 1], scale)));
    let unit = units(&report.summary.units);
    let reading = |(place, day): (usize, &DayRow)| {
        let parts = platforms.iter().zip(&of_each).map(|(row, amounts)| match amounts[place] {
            Some(_) => {
                let text = day_cell(day, &row.platform).map_or_else(String::new, day_text);
                format!("{} {text}", row.name)
            }
            None => format!("{} no data", row.name),
        });
        format!("{}: {}", day.day, parts.collect::<Vec<_>>().join(", "))
    };
    Plot {
        title: vec![Part::Text("All platforms".to_owned()), Part::Aside(unit.clone())],
        legend: platforms
            .iter()
            .enumerate()
            .rev()
            .map(|(place, row)| (band(place), Part::platform(row)))
            .collect(),
        key: marks.key(!tail.is_empty()),
        sentence: sentence("All platforms, stacked", exact_text(report.summary.total).text, &unit, days)
            + &marks.words(),
        readings: days.iter().enumerate().map(reading).collect(),
        scale: grouped(scale.top),
        ends: ends(days),
        paths: drawn([("chart-gap", marks.gaps)].into_iter().chain(areas).chain([
            ("chart-correction", marks.corrections),
            ("chart-tail", tail),
            ("chart-dot", dots),
        ])),
    }
}
