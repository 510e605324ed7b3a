//! The value of a row after one import that changed it is undone: former values return, later ones stay.
//! Pure; no database access.

use std::collections::BTreeMap;

pub(in crate::server::store) type RowValues = BTreeMap<String, Option<String>>;

/// How an import changed a row: created it (no row before), removed it (no row after), changed these columns, or
/// confirmed it unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server::store) struct RowChange {
    pub before: Option<RowValues>,
    pub after: Option<RowValues>,
}

impl RowChange {
    pub fn changed(before: &RowValues, after: &RowValues) -> Self {
        let differing = |of: &RowValues, other: &RowValues| -> RowValues {
            let nothing = None;
            let differs =
                |(name, value): &(&String, &Option<String>)| other.get(*name).unwrap_or(&nothing) != *value;
            of.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let (mut old, mut new) = (differing(before, after), differing(after, before));
        // The columns of a ranking are its tracks, so the two sets differ.
        let names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
        for name in names {
            old.entry(name.clone()).or_default();
            new.entry(name).or_default();
        }
        RowChange { before: Some(old), after: Some(new) }
    }

    /// The import named the row without changing it.
    pub fn unchanged() -> Self {
        RowChange { before: Some(RowValues::new()), after: Some(RowValues::new()) }
    }

    /// The import neither changed nor named the row.
    pub fn is_noop(&self) -> bool {
        let is_empty = |columns: &Option<RowValues>| columns.as_ref().is_some_and(RowValues::is_empty);
        is_empty(&self.before) && is_empty(&self.after)
    }

    /// Adds columns that were named without a change.
    pub fn name(&mut self, columns: RowValues) {
        if let (Some(before), Some(after)) = (&mut self.before, &mut self.after) {
            before.extend(columns.clone());
            after.extend(columns);
        }
    }

    fn is_nothing(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }
}

/// What undoing does to the row itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server::store) enum RowAction {
    /// Keep it unchanged.
    Keep,
    /// Remove it, if it still has these columns.
    Remove(RowValues),
    /// Restore columns that still have the import's values.
    Change { from: RowValues, to: RowValues },
    /// Insert it again, if missing.
    Return(RowValues),
}

/// Removes an entry from the row's history. `later` are the entries of later imports, earliest first; those that
/// become no-ops are dropped.
pub(in crate::server::store) fn splice<Id>(entry: &RowChange, later: &mut Vec<(Id, RowChange)>) -> RowAction {
    let live = match (&entry.before, &entry.after) {
        (None, None) => RowAction::Keep,
        (None, Some(made)) => match later.first_mut().map(|(_, next)| next) {
            None => RowAction::Remove(made.clone()),
            Some(next) if next.before.is_none() => RowAction::Keep,
            // Without this import, the next one would have created the row.
            Some(next) => {
                next.before = None;
                if let Some(after) = &mut next.after {
                    let named = std::mem::replace(after, made.clone());
                    after.extend(named);
                }
                RowAction::Keep
            }
        },
        (Some(ended), None) => match later.first_mut().map(|(_, next)| next) {
            None => RowAction::Return(ended.clone()),
            Some(next) => {
                if let (None, Some(made)) = (&next.before, &next.after) {
                    *next = RowChange::changed(ended, made);
                }
                RowAction::Keep
            }
        },
        (Some(before), Some(after)) => {
            let (mut from, mut to) = (RowValues::new(), RowValues::new());
            for (name, old) in before {
                let new = after.get(name).cloned().flatten();
                if restore(later, name, &new, old) {
                    from.insert(name.clone(), new);
                    to.insert(name.clone(), old.clone());
                }
            }
            if to.is_empty() { RowAction::Keep } else { RowAction::Change { from, to } }
        }
    };
    later.retain(|(_, entry)| !entry.is_nothing());
    live
}

/// Gives the earliest later entry that changed a column its former value; returns true if there is none, so that
/// the row itself must change.
fn restore<Id>(
    later: &mut [(Id, RowChange)],
    name: &str,
    new: &Option<String>,
    old: &Option<String>,
) -> bool {
    for (_, next) in later {
        let Some(before) = &mut next.before else { return false };
        let Some(value) = before.get_mut(name) else { continue };
        if value == new {
            value.clone_from(old);
            if let Some(after) = &mut next.after
                && after.get(name) == Some(old)
            {
                before.remove(name);
                after.remove(name);
            }
        }
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Said {
        Columns(BTreeMap<String, u8>),
        Ended,
    }

    fn said() -> impl Strategy<Value = Said> {
        let columns = proptest::collection::btree_map("[ab]", 0u8..3, 0..3);
        prop_oneof![4 => columns.prop_map(Said::Columns), 1 => Just(Said::Ended)]
    }

    /// Applies the import to the row and returns its entry.
    fn import(row: &mut Option<RowValues>, said: &Said) -> Option<RowChange> {
        let before = row.clone();
        match said {
            Said::Ended => *row = None,
            Said::Columns(columns) => {
                let row = row.get_or_insert_default();
                for name in ["a", "b"] {
                    row.entry(name.to_owned()).or_default();
                }
                row.extend(columns.iter().map(|(name, value)| (name.clone(), Some(value.to_string()))));
            }
        }
        match (before, &*row) {
            (None, None) => None,
            (Some(before), Some(after)) if before == *after => Some(RowChange::unchanged()),
            (Some(before), Some(after)) => Some(RowChange::changed(&before, after)),
            (before, after) => Some(RowChange { before, after: after.clone() }),
        }
    }

    fn apply(row: &mut Option<RowValues>, live: RowAction) {
        match live {
            RowAction::Keep => {}
            RowAction::Remove(_) => *row = None,
            RowAction::Return(columns) => *row = Some(columns),
            RowAction::Change { from, to } => {
                let row = row.as_mut().unwrap();
                for (name, value) in to {
                    if row[&name] == from[&name] {
                        row.insert(name, value);
                    }
                }
            }
        }
    }

    proptest! {
        /// In whatever order imports are undone, undoing all restores the initial row.
        #[test]
        fn when_all_are_taken_back_nothing_is_left(
            first in proptest::option::of(Just(RowValues::from([("a".to_owned(), Some("9".to_owned())), ("b".to_owned(), None)]))),
            all in proptest::collection::vec(said(), 1..6),
            order in proptest::collection::vec(any::<prop::sample::Index>(), 6),
        ) {
            let mut row = first.clone();
            let mut entries: Vec<(usize, RowChange)> =
                all.iter().enumerate().filter_map(|(id, said)| Some((id, import(&mut row, said)?))).collect();
            for index in order {
                if entries.is_empty() {
                    break;
                }
                let place = index.index(entries.len());
                let mut later = entries.split_off(place + 1);
                let (_, entry) = entries.pop().unwrap();
                let live = splice(&entry, &mut later);
                apply(&mut row, live);
                entries.append(&mut later);
            }
            prop_assert_eq!(row, first);
        }

        /// Values of a later import stay.
        #[test]
        fn what_came_later_stays(first in said(), second in said()) {
            let mut row = None;
            let Some(entry) = import(&mut row, &first) else { return Ok(()) };
            let Some(next) = import(&mut row, &second) else { return Ok(()) };
            let live = splice(&entry, &mut vec![(1, next)]);
            apply(&mut row, live);
            match second {
                Said::Ended => prop_assert_eq!(row, None),
                Said::Columns(columns) => {
                    let row = row.unwrap();
                    for (name, value) in columns {
                        prop_assert_eq!(row[&name].clone(), Some(value.to_string()));
                    }
                }
            }
        }
    }
}
