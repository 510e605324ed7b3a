//! S3 of docs/semantics.md: short excursions that return to the previous level are provider glitches. They
//! are removed before steps are computed.

use super::Observation;
use super::typical::{Difference, TypicalStep};
use crate::domain::Day;

/// Maximum length of an excursion, in observations and in days.
const MAX_EXCURSION: usize = 7;
/// How many typical steps both edges of an excursion must exceed.
const FACTOR: i128 = 20;

/// Splits `observations` (valid values, sorted by day) into those to keep and the days of the removed ones.
pub fn remove_glitches(observations: &[Observation]) -> (Vec<Observation>, Vec<Day>) {
    let mut kept: Vec<Observation> = Vec::with_capacity(observations.len());
    let mut left_out = Vec::new();
    let mut at = 0;
    while let Some(&observation) = observations.get(at) {
        match kept.last().and_then(|before| excursion(observations, before.value, at)) {
            Some(end) => {
                left_out.extend(observations[at..=end].iter().map(|o| o.day));
                at = end + 1;
            }
            None => {
                kept.push(observation);
                at += 1;
            }
        }
    }
    (kept, left_out)
}

/// The end of the shortest excursion that starts at `start`; `before` is the last value kept.
fn excursion(observations: &[Observation], before: i64, start: usize) -> Option<usize> {
    let into = observations[start].value - before;
    if into == 0 {
        return None;
    }
    let ends = (start..observations.len() - 1)
        .take(MAX_EXCURSION)
        .take_while(|&end| observations[end].day - observations[start].day < MAX_EXCURSION as i32);
    // Computed lazily: few places look like an excursion.
    let mut typical = None;
    for end in ends {
        let back = observations[end + 1].value - observations[end].value;
        if back.signum() != -into.signum() || before > observations[end + 1].value {
            continue;
        }
        let typical = typical.get_or_insert_with(|| typical_at(observations, start)).as_ref()?;
        let is_large = |size: i64| typical.is_exceeded(size.abs(), 1, FACTOR);
        if is_large(into) && is_large(back) {
            return Some(end);
        }
    }
    None
}

/// The typical step around the raw step to the observation at `index`, before any removal.
fn typical_at(observations: &[Observation], index: usize) -> Option<TypicalStep> {
    // Neighbours end within 28 days on either side: at most 28 observations plus one to start from.
    let from = index.saturating_sub(30);
    let to = (index + 30).min(observations.len() - 1);
    let steps: Vec<Difference> = differences(&observations[from..=to]).collect();
    TypicalStep::around(&steps, index - from - 1)
}

/// The differences between consecutive observations.
pub fn differences(observations: &[Observation]) -> impl Iterator<Item = Difference> {
    observations.windows(2).map(|pair| Difference {
        last: pair[1].day,
        days: pair[1].day - pair[0].day,
        from: pair[0].value,
        to: pair[1].value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// +10 a day from 1,000 over 40 days, changed by `change`.
    fn series(change: impl Fn(usize, i64) -> i64) -> Vec<Observation> {
        let start: Day = "2026-01-01".parse().unwrap();
        (0..40usize)
            .map(|n| Observation { day: start + n as i32, value: change(n, 1_000 + 10 * n as i64) })
            .collect()
    }

    fn left_out(observations: &[Observation]) -> Vec<usize> {
        let (kept, days) = remove_glitches(observations);
        assert_eq!(kept.len() + days.len(), observations.len());
        days.iter().map(|day| observations.iter().position(|o| o.day == *day).unwrap()).collect()
    }

    #[test]
    fn leaves_out_up_to_seven_observations_in_seven_days() {
        let spike =
            |range: std::ops::Range<usize>| series(move |n, v| if range.contains(&n) { v + 500 } else { v });
        assert_eq!(left_out(&spike(10..11)), [10]);
        assert_eq!(left_out(&spike(10..17)), (10..17).collect::<Vec<_>>());
        assert_eq!(left_out(&spike(10..18)), Vec::<usize>::new());
        let mut holes = spike(10..17);
        holes.remove(12);
        assert_eq!(left_out(&holes).len(), 6);
        let mut wide = spike(10..18);
        wide.remove(12);
        assert_eq!(left_out(&wide), Vec::<usize>::new(), "seven observations over eight days");
    }

    #[test]
    fn dips_count_too_and_ends_do_not() {
        assert_eq!(left_out(&series(|n, v| if n == 20 { v - 900 } else { v })), [20]);
        assert_eq!(left_out(&series(|n, v| if n == 0 { v + 900 } else { v })), Vec::<usize>::new());
        assert_eq!(left_out(&series(|n, v| if n == 39 { v + 900 } else { v })), Vec::<usize>::new());
    }

    #[test]
    fn both_sides_are_larger_than_twenty_typical_steps() {
        // Into the run: 10 + extra; out of it: 10 - extra.
        let extra = |extra: i64| left_out(&series(move |n, v| if n == 20 { v + extra } else { v }));
        assert_eq!(extra(210), Vec::<usize>::new());
        assert_eq!(extra(211), [20]);
        // A spike that ends below where it started is not a glitch.
        assert_eq!(
            left_out(&series(|n, v| if n == 20 {
                v + 900
            } else if n > 20 {
                v - 500
            } else {
                v
            })),
            Vec::<usize>::new()
        );
    }

    #[test]
    fn the_shortest_run_counts() {
        // Up at 20, down at 21 (already back), up and down again at 23.
        let twice = series(|n, v| if n == 20 || n == 22 { v + 900 } else { v });
        assert_eq!(left_out(&twice), [20, 22]);
    }
}
