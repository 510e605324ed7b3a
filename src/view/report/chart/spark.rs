//! Sparklines in the track table.

use super::grid::{Scale, area, lines};
use crate::domain::text::format::grouped;

/// A track's trend: SVG path data of area and line, and a text alternative.
pub fn sparkline(trend: &[Option<i64>]) -> Option<(String, String, String)> {
    let trend: Vec<Option<i128>> = trend.iter().map(|average| average.map(i128::from)).collect();
    let (first, last) = (trend.iter().flatten().next()?, trend.iter().flatten().last()?);
    let scale = Scale::up_to(trend.iter().flatten().max().copied());
    let [line, dots, _] = lines(&trend, scale, trend.len());
    Some((
        area(&vec![Some(0); trend.len()], &trend, scale),
        line + &dots,
        format!("From {} to {} a day, at most {}", grouped(*first), grouped(*last), grouped(scale.top)),
    ))
}
