//! S5 and S4 of docs/semantics.md: merges values that the provider did not refresh with the rise that
//! follows, then classifies corrections, jumps and unconfirmed rises.

use super::glitch::differences;
use super::typical::{Difference, TypicalStep};
use super::{Observation, Step, StepKind};

/// A repeated value is stale if the typical step is at least this per day.
const STALE_TYPICAL: i128 = 100;
/// From this size on, a rise is compared with the wide factor only.
const JUMP_SIZE: i64 = 1_000_000;
const WIDE_FACTOR: i128 = 100;
const FACTOR: i128 = 20;
/// From this value on, a counter that doubles has probably started to count twice.
const DOUBLING_FROM: i64 = 100_000;

/// A difference after S5. `last_part` is the index of its last raw difference, whose typical step it is
/// compared with.
struct MergedDifference {
    difference: Difference,
    last_part: usize,
    stale: bool,
}

/// Classifies the steps between the observations kept by S3.
pub fn steps(kept: &[Observation]) -> Vec<Step> {
    let raw: Vec<Difference> = differences(kept).collect();
    let joined = merge_stale(&raw);
    let count = joined.len();
    let mut steps: Vec<Step> = Vec::with_capacity(count);
    let mut last_halved = None;
    for (index, step) in joined.iter().enumerate() {
        let kind = kind(&raw, step, index == 0, index + 1 == count);
        if kind == StepKind::Halved {
            last_halved = Some(index);
        }
        let Difference { last, days, .. } = step.difference;
        steps.push(Step { last, days, size: step.difference.size(), kind, doubled: false });
    }
    for step in steps.iter_mut().take(last_halved.unwrap_or(0)) {
        step.doubled = true;
    }
    steps
}

/// S5: a repeat where a rise would be typical, further repeats and the rise after them become one step.
fn merge_stale(raw: &[Difference]) -> Vec<MergedDifference> {
    let mut joined = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&difference) = raw.get(at) {
        let is_stale = difference.size() == 0
            && TypicalStep::around(raw, at).is_some_and(|typical| typical.is_at_least(STALE_TYPICAL));
        let mut end = at;
        if is_stale {
            end += raw[at + 1..].iter().take_while(|next| next.size() == 0).count();
            if raw.get(end + 1).is_some_and(|next| next.size() > 0) {
                end += 1;
            }
        }
        let days = raw[at..=end].iter().map(|part| part.days).sum();
        let whole = Difference { last: raw[end].last, days, from: difference.from, to: raw[end].to };
        joined.push(MergedDifference { difference: whole, last_part: end, stale: is_stale });
        at = end + 1;
    }
    joined
}

