//! S2 of docs/semantics.md: the typical step, the yardstick for glitches, repeats and jumps. Uses exact
//! rational numbers, so that a comparison at a threshold does not depend on rounding.

use std::cmp::Ordering;

use crate::domain::Day;

/// How far away, in days, the last day of a neighbouring step may be.
const NEIGHBOUR_DAYS: i32 = 28;
/// Minimum number of rising neighbours; with fewer there is no typical step.
const MIN_NEIGHBOURS: usize = 7;
/// Maximum number of neighbours: one step per day, without the step itself.
const MAX_NEIGHBOURS: usize = 2 * NEIGHBOUR_DAYS as usize;

/// The difference of two observations: a step that is not classified yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The later day.
    pub last: Day,
    /// Days from the earlier to the later observation, at least 1.
    pub days: i32,
    /// The earlier value.
    pub from: i64,
    /// The later value.
    pub to: i64,
}

impl Difference {
    /// Later minus earlier value; both are at least 0, so this cannot overflow.
    pub const fn size(&self) -> i64 {
        self.to - self.from
    }
}

/// The typical amount per day around a step: the median of its rising neighbours, as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypicalStep {
    numerator: i128,
    denominator: i128,
}

impl TypicalStep {
    /// Computes it around the step at `index`; `None` if fewer than seven neighbours rise.
    pub fn around(steps: &[Difference], index: usize) -> Option<Self> {
        let middle = steps[index].last;
        let mut rates = [(0i64, 0i32); MAX_NEIGHBOURS];
        let mut count = 0;
        let earlier = steps[..index].iter().rev().take_while(|step| middle - step.last <= NEIGHBOUR_DAYS);
        let later = steps[index + 1..].iter().take_while(|step| step.last - middle <= NEIGHBOUR_DAYS);
        for step in earlier.chain(later).filter(|step| step.size() > 0) {
            rates[count] = (step.size(), step.days);
            count += 1;
        }
        if count < MIN_NEIGHBOURS {
            return None;
        }
        let rates = &mut rates[..count];
        rates.sort_unstable_by(compare);
        let (a, b) = (rates[(count - 1) / 2], rates[count / 2]);
        let (a_days, b_days) = (i128::from(a.1), i128::from(b.1));
        Some(TypicalStep {
            numerator: i128::from(a.0) * b_days + i128::from(b.0) * a_days,
            denominator: 2 * a_days * b_days,
        })
    }

    /// Whether `size / days` is more than `factor` typical steps.
    pub fn is_exceeded(&self, size: i64, days: i32, factor: i128) -> bool {
        i128::from(size) * self.denominator > factor * self.numerator * i128::from(days)
    }

    /// Whether the typical step is at least `amount` per day.
    pub fn is_at_least(&self, amount: i128) -> bool {
        self.numerator >= amount * self.denominator
    }
}

fn compare(a: &(i64, i32), b: &(i64, i32)) -> Ordering {
    (i128::from(a.0) * i128::from(b.1)).cmp(&(i128::from(b.0) * i128::from(a.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(sizes: &[(i32, i64)]) -> Vec<Difference> {
        let start: Day = "2026-01-01".parse().unwrap();
        sizes
            .iter()
            .map(|&(day, size)| Difference { last: start + day, days: 1, from: 0, to: size })
            .collect()
    }

    #[test]
    fn needs_seven_rising_neighbours_besides_itself() {
        let seven: Vec<_> = (0..7).map(|day| (day, 10)).collect();
        assert_eq!(TypicalStep::around(&steps(&seven), 3), None);
        let eight: Vec<_> = (0..8).map(|day| (day, 10)).collect();
        assert!(TypicalStep::around(&steps(&eight), 3).unwrap().is_at_least(10));
        let mut flat = eight;
        flat[0].1 = 0;
        assert_eq!(TypicalStep::around(&steps(&flat), 3), None);
    }

    #[test]
    fn looks_28_days_to_either_side() {
        let mut around: Vec<_> = (0..7).map(|day| (day, 10)).collect();
        around.push((6 + 28, 1));
        assert_eq!(TypicalStep::around(&steps(&around), 7), None, "only day 6 is within 28 days");
        let mut around: Vec<_> = (28..35).map(|day| (day, 10)).collect();
        around.insert(0, (0, 5));
        assert_eq!(TypicalStep::around(&steps(&around), 0), None, "only day 28 is within 28 days");
        let mut around: Vec<_> = (22..29).map(|day| (day, 10)).collect();
        around.insert(0, (0, 5));
        assert!(TypicalStep::around(&steps(&around), 0).is_some());
    }

    #[test]
    fn is_the_mean_of_the_middle_two() {
        let sizes: Vec<_> =
            [1, 2, 3, 4, 5, 6, 7, 8, 999].into_iter().enumerate().map(|(d, s)| (d as i32, s)).collect();
        let typical = TypicalStep::around(&steps(&sizes), 8).unwrap();
        assert!(typical.is_exceeded(9, 2, 0) && !typical.is_exceeded(9, 2, 1), "4.5 exactly");
        assert!(typical.is_exceeded(91, 1, 20) && !typical.is_exceeded(90, 1, 20));
    }
}
