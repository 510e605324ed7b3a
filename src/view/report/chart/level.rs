//! Charts of artist-level metrics (S19).

use super::Plot;
use super::grid::{Scale, drawn, gaps, lines};
use super::marks::NO_DATA;
use crate::domain::report::{ArtistLevelRow, Report};
use crate::domain::text::format::{grouped, pluralize};
use crate::domain::{Day, Kind};
use crate::view::report::table::Part;
use crate::view::report::wording::measured;

/// Charts of artist-level metrics: levels scaled from smallest to largest value, flows from zero.
pub fn level_charts(report: &Report) -> Vec<Plot> {
    let (from, to) = (report.query.from, report.query.to);
    report.artist_level.iter().filter(|row| row.days > 1).map(|row| level_chart(row, from, to)).collect()
}

fn level_chart(row: &ArtistLevelRow, from: Day, to: Day) -> Plot {
    let is_flow = row.kind == Kind::Flow;
    let scale = match is_flow {
        true => Scale::up_to(row.values.iter().flatten().max().copied()),
        false => Scale::around(&row.values),
    };
    let [line, dots, _] = lines(&row.values, scale, row.values.len());
    let name = format!("{} {}", row.platform_name, measured(row));
    let missing = row.values.len() - row.days as usize;
    let value = |(day, value): (Day, &Option<i128>)| match value {
        Some(value) => format!("{day}: {} {}", grouped(*value), row.unit),
        None => format!("{day}: no data"),
    };
    Plot {
        title: vec![Part::Logo(row.platform.clone(), row.platform_name.clone()), Part::Text(name.clone())],
        legend: Vec::new(),
        key: if missing > 0 { NO_DATA.to_owned() } else { String::new() },
        sentence: format!(
            "{name}: {} on {}, {} on {}; no data on {}.",
            grouped(row.first.value),
            row.first.day,
            grouped(row.last.value),
            row.last.day,
            pluralize(missing, "day")
        ),
        readings: from.up_to(to).zip(&row.values).map(value).collect(),
        scale: if is_flow {
            grouped(scale.top)
        } else {
            format!("{} to {}", grouped(scale.foot), grouped(scale.top))
        },
        ends: [from, to].map(|day| day.to_string()),
        paths: drawn([("chart-gap", gaps(&row.values)), ("chart-line", line), ("chart-dot", dots)]),
    }
}
