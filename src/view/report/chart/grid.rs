//! SVG path data on a grid of [`WIDTH`] by [`HEIGHT`]. A day without an amount is a gap: lines break there,
//! and are neither connected nor drawn at zero (S16).

use std::fmt::Write as _;

/// The width of the grid.
pub const WIDTH: i128 = 1000;
/// The height of the grid.
pub const HEIGHT: i128 = 200;

/// The x coordinate of a day.
pub(super) fn x(place: usize, days: usize) -> i128 {
    place as i128 * WIDTH / (days as i128 - 1).max(1)
}

/// The amounts at the bottom and top of the grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub foot: i128,
    pub top: i128,
}

impl Scale {
    /// From zero: for additive amounts.
    pub fn up_to(top: Option<i128>) -> Self {
        Scale { foot: 0, top: top.unwrap_or(0).max(1) }
    }

    /// From the smallest to the largest amount: for levels, where changes matter.
    pub fn around(amounts: &[Option<i128>]) -> Self {
        let known = || amounts.iter().flatten().copied();
        let foot = known().min().unwrap_or(0);
        Scale { foot, top: known().max().unwrap_or(0).max(foot + 1) }
    }

    /// The y coordinate of an amount.
    pub fn y(self, amount: i128) -> i128 {
        HEIGHT - (amount - self.foot).max(0) * HEIGHT / (self.top - self.foot)
    }
}

pub(super) fn upright(x: i128) -> String {
    format!("M{x} 0V{HEIGHT}")
}

/// SVG path data through points; a single point becomes a dot.
pub(super) fn through(points: &[(i128, i128)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
    }
    if points.len() == 1 {
        path.push_str("h0");
    }
    path
}

/// SVG path data of the bands over each run of days without an amount.
pub(super) fn gaps(amounts: &[Option<i128>]) -> String {
    let last = (amounts.len() as i128 - 1).max(1);
    let mut path = String::new();
    for (first, end) in runs(amounts, false) {
        let left = (first as i128 * 2 - 1).max(0) * WIDTH / (2 * last);
        let right = ((end as i128 * 2 + 1) * WIDTH / (2 * last)).min(WIDTH);
        let _ = write!(path, "M{left} 0H{right}V{HEIGHT}H{left}Z");
    }
    path
}

/// Runs of days (first, last) with an amount (`some`) or without one.
pub(super) fn runs(amounts: &[Option<i128>], some: bool) -> Vec<(usize, usize)> {
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

/// SVG path data of a line, of its single-day dots, and of its dotted tail after index `full`.
pub(super) fn lines(amounts: &[Option<i128>], scale: Scale, full: usize) -> [String; 3] {
    let [mut line, mut dots, mut tail] = [const { String::new() }; 3];
    let point = |place: usize| (x(place, amounts.len()), scale.y(amounts[place].unwrap_or(0)));
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

/// SVG path data of the area between two lines.
pub(super) fn area(lower: &[Option<i128>], upper: &[Option<i128>], scale: Scale) -> String {
    let mut path = String::new();
    let point = |amounts: &[Option<i128>], place: usize| {
        (x(place, amounts.len()), scale.y(amounts[place].unwrap_or(0)))
    };
    for (first, end) in runs(upper, true).into_iter().filter(|(first, end)| end > first) {
        let there = (first..=end).map(|place| point(upper, place));
        let back = (first..=end).rev().map(|place| point(lower, place));
        path += &through(&there.chain(back).collect::<Vec<_>>());
        path.push('Z');
    }
    path
}

/// Removes empty paths.
pub(super) fn drawn(paths: impl IntoIterator<Item = (&'static str, String)>) -> Vec<(&'static str, String)> {
    paths.into_iter().filter(|(_, path)| !path.is_empty()).collect()
}
