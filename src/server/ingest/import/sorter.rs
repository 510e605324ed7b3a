//! External merge sort of observations in bounded memory: runs that do not fit are spilled to temporary
//! files, packed, and merged by [`super::merge`]. Files sorted by track and by day take the same path.

use std::collections::HashMap;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::merge::{DuplicatePolicy, RunMerger, SortedRun};
use crate::domain::Day;
use crate::domain::series::varint::{put, put_signed};
use crate::server::error::Error;

/// Maximum size of a run in memory.
const MAX_RUN_BYTES: usize = 64 << 20;

/// The key of a line's value, in sort order: track (or artist), platform (or chart), identifier (or metric).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SortKey {
    /// Track or artist id.
    pub owner: i64,
    /// Platform id, or index of the chart.
    pub group: i64,
    /// Identifier or metric.
    pub label: String,
}

/// A value for a day, with its line in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayValue {
    pub day: Day,
    pub value: i64,
    /// 1-based.
    pub line: u64,
}

#[derive(Debug)]
struct Entry {
    /// Index into `keys`.
    key: u32,
    value: DayValue,
}

/// External sorter of one file.
#[derive(Debug)]
pub struct Sorter {
    directory: PathBuf,
    bound: usize,
    keys: Vec<SortKey>,
    places: HashMap<SortKey, u32>,
    /// Total size of the keys in bytes.
    weight: usize,
    entries: Vec<Entry>,
    runs: Vec<SortedRun>,
}

impl Sorter {
    /// Temporary files go to `directory`; they are unnamed and disappear with the process.
    pub fn new(directory: &Path) -> Self {
        Self::with_bound(directory, MAX_RUN_BYTES)
    }

    fn with_bound(directory: &Path, bound: usize) -> Self {
        Sorter {
            directory: directory.to_owned(),
            bound,
            keys: Vec::new(),
            places: HashMap::new(),
            weight: 0,
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds a value.
    pub fn push(&mut self, owner: i64, group: i64, label: &str, value: DayValue) -> Result<(), Error> {
        let is_same = |key: &SortKey| key.owner == owner && key.group == group && key.label == label;
        let key = match self.entries.last().map(|entry| entry.key) {
            Some(last) if is_same(&self.keys[last as usize]) => last,
            _ => self.place(SortKey { owner, group, label: label.to_owned() }),
        };
        self.entries.push(Entry { key, value });
        if self.weight + self.entries.len() * size_of::<Entry>() >= self.bound {
            let packed = self.sorted();
            self.runs.push(self.spill(&packed).map_err(Error::io(format!(
                "cannot write a temporary file in {}",
                self.directory.display()
            )))?);
        }
        Ok(())
    }

    fn place(&mut self, key: SortKey) -> u32 {
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = u32::try_from(self.keys.len()).expect("the bound is reached before so many keys");
        self.weight += 2 * (size_of::<SortKey>() + key.label.len()) + size_of::<u32>();
        self.keys.push(key.clone());
        self.places.insert(key, place);
        place
    }

    /// Finishes with the default duplicate policy.
    pub fn finish(self) -> RunMerger {
        self.finish_with(DuplicatePolicy::Refuse)
    }

    /// Finishes and merges all runs.
    pub fn finish_with(mut self, repeats: DuplicatePolicy) -> RunMerger {
        let packed = self.sorted();
        let Sorter { mut runs, .. } = self;
        runs.push(SortedRun::memory(packed));
        RunMerger::new(runs, repeats)
    }

    /// Serializes the collected values: one frame per key, sorted by key, day and line.
    fn sorted(&mut self) -> Vec<u8> {
        let mut order: Vec<u32> = (0..self.keys.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.keys[*a as usize].cmp(&self.keys[*b as usize]));
        let mut rank = vec![0u32; order.len()];
        for (place, key) in (0..).zip(&order) {
            rank[*key as usize] = place;
        }
        self.entries.iter_mut().for_each(|entry| entry.key = rank[entry.key as usize]);
        self.entries.sort_unstable_by_key(|entry| (entry.key, entry.value.day, entry.value.line));
        let mut packed = Vec::with_capacity(self.entries.len() * 7);
        let mut frame = Vec::new();
        for entries in self.entries.chunk_by(|a, b| a.key == b.key) {
            let key = &self.keys[order[entries[0].key as usize] as usize];
            frame.clear();
            pack(key, entries, &mut frame);
            put(&mut packed, frame.len() as u64);
            packed.extend_from_slice(&frame);
        }
        self.entries.clear();
        self.keys.clear();
        self.places.clear();
        self.weight = 0;
        packed
    }

    fn spill(&self, packed: &[u8]) -> std::io::Result<SortedRun> {
        let mut file = tempfile::tempfile_in(&self.directory)?;
        file.write_all(packed)?;
        file.rewind()?;
        Ok(SortedRun::file(file))
    }
}

fn pack(key: &SortKey, entries: &[Entry], frame: &mut Vec<u8>) {
    put_signed(frame, key.owner);
    put_signed(frame, key.group);
    put(frame, key.label.len() as u64);
    frame.extend_from_slice(key.label.as_bytes());
    let (mut day, mut value, mut line) = (0, 0i64, 0i64);
    for entry in entries {
        let next = entry.value;
        put_signed(frame, i64::from(next.day.number() - day));
        put_signed(frame, next.value.wrapping_sub(value));
        put_signed(frame, next.line as i64 - line);
        (day, value, line) = (next.day.number(), next.value, next.line as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::ingest::import::bad_lines::BadLines;
    use proptest::prelude::*;

    proptest! {
        // Fewer cases, because each creates up to three hundred temporary files.
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_order_in_any_memory_comes_out_sorted(
            values in proptest::collection::vec((0i64..5, 0i64..3, "[ab]{0,2}", 0i32..30, 0i64..3), 0..300),
            bound in prop_oneof![Just(1usize), 100usize..5_000, Just(1 << 20)],
        ) {
            let directory = tempfile::tempdir().unwrap();
            let start: Day = "2026-01-01".parse().unwrap();
            let mut sorter = Sorter::with_bound(directory.path(), bound);
            let mut expected = std::collections::BTreeMap::new();
            let mut repeated = 0;
            for (line, (owner, group, label, day, value)) in (1..).zip(values) {
                let found = DayValue { day: start + day, value, line };
                sorter.push(owner, group, &label, found).unwrap();
                let first = expected.entry((SortKey { owner, group, label }, found.day)).or_insert(value);
                repeated += u64::from(*first != value);
            }
            let mut bad = BadLines::default();
            let mut merge = sorter.finish();
            let mut found = std::collections::BTreeMap::new();
            let mut last = None;
            while let Some(series) = merge.next(&mut bad).unwrap() {
                prop_assert!(last.is_none_or(|last| last < series.key));
                prop_assert!(series.values.is_sorted_by(|a, b| a.day < b.day));
                found.extend(series.values.iter().map(|v| ((series.key.clone(), v.day), v.value)));
                last = Some(series.key);
            }
            prop_assert_eq!(found, expected);
            prop_assert_eq!(bad.count(), repeated);
        }
    }
}
