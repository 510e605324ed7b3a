//! Daily amounts of a range, summed over series.

use super::DaySet;
use crate::domain::series::{CleanDays, DayBlock, Step};
use crate::domain::{Day, Range};

/// The largest daily amount and the first day that reached it (S13, S14 in docs/semantics.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// The amount of the day: clean steps plus its part of longer steps.
    pub value: i128,
    /// The part that comes from longer steps: at most a tenth of `value`.
    pub spread: i128,
    /// The first day with that amount.
    pub day: Day,
}

/// Daily sums of a range. Nearly all numbers have at most 32 bits; their sum always fits into 64 bits and is
/// vectorized. Larger numbers are summed separately with 128 bits.
#[derive(Debug, Clone)]
struct DaySums {
    small: Vec<u64>,
    /// Empty until a large number is added.
    large: Vec<i128>,
}

impl DaySums {
    fn new(days: usize) -> Self {
        DaySums { small: vec![0; days], large: Vec::new() }
    }

    fn at(&self, place: usize) -> i128 {
        i128::from(self.small[place]) + self.large.get(place).copied().unwrap_or(0)
    }

    /// The sums of large numbers, allocated on first use.
    fn large(&mut self) -> &mut [i128] {
        self.large.resize(self.small.len(), 0);
        &mut self.large
    }

