//! S6 of docs/semantics.md: identifiers that repeat the same counter form one series.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Observation, ObservationSource};
use crate::domain::Day;

/// A day is evidence if either value is at least this: small counters agree by chance.
const MIN_EVIDENCE_VALUE: i64 = 1_000;
/// Minimum number of evidence days needed to compare two identifiers by value.
const MIN_EVIDENCE_DAYS: usize = 2;
/// Percentage of evidence days that must be equal.
const EQUAL_PERCENT: usize = 90;

/// How two identifiers relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// They repeat one counter.
    Aliases,
    /// They are two counters: groups that contain such a pair are never merged.
    Different,
    /// There is not enough evidence.
    Independent,
}

/// Groups aliases. A group is a list of indices into the source; groups are ordered by their first
/// identifier, and identifiers without a valid value are in none.
pub fn groups(mirrors: bool, source: &dyn ObservationSource) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); source.count()];
    let mut members = Vec::new();
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for index in 0..source.count() {
        let observations = valid(source, index);
        if observations.is_empty() {
            continue;
        }
        // An exact copy of another identifier is its alias; no pairwise comparison is needed.
        let first = *seen.entry(fingerprint(&observations)).or_insert(index);
        let has_evidence =
            observations.iter().filter(|o| o.value >= MIN_EVIDENCE_VALUE).count() >= MIN_EVIDENCE_DAYS;
        if first != index && has_evidence && valid(source, first) == observations {
            groups[first].push(index);
        } else {
            groups[index].push(index);
            members.push(index);
        }
    }
    let mut group_of: Vec<usize> = (0..source.count()).collect();
    let agreements = (!mirrors).then(|| ValueIndex::build(source, &members));
    for (place, &a) in members.iter().enumerate() {
        let later = &members[place + 1..];
        let candidates = agreements.as_ref().map(|agreements| agreements.candidates(source, a));
        for &b in candidates.as_deref().unwrap_or(later) {
            let (into, from) = (group_of[a], group_of[b]);
            let relation = |x: usize, y: usize| relation(mirrors, &valid(source, x), &valid(source, y));
            if into == from || relation(a, b) != Relation::Aliases {
                continue;
            }
            let holds_different = groups[into]
                .iter()
                .any(|&x| groups[from].iter().any(|&y| relation(x, y) == Relation::Different));
            if !holds_different {
                let moved = std::mem::take(&mut groups[from]);
                moved.iter().for_each(|&index| group_of[index] = into);
                groups[into].extend(moved);
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn fingerprint(observations: &[Observation]) -> u64 {
    let mut hash = DefaultHasher::new();
    observations.hash(&mut hash);
    hash.finish()
}

/// The observations of a group: the union of its days, with the largest value of each.
pub fn union(group: &[usize], source: &dyn ObservationSource) -> Vec<Observation> {
    match group {
        [only] => valid(source, *only),
        _ => {
            let all: Vec<Vec<Observation>> = group.iter().map(|&index| valid(source, index)).collect();
            merge(all.iter().map(Vec::as_slice))
        }
    }
}

/// The observations without negative values.
fn valid(source: &dyn ObservationSource, index: usize) -> Vec<Observation> {
    source.observations(index).iter().copied().filter(|o| o.value >= 0).collect()
}

/// Index by day and value that finds identifiers with equal values without comparing all pairs.
struct ValueIndex {
    /// Per day, sorted: a hash of the value in the upper half, the identifier's index in the lower.
    days: HashMap<Day, Vec<u64>>,
}

impl ValueIndex {
    const UPPER: u64 = 0xffff_ffff_0000_0000;

    fn build(source: &dyn ObservationSource, members: &[usize]) -> Self {
        let mut days: HashMap<Day, Vec<u64>> = HashMap::new();
        for &index in members {
            for o in source.observations(index).iter().filter(|o| o.value >= MIN_EVIDENCE_VALUE) {
                days.entry(o.day).or_default().push(Self::key(o.value) | index as u64);
            }
        }
        days.values_mut().for_each(|day| day.sort_unstable());
        ValueIndex { days }
    }

    /// Hashes a value into the upper half; [`relation`] resolves collisions.
    const fn key(value: i64) -> u64 {
        (value as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) & Self::UPPER
    }

    /// Later identifiers that agree with this one on enough days, in order.
    fn candidates(&self, source: &dyn ObservationSource, index: usize) -> Vec<usize> {
        let mut agreeing: HashMap<usize, usize> = HashMap::new();
        for o in source.observations(index).iter().filter(|o| o.value >= MIN_EVIDENCE_VALUE) {
            let (key, day) = (Self::key(o.value), &self.days[&o.day]);
            let later = day.partition_point(|held| *held <= key | index as u64);
            for held in day[later..].iter().take_while(|held| **held & Self::UPPER == key) {
                *agreeing.entry((held & !Self::UPPER) as usize).or_default() += 1;
            }
        }
        let mut candidates: Vec<usize> = agreeing
            .into_iter()
            .filter(|(_, days)| *days >= MIN_EVIDENCE_DAYS)
            .map(|(other, _)| other)
            .collect();
        candidates.sort_unstable();
        candidates
    }
}

fn relation(mirrors: bool, a: &[Observation], b: &[Observation]) -> Relation {
    let (mut common, mut equal, mut telling, mut telling_equal) = (0usize, 0usize, 0usize, 0usize);
    let (mut x, mut y) = (0, 0);
    while let (Some(left), Some(right)) = (a.get(x), b.get(y)) {
        x += usize::from(left.day <= right.day);
        y += usize::from(right.day <= left.day);
        if left.day == right.day {
            let same = usize::from(left.value == right.value);
            let tells = usize::from(left.value >= MIN_EVIDENCE_VALUE || right.value >= MIN_EVIDENCE_VALUE);
            common += 1;
            equal += same;
            telling += tells;
            telling_equal += same * tells;
        }
    }
    if telling >= MIN_EVIDENCE_DAYS {
        let enough = telling_equal * 100 >= telling * EQUAL_PERCENT;
        return if enough { Relation::Aliases } else { Relation::Different };
    }
    let one_line = || merge([a, b]).windows(2).all(|pair| pair[0].value <= pair[1].value);
    if mirrors && common == equal && one_line() { Relation::Aliases } else { Relation::Independent }
}

/// Merges observations by day, keeping the largest value.
fn merge<'a>(all: impl IntoIterator<Item = &'a [Observation]>) -> Vec<Observation> {
    let mut days: BTreeMap<Day, i64> = BTreeMap::new();
    for o in all.into_iter().flatten() {
        days.entry(o.day).and_modify(|value| *value = o.value.max(*value)).or_insert(o.value);
    }
    days.into_iter().map(|(day, value)| Observation { day, value }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{IdentifierObservations, SortedIdentifiers};
    use super::*;
    use proptest::prelude::*;

    type Values = Vec<(i32, i64)>;

    fn observations(values: &[(i32, i64)]) -> Vec<Observation> {
        let start: Day = "2026-01-01".parse().unwrap();
        values.iter().map(|&(day, value)| Observation { day: start + day, value }).collect()
    }

    /// The groups as (day, value), in any order.
    fn groups(mirrors: bool, identifiers: &[(&str, &[(i32, i64)])]) -> BTreeSet<Values> {
        let owned: Vec<_> = identifiers.iter().map(|(name, values)| (*name, observations(values))).collect();
        let identified: Vec<_> = owned
            .iter()
            .map(|(identifier, o)| IdentifierObservations { identifier, observations: o })
            .collect();
        let start: Day = "2026-01-01".parse().unwrap();
        let sorted = SortedIdentifiers::new(&identified);
        super::groups(mirrors, &sorted)
            .iter()
            .map(|group| union(group, &sorted).into_iter().map(|o| (o.day - start, o.value)).collect())
            .collect()
    }

    fn are_aliases(mirrors: bool, a: &[(i32, i64)], b: &[(i32, i64)]) -> bool {
        groups(mirrors, &[("a", a), ("b", b)]).len() == 1
    }

    #[test]
    fn a_day_tells_where_either_value_is_a_thousand() {
        assert!(are_aliases(false, &[(1, 1_000), (2, 1_000)], &[(1, 1_000), (2, 1_000), (3, 2_000)]));
        assert!(!are_aliases(false, &[(1, 999), (2, 1_000)], &[(1, 999), (2, 1_000), (3, 2_000)]));
        // One value of 1,000 makes a day evidence; here it shows that they differ.
        let (a, b) = ([(1, 1_000), (2, 2_000), (3, 1_000)], [(1, 1_000), (2, 2_000), (3, 999)]);
        assert!(!are_aliases(false, &a, &b));
        let (a, b) = ([(1, 1_000), (2, 2_000), (3, 999)], [(1, 1_000), (2, 2_000), (3, 998)]);
        assert!(are_aliases(false, &a, &b), "two small values tell nothing");
    }

    #[test]
    fn two_telling_days_are_needed() {
        assert!(!are_aliases(false, &[(1, 5_000), (2, 6_000)], &[(2, 6_000), (3, 7_000)]));
        assert!(are_aliases(false, &[(1, 5_000), (2, 6_000)], &[(1, 5_000), (2, 6_000)]));
    }

    #[test]
    fn nine_of_ten_telling_days_must_be_equal() {
        let a: Values = (0..20).map(|day| (day, 5_000)).collect();
        let differing = |count: usize, length: usize| -> Values {
            a.iter().take(length).enumerate().map(|(n, &(d, v))| (d, v + i64::from(n < count))).collect()
        };
        assert!(are_aliases(false, &a, &differing(1, 10)));
        assert!(!are_aliases(false, &a, &differing(1, 9)));
        assert!(are_aliases(false, &a, &differing(2, 20)));
        assert!(!are_aliases(false, &a, &differing(2, 19)));
    }

    #[test]
    fn a_group_is_the_union_of_days_with_the_largest_value() {
        let mut a: Values = (0..20).map(|day| (day, 5_000)).collect();
        let mut b = a.clone();
        (a[3].1, b[4].1) = (7_000, 4_000);
        b.push((25, 9_000));
        let mut union = a.clone();
        union.push((25, 9_000));
        assert_eq!(groups(false, &[("a", &a), ("b", &b)]), BTreeSet::from([union]));
    }

    #[test]
    fn on_a_platform_that_mirrors_little_evidence_will_do() {
        let early = [(1, 10), (2, 20)];
        assert!(are_aliases(true, &early, &[(3, 30)]), "no common day, and one line");
        assert!(!are_aliases(false, &early, &[(3, 30)]));
        assert!(are_aliases(true, &early, &[(2, 20), (3, 20)]), "level is not down");
        assert!(!are_aliases(true, &early, &[(2, 21), (3, 30)]), "they differ on a common day");
        assert!(!are_aliases(true, &early, &[(3, 19)]), "the union falls");
        assert!(!are_aliases(true, &early, &[(0, 11)]), "the union falls at its beginning");
        assert!(
            are_aliases(true, &[(1, 5_000)], &[(1, 5_000), (2, 6_000)]),
            "one telling day is fewer than two"
        );
        assert!(!are_aliases(true, &[(1, 5_000)], &[(1, 5_001), (2, 6_000)]));
        // With two telling days the values decide, and the union may fall.
        assert!(are_aliases(true, &[(1, 5_000), (2, 4_000), (3, 9)], &[(1, 5_000), (2, 4_000)]));
    }

    #[test]
    fn groups_with_a_different_pair_are_never_joined() {
        // b repeats a on days 1 and 2, and c on days 3 and 4; a and c differ on days 5 and 6.
        let a = [(1, 1_000), (2, 2_000), (5, 5_000), (6, 6_000)];
        let b = [(1, 1_000), (2, 2_000), (3, 3_000), (4, 4_000)];
        let c = [(3, 3_000), (4, 4_000), (5, 5_500), (6, 6_600)];
        let ab = vec![(1, 1_000), (2, 2_000), (3, 3_000), (4, 4_000), (5, 5_000), (6, 6_000)];
        let bc = vec![(1, 1_000), (2, 2_000), (3, 3_000), (4, 4_000), (5, 5_500), (6, 6_600)];
        let found = groups(false, &[("a", &a), ("b", &b), ("c", &c)]);
        assert_eq!(found, BTreeSet::from([ab.clone(), c.to_vec()]));
        // The order is that of the identifiers, not of the input.
        assert_eq!(groups(false, &[("c", &c), ("b", &b), ("a", &a)]), found);
        let renamed = groups(false, &[("z", &a), ("b", &b), ("c", &c)]);
        assert_eq!(renamed, BTreeSet::from([a.to_vec(), bc]));
        assert_eq!(groups(true, &[("a", &a), ("b", &b), ("c", &c)]), found, "on a mirroring platform too");
    }

    #[test]
    fn groups_join_through_a_third() {
        let (a, c) = ([(1, 1_000), (2, 2_000)], [(3, 3_000), (4, 4_000)]);
        let b = [(1, 1_000), (2, 2_000), (3, 3_000), (4, 4_000)];
        assert!(!are_aliases(false, &a, &c), "by themselves they have no day in common");
        assert_eq!(groups(false, &[("a", &a), ("b", &b), ("c", &c)]), BTreeSet::from([b.to_vec()]));
    }

    #[test]
    fn negative_values_are_no_evidence() {
        assert!(!are_aliases(true, &[(1, -1), (2, 20)], &[(1, -1), (3, 10)]));
        assert!(
            are_aliases(true, &[(1, -5), (2, 20)], &[(1, 10), (3, 30)]),
            "-5 is no value that could differ"
        );
        assert_eq!(groups(true, &[("a", &[(1, -1)]), ("b", &[(2, 5)])]), BTreeSet::from([vec![(2, 5)]]));
    }

    /// Reference implementation of the rule: compares all pairs in identifier order.
    fn reference_groups(mirrors: bool, series: &[Vec<Observation>]) -> BTreeSet<BTreeSet<usize>> {
        let mut groups: Vec<Vec<usize>> = (0..series.len()).map(|index| vec![index]).collect();
        for a in 0..series.len() {
            for b in a + 1..series.len() {
                let of = |index: usize| groups.iter().position(|group| group.contains(&index)).unwrap();
                let (into, from) = (of(a), of(b));
                let relation = |x: usize, y: usize| relation(mirrors, &series[x], &series[y]);
                let differs = |x: usize| groups[from].iter().any(|&y| relation(x, y) == Relation::Different);
                if into != from
                    && relation(a, b) == Relation::Aliases
                    && !groups[into].iter().any(|&x| differs(x))
                {
                    let moved = std::mem::take(&mut groups[from]);
                    groups[into].extend(moved);
                }
            }
        }
        groups
            .into_iter()
            .filter(|group| !group.is_empty())
            .map(|group| group.into_iter().collect())
            .collect()
    }

    proptest! {
        #[test]
        fn groups_are_those_of_comparing_all_pairs(
            days in proptest::collection::vec(
                proptest::collection::btree_map(0i32..6, 998i64..1_003, 1..6), 2..8,
            ),
            mirrors: bool,
        ) {
            let series: Vec<_> = days
                .into_iter()
                .map(|days| observations(&days.into_iter().collect::<Vec<_>>()))
                .collect();
            let names: Vec<String> = (0..series.len()).map(|index| index.to_string()).collect();
            let identified: Vec<_> = names
                .iter()
                .zip(&series)
                .map(|(identifier, observations)| IdentifierObservations { identifier, observations })
                .collect();
            let found = super::groups(mirrors, &SortedIdentifiers::new(&identified));
            let found: BTreeSet<BTreeSet<usize>> =
                found.into_iter().map(|group| group.into_iter().collect()).collect();
            prop_assert_eq!(found, reference_groups(mirrors, &series));
        }
    }
}
