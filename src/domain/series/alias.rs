//! S6 of docs/semantics.md: identifiers that repeat one counter are one series.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Identified, Observation};
use crate::domain::Day;

/// A day counts as evidence where either value is at least so much: small counters agree by chance.
const TELLING: i64 = 1_000;
/// The fewest telling days from which identifiers can be told apart by their values.
const FEWEST_DAYS: usize = 2;
/// Of these, the share that must be equal, in percent.
const EQUAL_PERCENT: usize = 90;

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

/// The observations of every group of aliases: the union of its days, of different values of one
/// day the largest. Negative values are left out; an identifier with nothing left is no group.
pub fn join(mirrors: bool, identifiers: &[Identified<'_>]) -> Vec<Vec<Observation>> {
    let mut valid: Vec<(&str, Vec<Observation>)> = identifiers
        .iter()
        .map(|i| (i.identifier, i.observations.iter().copied().filter(|o| o.value >= 0).collect::<Vec<_>>()))
        .filter(|(_, observations)| !observations.is_empty())
        .collect();
    valid.sort_by_key(|(identifier, _)| *identifier);
    let series: Vec<Vec<Observation>> = valid.into_iter().map(|(_, observations)| observations).collect();

    let mut groups: Vec<Vec<usize>> = (0..series.len()).map(|index| vec![index]).collect();
    let mut group_of: Vec<usize> = (0..series.len()).collect();
    for (a, b) in candidates(mirrors, &series) {
        let (into, from) = (group_of[a], group_of[b]);
        if into == from || relation(mirrors, &series[a], &series[b]) != Relation::Aliases {
            continue;
        }
        let holds_different = groups[into].iter().any(|&x| {
            groups[from].iter().any(|&y| relation(mirrors, &series[x], &series[y]) == Relation::Different)
        });
        if !holds_different {
            let moved = std::mem::take(&mut groups[from]);
            moved.iter().for_each(|&index| group_of[index] = into);
            groups[into].extend(moved);
        }
    }
    groups.iter().filter(|group| !group.is_empty()).map(|group| union(group, &series)).collect()
}

/// The pairs that may be aliases, in the order of the identifiers. On a platform that mirrors, all;
/// elsewhere those that agree on a telling day, found by day and value without comparing all pairs.
fn candidates(mirrors: bool, series: &[Vec<Observation>]) -> BTreeSet<(usize, usize)> {
    let all_pairs = |members: &[usize]| -> Vec<(usize, usize)> {
        members.iter().enumerate().flat_map(|(n, &a)| members[n + 1..].iter().map(move |&b| (a, b))).collect()
    };
    if series.len() < 2 {
        return BTreeSet::new();
    }
    if mirrors {
        return all_pairs(&(0..series.len()).collect::<Vec<_>>()).into_iter().collect();
    }
    let mut holders: HashMap<(Day, i64), Vec<usize>> = HashMap::new();
    for (index, observations) in series.iter().enumerate() {
        for o in observations.iter().filter(|o| o.value >= TELLING) {
            holders.entry((o.day, o.value)).or_default().push(index);
        }
    }
    holders.values().filter(|members| members.len() > 1).flat_map(|members| all_pairs(members)).collect()
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

fn union(group: &[usize], series: &[Vec<Observation>]) -> Vec<Observation> {
    match group {
        [only] => series[*only].clone(),
        _ => merge(group.iter().map(|&index| series[index].as_slice())),
    }
}

/// All days of all, with the largest value of each.
fn merge<'a>(all: impl IntoIterator<Item = &'a [Observation]>) -> Vec<Observation> {
    let mut days: BTreeMap<Day, i64> = BTreeMap::new();
    for o in all.into_iter().flatten() {
        days.entry(o.day).and_modify(|value| *value = o.value.max(*value)).or_insert(o.value);
    }
    days.into_iter().map(|(day, value)| Observation { day, value }).collect()
}