/// S4; falls back to the result of S5.
fn kind(raw: &[Difference], step: &MergedDifference, is_first: bool, is_last: bool) -> StepKind {
    let Difference { days, from, to, .. } = step.difference;
    let size = step.difference.size();
    if size < 0 {
        let (from, to) = (i128::from(from), i128::from(to));
        let is_half = 45 * from <= 100 * to && 100 * to <= 55 * from;
        return if is_half { StepKind::Halved } else { StepKind::Correction };
    }
    if size == 0 {
        return if step.stale { StepKind::StaleOpen } else { StepKind::Plain };
    }
    let unusual = if step.stale { StepKind::Stale } else { StepKind::Plain };
    let doubles = from >= DOUBLING_FROM && {
        let (from, to) = (i128::from(from), i128::from(to));
        19 * from <= 10 * to && 10 * to <= 21 * from
    };
    let from_zero = is_first && from == 0;
    // Skip computing the typical step where it cannot change the result.
    if size < JUMP_SIZE && !doubles && !from_zero && !is_last {
        return unusual;
    }
    let Some(typical) = TypicalStep::around(raw, step.last_part) else { return unusual };
    let exceeds = |factor| typical.is_exceeded(size, days, factor);
    if (size >= JUMP_SIZE && exceeds(WIDE_FACTOR)) || ((doubles || from_zero) && exceeds(FACTOR)) {
        StepKind::Jump
    } else if is_last && exceeds(FACTOR) {
        StepKind::Unconfirmed
    } else {
        unusual
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Day;

    /// One value per day, from the first value and the rises between days.
    fn series(first: i64, rises: &[i64]) -> Vec<Observation> {
        let start: Day = "2026-01-01".parse().unwrap();
        let mut value = first;
        let later = rises.iter().zip(1..).map(|(rise, day)| {
            value += rise;
            Observation { day: start + day, value }
        });
        std::iter::once(Observation { day: start, value: first }).chain(later).collect()
    }

    /// Surrounds `rises` with ten rises of `typical` on each side; returns the steps in between.
    fn within(first: i64, typical: i64, rises: &[i64]) -> Vec<Step> {
        let around = [typical; 10];
        let steps = steps(&series(first, &[&around[..], rises, &around[..]].concat()));
        steps[10..steps.len() - 10].to_vec()
    }

    fn kinds(steps: &[Step]) -> Vec<StepKind> {
        steps.iter().map(|step| step.kind).collect()
    }

    #[test]
    fn a_repeat_is_stale_where_100_a_day_are_typical() {
        // The rise after the repeat is one of its neighbours, and typical like the others.
        assert_eq!(kinds(&within(0, 100, &[0, 100])), [StepKind::Stale]);
        assert_eq!(kinds(&within(0, 99, &[0, 99])), [StepKind::Plain, StepKind::Plain]);
        // 99.5: the mean of the middle two of ten rises of 99 and ten of 100.
        let rises = [&[99; 10][..], &[0], &[100; 10][..]].concat();
        assert!(steps(&series(0, &rises)).iter().all(|step| step.kind == StepKind::Plain));
    }

    #[test]
    fn repeats_and_the_rise_after_them_are_one_step() {
        let joined = within(0, 200, &[0, 0, 0, 700]);
        assert_eq!(
            joined.iter().map(|s| (s.days, s.size, s.kind)).collect::<Vec<_>>(),
            [(4, 700, StepKind::Stale)]
        );
        assert!(!joined[0].is_clean());
        let twice = within(0, 200, &[0, 200, 0, 200]);
        assert_eq!(twice.iter().map(|s| (s.days, s.kind)).collect::<Vec<_>>(), [(2, StepKind::Stale); 2]);
    }

    #[test]
    fn a_repeat_before_a_correction_or_the_end_stays_open() {
        let corrected = within(1_000, 200, &[0, 0, -50]);
        assert_eq!(kinds(&corrected), [StepKind::StaleOpen, StepKind::Correction]);
        assert_eq!((corrected[0].days, corrected[0].size, corrected[1].days), (2, 0, 1));
        let ended = steps(&series(0, &[&[200; 10][..], &[0, 0]].concat()));
        assert_eq!(ended.last().map(|step| (step.days, step.kind)), Some((2, StepKind::StaleOpen)));
    }

    #[test]
    fn a_stale_step_is_judged_by_the_typical_step_of_its_last_part() {
        // Around the repeat seven rises, the large one among them; around the large one six.
        let few = [&[200; 6][..], &[0, 50_000]].concat();
        assert_eq!(kinds(&steps(&series(0, &few))).last(), Some(&StepKind::Stale));
        let enough = [&[200; 7][..], &[0, 50_000]].concat();
        assert_eq!(kinds(&steps(&series(0, &enough))).last(), Some(&StepKind::Unconfirmed));
    }

    #[test]
    fn a_fall_to_45_to_55_percent_is_a_halving() {
        let fall = |to: i64| steps(&series(100_000, &[to - 100_000]))[0].kind;
        assert_eq!(fall(44_999), StepKind::Correction);
        assert_eq!(fall(45_000), StepKind::Halved);
        assert_eq!(fall(55_000), StepKind::Halved);
        assert_eq!(fall(55_001), StepKind::Correction);
        let huge = steps(&series(i64::MAX - 1, &[-(i64::MAX / 2)]));
        assert_eq!(huge[0].kind, StepKind::Halved, "no overflow");
    }

    #[test]
    fn every_step_before_the_last_halving_is_doubled() {
        let doubled = |rises: &[i64]| -> Vec<bool> {
            steps(&series(1_000, rises)).iter().map(|step| step.doubled).collect()
        };
        assert_eq!(doubled(&[10, -10, -500, 10]), [true, true, false, false]);
        assert_eq!(doubled(&[10, -505, 10, -258, 10]), [true, true, true, false, false]);
        assert_eq!(doubled(&[10, -900, 10]), [false; 3], "a correction that is no halving");
    }

    #[test]
    fn a_jump_is_a_million_and_a_hundred_typical_steps() {
        let jump = |typical, size| within(10_000_000, typical, &[size])[0].kind;
        assert_eq!(jump(9_999, 1_000_000), StepKind::Jump);
        assert_eq!(jump(10_000, 1_000_000), StepKind::Plain, "exactly a hundred typical steps");
        assert_eq!(jump(10_000, 1_000_001), StepKind::Jump);
        assert_eq!(jump(10, 999_999), StepKind::Plain, "less than a million");
    }

    #[test]
    fn a_jump_about_doubles_a_counter_of_a_hundred_thousand() {
        // Ten rises come before, so that the value before the leap is `before`.
        let leap = |before: i64, typical: i64, after: i64| {
            within(before - 10 * typical, typical, &[after - before])[0].kind
        };
        assert_eq!(leap(100_000, 10, 189_999), StepKind::Plain);
        assert_eq!(leap(100_000, 10, 190_000), StepKind::Jump);
        assert_eq!(leap(100_000, 10, 210_000), StepKind::Jump);
        assert_eq!(leap(100_000, 10, 210_001), StepKind::Plain);
        assert_eq!(leap(99_999, 10, 199_998), StepKind::Plain, "too small to tell");
        assert_eq!(leap(100_000, 4_500, 190_000), StepKind::Plain, "exactly twenty typical steps");
        assert_eq!(leap(100_000, 4_499, 190_000), StepKind::Jump);
    }

    #[test]
    fn a_first_step_from_0_may_be_a_jump() {
        let first = |value: i64, rise: i64| steps(&series(value, &[&[rise][..], &[10; 10]].concat()))[0].kind;
        assert_eq!(first(0, 200), StepKind::Plain, "exactly twenty typical steps");
        assert_eq!(first(0, 201), StepKind::Jump);
        assert_eq!(first(1, 201), StepKind::Plain);
        // Repeats of 0 and the rise after them are the first step, after S5.
        let repeated = steps(&series(0, &[&[0, 50_000][..], &[200; 10]].concat()));
        assert_eq!((repeated[0].kind, repeated[0].days), (StepKind::Jump, 2), "a jump replaces stale");
        let slow = steps(&series(0, &[&[0, 50_000][..], &[20; 10]].concat()));
        assert_eq!(kinds(&slow)[..2], [StepKind::Plain; 2], "the second step is not the first");
    }

    #[test]
    fn the_last_step_is_unconfirmed_above_twenty_typical_steps() {
        let last = |rises: &[i64]| kinds(&steps(&series(500_000, &[&[10; 10][..], rises].concat()))).pop();
        assert_eq!(last(&[200]), Some(StepKind::Plain));
        assert_eq!(last(&[201]), Some(StepKind::Unconfirmed));
        assert_eq!(last(&[201, 10]), Some(StepKind::Plain));
        assert_eq!(last(&[2_000_000]), Some(StepKind::Jump), "a jump first of all");
        assert_eq!(last(&[-1]), Some(StepKind::Correction));
    }

    #[test]
    fn a_jump_or_unconfirmed_replaces_stale() {
        let leap = within(10_000_000, 200, &[0, 2_000_000]);
        assert_eq!((leap[0].kind, leap[0].days), (StepKind::Jump, 2));
        let last = [&[200; 10][..], &[0, 0, 12_001]].concat();
        let step = steps(&series(0, &last)).pop().unwrap();
        assert_eq!((step.kind, step.days), (StepKind::Unconfirmed, 3), "4,000.3 a day");
        let last = [&[200; 10][..], &[0, 0, 12_000]].concat();
        assert_eq!(steps(&series(0, &last)).pop().unwrap().kind, StepKind::Stale, "4,000 a day");
    }

    #[test]
    fn a_step_is_judged_by_the_steps_around_it() {
        // A counter that was slow for 40 days and then became a hundred times as fast.
        let rises = |last| [&[10; 40][..], &[1_000; 20], &[last]].concat();
        assert_eq!(kinds(&steps(&series(500_000, &rises(20_000)))).pop(), Some(StepKind::Plain));
        assert_eq!(kinds(&steps(&series(500_000, &rises(20_001)))).pop(), Some(StepKind::Unconfirmed));
    }

    #[test]
    fn a_longer_step_is_judged_by_its_size_a_day() {
        let mut observations = series(10_000_000, &[&[5_000; 10][..], &[1_000_002], &[5_000; 10]].concat());
        assert_eq!(steps(&observations)[10].kind, StepKind::Jump);
        // Without the day before: 1,005,002 over two days, 502,501 a day.
        observations.remove(10);
        assert_eq!(steps(&observations)[9].kind, StepKind::Jump);
        observations.drain(8..10);
        assert_eq!((steps(&observations)[7].days, steps(&observations)[7].kind), (4, StepKind::Plain));
    }
}
