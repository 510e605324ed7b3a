//! The amount of a series over a range of days: S7 to S11 and S16 of docs/semantics.md.

mod day_amounts;
mod day_set;
pub mod figure;

use self::figure::{Amount, Figure};
use super::series::{Flag, PackedSeries, PriorBound, Series, Step, StepKind};
use super::{Day, Range};
use crate::domain::text::format::div_round_half_up;

pub use day_amounts::{DayAmounts, Peak};
pub use day_set::DaySet;

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    /// Adds a flag.
    pub fn insert(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u8;
    }

    /// The flags, in canonical order.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.iter().copied().filter(move |flag| self.0 >> *flag as u8 & 1 == 1)
    }
}

/// What a step contributes to the figure of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contribution {
    /// A figure: its days are covered (S7, S8).
    Figure(Figure),
    /// Between 0 and its size: a jump (S9).
    AtMost(i128),
    /// An unknown amount (S9).
    Unbounded,
}

/// A step that overlaps a range, and what it contributes. The figure of a series is the sum of these
/// contributions and of the unknown amounts before and after them, so reports and audits agree (S23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepContribution {
    /// The step.
    pub step: Step,
    /// How many of its days lie in the range.
    pub days_inside: usize,
    /// Its contribution to the figure.
    pub contribution: Contribution,
}

/// The steps of a series that overlap the range, in order; none if the series is absent. `series` must have
/// gone through [`Series::with_release`].
pub fn contributions(series: &Series, range: Range) -> impl Iterator<Item = StepContribution> {
    let steps = if is_absent(series.prior, series.start, range) { &[][..] } else { &series.steps };
    let inside = steps.partition_point(|step| step.last < range.from());
    contributions_of(steps[inside..].iter().copied(), range)
}

/// Contributions of the steps that overlap the range. Expects steps that end inside or after it.
fn contributions_of(
    steps: impl Iterator<Item = Step>,
    range: Range,
) -> impl Iterator<Item = StepContribution> {
    let days = move |step: &Step| {
        let (from, to) = (step.first().max(range.from()), step.last.min(range.to()));
        usize::try_from(to - from + 1).unwrap_or(0)
    };
    steps.take_while(move |step| step.first() <= range.to()).map(move |step| {
        let days_inside = days(&step);
        let adds = match step.kind {
            kind if kind.covers() && days_inside == step.days as usize => Contribution::Figure(whole(&step)),
            kind if kind.covers() => Contribution::Figure(edge(&step, days_inside)),
            StepKind::Jump => Contribution::AtMost(step.size.into()),
            _ => Contribution::Unbounded,
        };
        StepContribution { step, days_inside, contribution: adds }
    })
}

/// Whether the series belongs to a track released after the range (S9b).
pub fn is_absent(before: PriorBound, start: Day, range: Range) -> bool {
    before == PriorBound::Zero && range.to() <= start
}

impl Contribution {
    fn add_to(self, sum: &mut Figure) {
        match self {
            Contribution::Figure(figure) => *sum += figure,
            Contribution::AtMost(size) => {
                sum.exact = false;
                sum.high = sum.high.map(|high| high + size);
            }
            Contribution::Unbounded => (sum.exact, sum.high) = (false, None),
        }
    }
}

/// Contribution of the days of the range up to the start of the series (S9), if there are any.
fn unknown_before(before: PriorBound, start: Day, range: Range) -> Option<Contribution> {
    match before {
        _ if range.from() > start => None,
        PriorBound::Zero => None,
        PriorBound::AtMost(value) => Some(Contribution::AtMost(value.into())),
        PriorBound::Unbounded => Some(Contribution::Unbounded),
    }
}

/// Contribution of the days of the range after the end of the series (S9), if there are any.
fn unknown_after(last: Day, range: Range) -> Option<Contribution> {
    (range.to() > last).then_some(Contribution::Unbounded)
}

/// The figure of a series in the range. `series` must have gone through [`Series::with_release`]. Absent if
/// the track was released after the range (S9b), unknown if no day is covered (S10).
pub fn series_amount(series: &Series, range: Range) -> Amount {
    if is_absent(series.prior, series.start, range) {
        return Amount::Absent;
    }
    let mut sum = Figure::exactly(0);
    let mut covers = false;
    for share in contributions(series, range) {
        covers |= matches!(share.contribution, Contribution::Figure(_));
        share.contribution.add_to(&mut sum);
    }
    let ends = [unknown_before(series.prior, series.start, range), unknown_after(series.last(), range)];
    ends.into_iter().flatten().for_each(|adds| adds.add_to(&mut sum));
    if covers { Amount::Known(sum) } else { Amount::Unknown }
}