    /// Adds a block that starts at day index `place`; returns its sum and its largest number.
    fn add_block(&mut self, place: usize, block: DayBlock<'_>) -> (i128, u64) {
        fn numbers<const WIDTH: usize>(block: DayBlock<'_>) -> impl Iterator<Item = &[u8; WIDTH]> {
            block.numbers.as_chunks::<WIDTH>().0.iter()
        }
        /// Vectorizable loop for narrow numbers.
        fn add<N: Copy + Default + Ord + Into<u64>>(
            sums: &mut [u64],
            numbers: impl Iterator<Item = N>,
        ) -> (i128, u64) {
            let (mut all, mut largest) = (0u64, N::default());
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum = sum.wrapping_add(number.into());
                all = all.wrapping_add(number.into());
                largest = largest.max(number);
            }
            (all.into(), largest.into())
        }
        match block.width {
            1 => add(&mut self.small[place..], block.numbers.iter().copied()),
            2 => add(&mut self.small[place..], numbers(block).map(|n| u16::from_le_bytes(*n))),
            4 => add(&mut self.small[place..], numbers(block).map(|n| u32::from_le_bytes(*n))),
            _ => {
                let (mut all, mut largest) = (0, 0);
                for (sum, number) in self.large()[place..].iter_mut().zip(numbers(block)) {
                    let number = u64::from_le_bytes(*number);
                    *sum += i128::from(number);
                    all += i128::from(number);
                    largest = largest.max(number);
                }
                (all, largest)
            }
        }
    }

    fn add(&mut self, other: &DaySums) {
        self.small.iter_mut().zip(&other.small).for_each(|(mine, theirs)| *mine = mine.wrapping_add(*theirs));
        if !other.large.is_empty() {
            self.large().iter_mut().zip(&other.large).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

/// The amounts of the days of a range, added up over series.
#[derive(Debug, Clone)]
pub struct DayAmounts {
    range: Range,
    /// Per day: the sum of clean steps.
    clean: DaySums,
    /// The largest clean day, cached while the days are those of a single series.
    largest: Option<Peak>,
    /// Per day: the part of longer steps (S16); empty until there is one.
    spread: Vec<i128>,
    /// Days with a part of a longer step.
    has_spread: DaySet,
    /// Days with at least one clean step.
    has_clean: DaySet,
    /// Days covered by any step.
    covered: DaySet,
    /// Days with a correction, a jump or an excluded value.
    corrected: DaySet,
}

impl DayAmounts {
    /// Empty amounts for the days of `range`.
    pub fn new(range: Range) -> Self {
        DayAmounts {
            range,
            clean: DaySums::new(range.day_count()),
            largest: None,
            spread: Vec::new(),
            has_spread: DaySet::default(),
            has_clean: DaySet::default(),
            covered: DaySet::default(),
            corrected: DaySet::default(),
        }
    }

    /// Whether nothing has been added.
    fn is_empty(&self) -> bool {
        self.covered.is_empty() && self.corrected.is_empty()
    }

    /// Resets all amounts so that the memory can be reused.
    pub fn clear(&mut self) {
        if self.is_empty() {
            return;
        }
        self.clean.small.fill(0);
        self.clean.large.clear();
        self.largest = None;
        self.has_spread.places().for_each(|place| self.spread[place] = 0);
        (self.has_spread, self.has_clean) = <(DaySet, DaySet)>::default();
        (self.covered, self.corrected) = <(DaySet, DaySet)>::default();
    }

    /// The range.
    pub const fn range(&self) -> Range {
        self.range
    }

    /// The number of days in the range.
    pub fn count(&self) -> usize {
        self.clean.small.len()
    }

    /// Days covered by any series.
    pub const fn covered(&self) -> &DaySet {
        &self.covered
    }

    /// Days with a correction, a jump or an excluded value (S3, S4, S11).
    pub const fn corrected(&self) -> &DaySet {
        &self.corrected
    }

    /// The sum of clean steps on the day at this index.
    pub fn clean(&self, place: usize) -> i128 {
        self.clean.at(place)
    }

    /// The part of longer steps on the day at this index.
    pub fn spread(&self, place: usize) -> i128 {
        self.spread.get(place).copied().unwrap_or(0)
    }

    /// The largest day that has a clean step and at most a tenth of its amount from longer steps; the first
    /// one if there is a tie.
    pub fn peak(&self) -> Option<Peak> {
        if !self.has_spread.is_empty() {
            return self.peak_with_spread();
        }
        if self.largest.is_some() {
            return self.largest;
        }
        let mut places = self.has_clean.places();
        let first = places.next()?;
        let larger = |largest: usize, place: usize| {
            if self.clean.at(place) > self.clean.at(largest) { place } else { largest }
        };
        let place = if self.clean.large.is_empty() {
            // Days without a clean step hold 0, so only a maximum of 0 needs the set of clean days.
            let small = &self.clean.small;
            let largest = small.iter().copied().max()?;
            small.iter().position(|sum| *sum == largest && largest > 0).unwrap_or(first)
        } else {
            places.fold(first, larger)
        };
        Some(Peak { value: self.clean.at(place), spread: 0, day: self.range.from() + place as i32 })
    }

    fn peak_with_spread(&self) -> Option<Peak> {
        let day = |place: usize| {
            let spread = self.spread(place);
            Peak { value: self.clean.at(place) + spread, spread, day: self.range.from() + place as i32 }
        };
        let days = self.has_clean.places().map(day).filter(|day| 10 * day.spread <= day.value);
        days.reduce(|largest, day| if day.value > largest.value { day } else { largest })
    }

    /// The sum (clean and spread) of the covered days among `days`.
    pub fn sum_over(&self, days: &DaySet) -> i128 {
        if days.is_superset(&self.covered) {
            return self.sum(0..self.count());
        }
        days.intersection(&self.covered).places().map(|place| self.clean.at(place) + self.spread(place)).sum()
    }

    /// Whether any of these days has a part of a longer step.
    pub fn has_spread_on(&self, days: &DaySet) -> bool {
        self.has_spread.intersection(days).places().any(|place| self.spread[place] != 0)
    }

    /// The sum (clean and spread) of the days at these indices.
    pub fn sum(&self, places: std::ops::Range<usize>) -> i128 {
        let small: u64 = self.clean.small[places.clone()].iter().fold(0, |sum, day| sum.wrapping_add(*day));
        let large: i128 = self.clean.large.get(places.clone()).unwrap_or_default().iter().sum();
        let spread: i128 = self.spread.get(places).unwrap_or_default().iter().sum();
        i128::from(small) + large + spread
    }

    /// Adds the amounts of another series or cell over the same range.
    pub fn add(&mut self, other: &DayAmounts) {
        if other.is_empty() {
            return;
        }
        self.largest = None;
        self.clean.add(&other.clean);
        if !other.has_spread.is_empty() {
            self.has_spread.union_with(&other.has_spread);
            let spread = self.spread_days();
            other.has_spread.places().for_each(|place| spread[place] += other.spread[place]);
        }
        self.has_clean.union_with(&other.has_clean);
        self.covered.union_with(&other.covered);
        self.corrected.union_with(&other.corrected);
    }

    /// Adds the clean days of a series that lie in the range (`days`); returns their sum.
    pub(super) fn add_clean(&mut self, clean: &CleanDays, days: &DaySet) -> i128 {
        let is_first = self.has_clean.is_empty();
        self.has_clean.union_with(days);
        let (range, mut sum) = (self.range, 0);
        let mut largest: Option<(u64, DayBlock<'_>)> = None;
        for block in clean.inside(range) {
            let (added, most) = self.clean.add_block((block.first - range.from()) as usize, block);
            sum += added;
            if most > largest.as_ref().map_or(0, |(most, _)| *most) {
                largest = Some((most, block));
            }
        }
        self.largest = largest.filter(|_| is_first).and_then(|(most, block)| {
            Some(Peak { value: most.into(), spread: 0, day: block.first + block.position(most)? as i32 })
        });
        sum
    }

    /// Records covered and corrected days.
    pub(super) fn add_coverage(&mut self, covered: &DaySet, corrected: &DaySet) {
        self.covered.union_with(covered);
        self.corrected.union_with(corrected);
    }

    /// Indices of the days of a step inside the range.
    pub(super) fn places(&self, step: &Step) -> std::ops::Range<usize> {
        let from = step.first().max(self.range.from()) - self.range.from();
        let to = step.last.min(self.range.to()) - self.range.from() + 1;
        from.max(0) as usize..to.max(from).max(0) as usize
    }

    /// S16: spreads the estimate of a step evenly over its days in the range; the parts add up exactly.
    pub(super) fn spread_over(&mut self, places: std::ops::Range<usize>, estimate: i128) {
        let days = places.len() as i128;
        let until = |day: i128| (estimate * day).div_euclid(days);
        self.has_spread.insert(places.clone());
        let spread = self.spread_days();
        for (day, place) in (0..days).zip(places) {
            spread[place] += until(day + 1) - until(day);
        }
    }

    fn spread_days(&mut self) -> &mut [i128] {
        self.spread.resize(self.clean.small.len(), 0);
        &mut self.spread
    }
}
