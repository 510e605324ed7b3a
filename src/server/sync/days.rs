//! Sets of days as runs: wanted days minus stored ones.

use crate::domain::Day;

/// A run of days, first and last.
pub type DayRun = (Day, Day);

/// Subtracts `other` from `runs`. Both are sorted; `runs` are disjoint.
pub fn subtract(runs: Vec<DayRun>, others: impl IntoIterator<Item = DayRun>) -> Vec<DayRun> {
    others.into_iter().fold(runs, |runs, (first, last)| {
        let rest = |run: DayRun| [(run.0, run.1.min(first - 1)), (run.0.max(last + 1), run.1)];
        // Without overlap, both remainders would be the run itself.
        let cut = |run: DayRun| if run.1 < first || last < run.0 { vec![run] } else { rest(run).to_vec() };
        runs.into_iter().flat_map(cut).filter(|run| run.0 <= run.1).collect()
    })
}

pub fn overlap(a: DayRun, b: DayRun) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

pub fn day_count(runs: &[DayRun]) -> u32 {
    let days: i64 = runs.iter().map(|run| i64::from(run.1 - run.0 + 1)).sum();
    u32::try_from(days).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn run((first, length): (i64, i64)) -> DayRun {
        (Day::from_number(first).unwrap(), Day::from_number(first + length).unwrap())
    }

    proptest! {
        #[test]
        fn days_are_a_set(wanted in (0i64..60, 0i64..60), there in proptest::collection::vec((0i64..120, 0i64..30), 0..8)) {
            let set = |runs: &[DayRun]| runs.iter().flat_map(|run| run.0.up_to(run.1)).collect::<BTreeSet<_>>();
            let there: Vec<DayRun> = there.into_iter().map(run).collect();
            let left = subtract(vec![run(wanted)], there.iter().copied());
            prop_assert_eq!(set(&left), &set(&[run(wanted)]) - &set(&there));
            prop_assert!(left.windows(2).all(|pair| pair[0].1 < pair[1].0));
            prop_assert_eq!(day_count(&left) as usize, set(&left).len());
            let touches = there.iter().any(|other| overlap(run(wanted), *other));
            prop_assert_eq!(touches, left != vec![run(wanted)]);
        }
    }
}