/// Same result as [`series_amount`], computed from a packed series without reading every step. `release` is the
/// track's release date; daily amounts and flags are added to `days` and `flags`.
pub fn packed_amount(
    series: &PackedSeries,
    release: Option<Day>,
    range: Range,
    days: &mut DayAmounts,
    flags: &mut Flags,
) -> Amount {
    let begins = series.start_with_release(release);
    if is_absent(begins.before, begins.start, range) {
        return Amount::Absent;
    }
    let mut sum = Figure::exactly(0);
    let all = DaySet::from_days(range, begins.start + 1, series.last);
    let (mut special, mut uncovered, mut corrected) = <(DaySet, DaySet, DaySet)>::default();
    let steps = begins.release.into_iter().filter(|step| step.last >= range.from());
    let steps = steps.chain(series.special.since(range.from()));
    for StepContribution { step, contribution: adds, .. } in contributions_of(steps, range) {
        step.kind.flags().iter().for_each(|flag| flags.insert(*flag));
        if step.doubled {
            flags.insert(Flag::Halved);
        }
        let places = days.places(&step);
        special.insert(places.clone());
        if matches!(step.kind, StepKind::Correction | StepKind::Halved | StepKind::Jump) {
            corrected.insert(places.clone());
        }
        match adds {
            Contribution::Figure(figure) => days.spread_over(places, figure.estimate),
            Contribution::AtMost(_) | Contribution::Unbounded => uncovered.insert(places),
        }
        adds.add_to(&mut sum);
    }
    for &day in series.left_out.iter().filter(|day| range.contains(**day)) {
        flags.insert(Flag::Glitch);
        corrected.union_with(&DaySet::from_days(range, day, day));
    }
    let covered = all.difference(&uncovered);
    let clean = days.add_clean(&series.clean, &all.difference(&special));
    Contribution::Figure(Figure::exactly(clean)).add_to(&mut sum);
    days.add_coverage(&covered, &corrected);
    let ends = [unknown_before(begins.before, begins.start, range), unknown_after(series.last, range)];
    ends.into_iter().flatten().for_each(|adds| adds.add_to(&mut sum));
    if covered.is_empty() { Amount::Unknown } else { Amount::Known(sum) }
}

/// The estimate of a step: its size, or half of it if it was counted twice (S7).
fn counted_size(step: &Step) -> i128 {
    let size = i128::from(step.size);
    if step.doubled { size / 2 } else { size }
}

/// S7: a step that lies entirely inside the range.
fn whole(step: &Step) -> Figure {
    let is_sure = !matches!(step.kind, StepKind::Unconfirmed | StepKind::Release);
    let estimate = counted_size(step);
    Figure {
        estimate,
        low: if is_sure { estimate } else { 0 },
        high: Some(step.size.into()),
        exact: is_sure && !step.doubled,
    }
}

/// S8: a step that lies partly inside the range; its share is rounded half up.
fn edge(step: &Step, days_inside: usize) -> Figure {
    let (inside, days) = (days_inside as i128, i128::from(step.days));
    Figure {
        estimate: div_round_half_up(counted_size(step) * inside, days),
        low: 0,
        high: Some(step.size.into()),
        exact: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;
    use crate::domain::series::track_platform::TrackPlatform;
    use crate::domain::series::{self, IdentifierObservations, Observation, pack};
    use proptest::prelude::*;

    /// Values that produce every kind and size of step.
    fn value() -> impl Strategy<Value = i64> {
        prop_oneof![
            0i64..3,
            1_000i64..1_100,
            99_000i64..260_000,
            -5i64..0,
            any::<u32>().prop_map(i64::from),
            any::<i64>()
        ]
    }

    /// Reference implementation: (clean, spread, covered) of each day.
    fn by_step(series: &Series, range: Range) -> Vec<(i128, i128, bool)> {
        let mut days = vec![(0, 0, false); range.day_count()];
        for StepContribution { step, contribution: adds, .. } in contributions(series, range) {
            let Contribution::Figure(figure) = adds else { continue };
            let inside: Vec<usize> = range
                .days()
                .enumerate()
                .filter(|(_, day)| step.first() <= *day && *day <= step.last)
                .map(|(place, _)| place)
                .collect();
            let k = inside.len() as i128;
            for (j, place) in (1..).zip(inside) {
                let part = figure.estimate * j / k - figure.estimate * (j - 1) / k;
                let day: &mut (i128, i128, bool) = &mut days[place];
                if step.is_clean() {
                    day.0 += part
                } else {
                    day.1 += part
                }
                day.2 = true;
            }
        }
        days
    }

    proptest! {
        #[test]
        fn what_is_read_of_a_packed_series_is_what_its_steps_say(
            values in proptest::collection::btree_map(0i32..200, value(), 1..120),
            kind in proptest::sample::select(vec![Kind::Counter, Kind::Flow]),
            from in -10i32..210, length in 0i32..120, release in proptest::option::of(-5i32..50),
        ) {
            let start: Day = "2026-01-01".parse().unwrap();
            let observations: Vec<Observation> =
                values.into_iter().map(|(day, value)| Observation { day: start + day, value }).collect();
            let pair = TrackPlatform::work_out(kind, false, &[IdentifierObservations { identifier: "", observations: &observations }]);
            let range = Range::new(start + from, start + (from + length)).unwrap();
            let release = release.map(|day| start + day);
            let packed = pack(&pair);
            for (series, packed) in pair.series.into_iter().zip(&series::parse_packed(&packed.into()).unwrap().series) {
                let series = series.with_release(release);
                let (mut days, mut flags) = (DayAmounts::new(range), Flags::default());
                let read = packed_amount(packed, release, range, &mut days, &mut flags);
                prop_assert_eq!(read, series_amount(&series, range));
                let by_step = by_step(&series, range);
                for (place, day) in by_step.iter().enumerate() {
                    prop_assert_eq!((days.clean(place), days.spread(place), days.covered().contains(place)), *day);
                }
                // A day of one series is clean or a part of a longer step, never both.
                let largest = contributions(&series, range).filter(|share| share.step.is_clean()).map(|share| share.step);
                let largest = largest.max_by_key(|step| (step.size, std::cmp::Reverse(step.last)));
                prop_assert_eq!(
                    days.peak(),
                    largest.map(|step| Peak { value: step.size.into(), spread: 0, day: step.last }),
                );
            }
        }
    }
}
