//! Deliveries for the days of one series, and the series without one of them. Pure; no database access.
//!
//! A delivery, numbered by its fetch, gives a value for a day. The current value is stored with the first of
//! the consecutive deliveries that gave it; a replaced value is stored with the delivery that replaced it. A
//! repeated value leaves a trace (a confirmation) only if its first delivery is an import, because imports
//! can be undone.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Day;
use crate::domain::series::Observation;
use crate::server::store::imports::UndoableImports;
use crate::server::store::observations::packed::{FetchedObservation, ReplacedObservation};

/// Everything that is stored about one series.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DeliveryHistory {
    /// Current values, sorted by day, one per day.
    pub current: Vec<FetchedObservation>,
    /// Replaced values, by day and replacing fetch.
    pub replaced: Vec<ReplacedObservation>,
    /// Days confirmed by each fetch.
    pub confirmed: BTreeMap<i64, BTreeSet<Day>>,
}

impl DeliveryHistory {
    /// Days covered by a fetch.
    fn days_from(&self, fetch_id: i64) -> BTreeSet<Day> {
        let current = self.current.iter().filter(|f| f.fetch_id == fetch_id).map(|f| f.observation.day);
        let replaced = self
            .replaced
            .iter()
            .filter(|r| r.replaced_by == fetch_id || r.before.fetch_id == fetch_id)
            .map(|r| r.before.observation.day);
        let confirmed = self.confirmed.get(&fetch_id).into_iter().flatten().copied();
        current.chain(replaced).chain(confirmed).collect()
    }

    /// The series without a fetch; `None` if the fetch contributed nothing. `imports` are those that can
    /// still be undone.
    pub fn without(&self, fetch_id: i64, imports: &UndoableImports) -> Option<DeliveryHistory> {
        let days = self.days_from(fetch_id);
        if days.is_empty() {
            return None;
        }
        let is_other = |day: Day| !days.contains(&day);
        let mut left = DeliveryHistory {
            current: self.current.iter().filter(|f| is_other(f.observation.day)).copied().collect(),
            replaced: self.replaced.iter().filter(|r| is_other(r.before.observation.day)).copied().collect(),
            confirmed: BTreeMap::new(),
        };
        for (fetch, confirmed) in &self.confirmed {
            let others: BTreeSet<Day> = confirmed.iter().copied().filter(|day| is_other(*day)).collect();
            if !others.is_empty() {
                left.confirmed.insert(*fetch, others);
            }
        }
        for (day, said) in self.deliveries(&days) {
            let others = said.into_iter().filter(|(fetch, _)| *fetch != fetch_id);
            left.apply_deliveries(day, others, imports);
        }
        left.current.sort_unstable_by_key(|f| f.observation.day);
        left.replaced.sort_unstable_by_key(|r| (r.before.observation.day, r.replaced_by));
        Some(left)
    }

    /// Deliveries of each of these days, earliest first.
    fn deliveries(&self, days: &BTreeSet<Day>) -> BTreeMap<Day, Vec<(i64, i64)>> {
        let mut said: BTreeMap<Day, Vec<(i64, i64)>> = BTreeMap::new();
        let replaced = self.replaced.iter().map(|replaced| replaced.before);
        for FetchedObservation { observation, fetch_id } in replaced.chain(self.current.iter().copied()) {
            if days.contains(&observation.day) {
                said.entry(observation.day).or_default().push((fetch_id, observation.value));
            }
        }
        for of_day in said.values_mut() {
            of_day.sort_by_key(|(fetch, _)| *fetch);
        }
        for (fetch, confirmed) in &self.confirmed {
            for day in confirmed.intersection(days) {
                let of_day = said.entry(*day).or_default();
                let place = of_day.partition_point(|(earlier, _)| earlier <= fetch);
                if let Some(stood) = place.checked_sub(1).map(|place| of_day[place]) {
                    of_day.insert(place, (*fetch, stood.1));
                }
            }
        }
        said
    }

    /// Adds the deliveries of a new day.
    fn apply_deliveries(
        &mut self,
        day: Day,
        said: impl Iterator<Item = (i64, i64)>,
        imports: &UndoableImports,
    ) {
        let mut stands: Option<FetchedObservation> = None;
        for (fetch_id, value) in said {
            match stands {
                Some(before) if before.observation.value == value => {
                    if imports.contains(before.fetch_id) {
                        self.confirmed.entry(fetch_id).or_default().insert(day);
                    }
                    continue;
                }
                Some(before) => self.replaced.push(ReplacedObservation { before, replaced_by: fetch_id }),
                None => {}
            }
            stands = Some(FetchedObservation { observation: Observation { day, value }, fetch_id });
        }
        self.current.extend(stands);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::observations::packed::merge;
    use proptest::prelude::*;

    /// Values of one fetch by day.
    type Delivery = BTreeMap<i32, i64>;

    /// The history after these deliveries, merged in order.
    fn stored(deliveries: &[(i64, Delivery)], imports: &UndoableImports) -> DeliveryHistory {
        let mut history = DeliveryHistory::default();
        for (fetch_id, delivery) in deliveries {
            let new: Vec<Observation> = delivery
                .iter()
                .map(|(day, value)| Observation { day: Day::EPOCH + *day, value: *value })
                .collect();
            let merged = merge(&history.current, &new, *fetch_id, imports);
            history.current = merged.all.unwrap_or(history.current);
            history.replaced.extend(merged.replaced);
            if !merged.confirmed.is_empty() {
                history.confirmed.insert(*fetch_id, merged.confirmed.into_iter().collect());
            }
        }
        history.replaced.sort_unstable_by_key(|r| (r.before.observation.day, r.replaced_by));
        history
    }

    /// Without confirmations that follow a delivery of the provider: that delivery is never undone, so nothing
    /// depends on them.
    fn needed(mut history: DeliveryHistory, imports: &UndoableImports) -> DeliveryHistory {
        let mut settled = BTreeSet::new();
        history.confirmed.retain(|fetch, days| {
            days.retain(|day| !settled.contains(day));
            if !imports.contains(*fetch) {
                settled.extend(days.iter().copied());
            }
            !days.is_empty()
        });
        history
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Holds whatever came before and after, and for several imports undone in any order.
        #[test]
        fn taking_imports_back_leaves_what_would_be_there_without_them(
            deliveries in proptest::collection::vec((any::<bool>(), proptest::collection::btree_map(0i32..6, 0i64..3, 0..6)), 1..7),
            taken_back in proptest::collection::vec(any::<prop::sample::Index>(), 1..4),
        ) {
            let numbered: Vec<(i64, Delivery)> =
                deliveries.iter().zip(1..).map(|((_, delivery), fetch)| (fetch, delivery.clone())).collect();
            let mut imports =
                UndoableImports::from_fetches(deliveries.iter().zip(1..).filter(|((is_import, _), _)| *is_import).map(|(_, fetch)| fetch));
            let mut history = stored(&numbered, &imports);
            let mut left = numbered.clone();
            for index in taken_back {
                let fetch = numbered[index.index(numbered.len())].0;
                if !imports.contains(fetch) {
                    continue;
                }
                imports = UndoableImports::from_fetches(left.iter().map(|(other, _)| *other).filter(|other| *other != fetch && imports.contains(*other)));
                history = history.without(fetch, &imports).unwrap_or(history);
                left.retain(|(other, _)| *other != fetch);
                let expected = needed(stored(&left, &imports), &imports);
                prop_assert_eq!(needed(history.clone(), &imports), expected);
            }
        }
    }
}
