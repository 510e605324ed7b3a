//! S6 of docs/semantics.md: identifiers that repeat one counter are one series.

use std::collections::{BTreeMap, BTreeSet};

use super::{Observation, Source};
use crate::domain::Day;

/// A day counts as evidence where either value is at least so much: small counters agree by chance.
const TELLING: i64 = 1_000;
/// The fewest telling days from which identifiers can be told apart by their values.
const FEWEST_DAYS: usize = 2;
/// Of these, the share that must be equal, in percent.
const EQUAL_PERCENT: usize = 90;

/// So many telling values are compared at once: a song can have tens of thousands of identifiers.
const HELD: usize = 1 << 18;

/// What two identifiers are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// They repeat one counter.
    Aliases,
    /// They are two counters: groups that hold such a pair are never joined.
    Different,
    /// The evidence does not tell.
    Independent,
}

/// The groups of aliases, each of indices into the source; an identifier without a value that counts is in none. In the
/// order of their first identifiers.
pub fn groups(mirrors: bool, source: &dyn Source) -> Vec<Vec<usize>> {
    let has_values = |index: &usize| source.observations(*index).iter().any(|o| o.value >= 0);
    let mut groups: Vec<Vec<usize>> = (0..source.count()).map(|index| vec![index]).collect();
    groups.iter_mut().for_each(|group| group.retain(has_values));
    let mut group_of: Vec<usize> = (0..source.count()).collect();
    let members: Vec<usize> = groups.iter().flatten().copied().collect();
    for (a, b) in candidates(mirrors, source, &members, HELD) {
        let (into, from) = (group_of[a], group_of[b]);
        let relation = |x: usize, y: usize| relation(mirrors, &valid(source, x), &valid(source, y));
        if into == from || relation(a, b) != Relation::Aliases {
            continue;
        }
        let holds_different =
            groups[into].iter().any(|&x| groups[from].iter().any(|&y| relation(x, y) == Relation::Different));
        if !holds_different {
            let moved = std::mem::take(&mut groups[from]);
            moved.iter().for_each(|&index| group_of[index] = into);
            groups[into].extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The observations of a group: the union of its days, of different values of one day the largest.
pub fn union(group: &[usize], source: &dyn Source) -> Vec<Observation> {
    match group {
        [only] => valid(source, *only),
        _ => {
            let all: Vec<Vec<Observation>> = group.iter().map(|&index| valid(source, index)).collect();
            merge(all.iter().map(Vec::as_slice))
        }
    }
}

/// The observations that count: negative values are left out.
fn valid(source: &dyn Source, index: usize) -> Vec<Observation> {
    source.observations(index).iter().copied().filter(|o| o.value >= 0).collect()
}

/// The pairs that may be aliases, in the order of the identifiers. On a platform that mirrors, all; elsewhere those that
/// agree on a telling day, found by day and value without comparing all pairs: about so many values are held at once.
fn candidates(
    mirrors: bool,
    source: &dyn Source,
    members: &[usize],
    held: usize,
) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    let mut all_pairs = |members: &[usize]| {
        for (n, &a) in members.iter().enumerate() {
            found.extend(members[n + 1..].iter().map(|&b| (a, b)));
        }
    };
    if members.len() < 2 {
        return found;
    }
    if mirrors {
        all_pairs(members);
        return found;
    }
    let telling = |index: usize| {
        let tells = |o: &Observation| o.value >= TELLING;
        source.observations(index).iter().copied().filter(tells).collect::<Vec<_>>()
    };
    let mut by_day: BTreeMap<Day, usize> = BTreeMap::new();
    members.iter().flat_map(|&index| telling(index)).for_each(|o| *by_day.entry(o.day).or_default() += 1);
    for (first, last) in portions(&by_day, held) {
        let mut holders: Vec<(Day, i64, usize)> = Vec::new();
        for &index in members {
            let inside = telling(index).into_iter().filter(|o| first <= o.day && o.day <= last);
            holders.extend(inside.map(|o| (o.day, o.value, index)));
        }
        holders.sort_unstable();
        for same in holders.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|same| same.len() > 1) {
            all_pairs(&same.iter().map(|holder| holder.2).collect::<Vec<_>>());
        }
    }
    found
}

/// Runs of days (first, last) with at most so many values, or of one day that has more.
fn portions(by_day: &BTreeMap<Day, usize>, most: usize) -> Vec<(Day, Day)> {
    let mut portions: Vec<(Day, Day)> = Vec::new();
    let mut values = 0;
    for (&day, &count) in by_day {
        values += count;
        match portions.last_mut() {
            Some(portion) if values <= most => portion.1 = day,
            _ => {
                portions.push((day, day));
                values = count;
            }
        }
    }
    portions
}

fn relation(mirrors: bool, a: &[Observation], b: &[Observation]) -> Relation {
    let (mut common, mut equal, mut telling, mut telling_equal) = (0usize, 0usize, 0usize, 0usize);
    let (mut x, mut y) = (0, 0);
    while let (Some(left), Some(right)) = (a.get(x), b.get(y)) {
        x += usize::from(left.day <= right.day);
        y += usize::from(right.day <= left.day);
        if left.day == right.day {
            let same = usize::from(left.value == right.value);
            let tells = usize::from(left.value >= TELLING || right.value >= TELLING);
            common += 1;
            equal += same;
            telling += tells;
            telling_equal += same * tells;
        }
    }
    if telling >= FEWEST_DAYS {
        let enough = telling_equal * 100 >= telling * EQUAL_PERCENT;
        return if enough { Relation::Aliases } else { Relation::Different };
    }
    let one_line = || merge([a, b]).windows(2).all(|pair| pair[0].value <= pair[1].value);
    if mirrors && common == equal && one_line() { Relation::Aliases } else { Relation::Independent }
}

/// All days of all, with the largest value of each.
fn merge<'a>(all: impl IntoIterator<Item = &'a [Observation]>) -> Vec<Observation> {
    let mut days: BTreeMap<Day, i64> = BTreeMap::new();
    for o in all.into_iter().flatten() {
        days.entry(o.day).and_modify(|value| *value = o.value.max(*value)).or_insert(o.value);
    }
    days.into_iter().map(|(day, value)| Observation { day, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Identified, Sorted};
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
        let identified: Vec<_> =
            owned.iter().map(|(identifier, o)| Identified { identifier, observations: o }).collect();
        let start: Day = "2026-01-01".parse().unwrap();
        let sorted = Sorted::new(&identified);
        super::groups(mirrors, &sorted)
            .iter()
            .map(|group| union(group, &sorted).into_iter().map(|o| (o.day - start, o.value)).collect())
            .collect()
    }

    fn joined(mirrors: bool, a: &[(i32, i64)], b: &[(i32, i64)]) -> bool {
        groups(mirrors, &[("a", a), ("b", b)]).len() == 1
    }

    #[test]
    fn a_day_tells_where_either_value_is_a_thousand() {
        assert!(joined(false, &[(1, 1_000), (2, 1_000)], &[(1, 1_000), (2, 1_000), (3, 2_000)]));
        assert!(!joined(false, &[(1, 999), (2, 1_000)], &[(1, 999), (2, 1_000), (3, 2_000)]));
        // One value of 1,000 is enough to tell, and here it tells that they differ.
        let (a, b) = ([(1, 1_000), (2, 2_000), (3, 1_000)], [(1, 1_000), (2, 2_000), (3, 999)]);
        assert!(!joined(false, &a, &b));
        let (a, b) = ([(1, 1_000), (2, 2_000), (3, 999)], [(1, 1_000), (2, 2_000), (3, 998)]);
        assert!(joined(false, &a, &b), "two small values tell nothing");
    }

    #[test]
    fn two_telling_days_are_needed() {
        assert!(!joined(false, &[(1, 5_000), (2, 6_000)], &[(2, 6_000), (3, 7_000)]));
        assert!(joined(false, &[(1, 5_000), (2, 6_000)], &[(1, 5_000), (2, 6_000)]));
    }

    #[test]
    fn nine_of_ten_telling_days_must_be_equal() {
        let a: Values = (0..20).map(|day| (day, 5_000)).collect();
        let differing = |count: usize, length: usize| -> Values {
            a.iter().take(length).enumerate().map(|(n, &(d, v))| (d, v + i64::from(n < count))).collect()
        };
        assert!(joined(false, &a, &differing(1, 10)));
        assert!(!joined(false, &a, &differing(1, 9)));
        assert!(joined(false, &a, &differing(2, 20)));
        assert!(!joined(false, &a, &differing(2, 19)));
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
        assert!(joined(true, &early, &[(3, 30)]), "no common day, and one line");
        assert!(!joined(false, &early, &[(3, 30)]));
        assert!(joined(true, &early, &[(2, 20), (3, 20)]), "level is not down");
        assert!(!joined(true, &early, &[(2, 21), (3, 30)]), "they differ on a common day");
        assert!(!joined(true, &early, &[(3, 19)]), "the union falls");
        assert!(!joined(true, &early, &[(0, 11)]), "the union falls at its beginning");
        assert!(joined(true, &[(1, 5_000)], &[(1, 5_000), (2, 6_000)]), "one telling day is fewer than two");
        assert!(!joined(true, &[(1, 5_000)], &[(1, 5_001), (2, 6_000)]));
        // With two telling days the values decide, and the union may fall.
        assert!(joined(true, &[(1, 5_000), (2, 4_000), (3, 9)], &[(1, 5_000), (2, 4_000)]));
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
        assert!(!joined(false, &a, &c), "by themselves they have no day in common");
        assert_eq!(groups(false, &[("a", &a), ("b", &b), ("c", &c)]), BTreeSet::from([b.to_vec()]));
    }

    #[test]
    fn negative_values_are_no_evidence() {
        assert!(!joined(true, &[(1, -1), (2, 20)], &[(1, -1), (3, 10)]));
        assert!(joined(true, &[(1, -5), (2, 20)], &[(1, 10), (3, 30)]), "-5 is no value that could differ");
        assert_eq!(groups(true, &[("a", &[(1, -1)]), ("b", &[(2, 5)])]), BTreeSet::from([vec![(2, 5)]]));
    }

    proptest! {
        /// Looking by day and value only leaves out pairs that cannot be aliases, however many values are held at once.
        #[test]
        fn candidates_are_all_that_can_be_aliases(
            days in proptest::collection::vec(
                proptest::collection::btree_map(0i32..6, 998i64..1_003, 1..6), 2..6,
            ),
        ) {
            let series: Vec<_> = days
                .into_iter()
                .map(|days| observations(&days.into_iter().collect::<Vec<_>>()))
                .collect();
            let names: Vec<String> = (0..series.len()).map(|index| index.to_string()).collect();
            let identified: Vec<_> = names
                .iter()
                .zip(&series)
                .map(|(identifier, observations)| Identified { identifier, observations })
                .collect();
            let members: Vec<usize> = (0..series.len()).collect();
            let found = candidates(false, &Sorted::new(&identified), &members, HELD);
            for held in 0..8 {
                prop_assert_eq!(&found, &candidates(false, &Sorted::new(&identified), &members, held));
            }
            for a in 0..series.len() {
                for b in a + 1..series.len() {
                    if relation(false, &series[a], &series[b]) == Relation::Aliases {
                        prop_assert!(found.contains(&(a, b)));
                    }
                }
            }
        }
    }
}
