//! A bit set of the days of a range.

use crate::domain::time::range::MAX_DAYS;
use crate::domain::{Day, Range};

const WORDS: usize = MAX_DAYS.div_ceil(64);

/// A set of days, stored as indices into a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaySet([u64; WORDS]);

impl DaySet {
    /// The days at these indices.
    pub fn from_range(places: std::ops::Range<usize>) -> Self {
        DaySet(std::array::from_fn(|word| Self::below(word, places.end) & !Self::below(word, places.start)))
    }

    /// The bits of a word below an index.
    fn below(word: usize, place: usize) -> u64 {
        !u64::MAX.checked_shl(place.saturating_sub(word * 64) as u32).unwrap_or(0)
    }

    /// The days `from` to `to` that lie in the range.
    pub fn from_days(range: Range, from: Day, to: Day) -> Self {
        let (first, last) = (from.max(range.from()), to.min(range.to()));
        if first > last {
            return DaySet::default();
        }
        let place = |day: Day| (day - range.from()) as usize;
        DaySet::from_range(place(first)..place(last) + 1)
    }

    /// Adds the days at these indices.
    pub fn insert(&mut self, places: std::ops::Range<usize>) {
        for word in places.start / 64..places.end.div_ceil(64) {
            self.0[word] |= Self::below(word, places.end) & !Self::below(word, places.start);
        }
    }

    /// Adds all days of another set.
    pub fn union_with(&mut self, other: &DaySet) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// The days of this set that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &DaySet) -> DaySet {
        DaySet(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// The days that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &DaySet) -> DaySet {
        DaySet(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Whether every day of the other set is in this one.
    pub fn is_superset(&self, other: &DaySet) -> bool {
        other.difference(self).is_empty()
    }

    /// The indices of its days, in order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        let bits = |(index, word): (usize, u64)| {
            std::iter::successors(Some(word), |rest| rest.checked_sub(1).map(|less| rest & less))
                .take_while(|rest| *rest != 0)
                .map(move |rest| index * 64 + rest.trailing_zeros() as usize)
        };
        self.0.into_iter().enumerate().flat_map(bits)
    }

    /// Its runs of consecutive days (first, last).
    pub fn runs(&self, range: Range) -> Vec<(Day, Day)> {
        let mut runs: Vec<(Day, Day)> = Vec::new();
        for day in self.places().map(|place| range.from() + place as i32) {
            match runs.last_mut() {
                Some(run) if day - run.1 == 1 => run.1 = day,
                _ => runs.push((day, day)),
            }
        }
        runs
    }

    /// Whether the day at this index is in the set.
    pub fn contains(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    /// The number of its days at these indices.
    pub fn count(&self, places: std::ops::Range<usize>) -> usize {
        let bits =
            |word: usize| self.0[word] & Self::below(word, places.end) & !Self::below(word, places.start);
        (places.start / 64..places.end.div_ceil(64)).map(|word| bits(word).count_ones() as usize).sum()
    }

    /// The number of days in the set.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn holds_the_places_it_was_made_of(from in 0..MAX_DAYS, length in 0..=MAX_DAYS) {
            let places = from..(from + length).min(MAX_DAYS);
            let set = DaySet::from_range(places.clone());
            let mut inserted = DaySet::from_range(from..from + 1);
            inserted.insert(places.clone());
            prop_assert_eq!(inserted, DaySet::from_range(from..places.end.max(from + 1)));
            prop_assert_eq!(set.len(), places.len());
            prop_assert!(set.places().eq(places.clone()));
            prop_assert_eq!(set.count(10..200), set.places().filter(|place| (10..200).contains(place)).count());
            prop_assert!((0..MAX_DAYS).all(|place| set.contains(place) == places.contains(&place)));
        }
    }
}
