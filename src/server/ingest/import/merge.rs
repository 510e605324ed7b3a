//! K-way merge of sorted runs, grouped by key.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read as _};

use super::bad_lines::BadLines;
use super::sorter::{DayValue, SortKey};
use crate::domain::Day;
use crate::domain::series::varint::Reader;
use crate::server::error::Error;

/// Read buffer per run.
const BUFFER: usize = 1 << 16;

/// A sorted run.
pub struct SortedRun(Box<dyn BufRead + Send>);

impl std::fmt::Debug for SortedRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Run")
    }
}

impl SortedRun {
    pub(super) fn memory(packed: Vec<u8>) -> Self {
        SortedRun(Box::new(Cursor::new(packed)))
    }

    pub(super) fn file(file: File) -> Self {
        SortedRun(Box::new(BufReader::with_capacity(BUFFER, file)))
    }

    /// The next series; `None` at the end.
    fn next(&mut self) -> std::io::Result<Option<Series>> {
        let mut length = 0u64;
        let mut shift = 0;
        loop {
            let mut byte = [0];
            if self.0.read(&mut byte)? == 0 {
                return Ok(None);
            }
            length |= u64::from(byte[0] & 0x7f) << shift;
            shift += 7;
            if byte[0] < 0x80 {
                break;
            }
        }
        let mut frame = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
        self.0.read_exact(&mut frame)?;
        unpack(&frame).map(Some).ok_or_else(|| std::io::Error::other("a temporary file has changed"))
    }
}

fn unpack(frame: &[u8]) -> Option<Series> {
    let mut reader = Reader::new(frame);
    let (owner, group) = (reader.get_signed()?, reader.get_signed()?);
    let length = reader.get_count()?;
    let label = std::str::from_utf8(reader.get_bytes(length)?).ok()?.to_owned();
    let (mut day, mut value, mut line) = (0, 0i64, 0i64);
    let mut values = Vec::with_capacity(frame.len() / 4);
    while !reader.is_at_end() {
        day += reader.get_signed()?;
        value = value.wrapping_add(reader.get_signed()?);
        line += reader.get_signed()?;
        values.push(DayValue { day: Day::from_number(day).ok()?, value, line: line as u64 });
    }
    Some(Series { key: SortKey { owner, group, label }, values })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub key: SortKey,
    /// Sorted by day, one per day.
    pub values: Vec<DayValue>,
}

/// How several values of one day are resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicatePolicy {
    /// The first line wins, lines with other values are rejected.
    Refuse,
    /// The minimum wins: the best of several chart positions.
    Least,
}

/// Merges all runs of a file.
#[derive(Debug)]
pub struct RunMerger {
    repeats: DuplicatePolicy,
    runs: Vec<SortedRun>,
    /// The next series of each run. Ordered by key, then by run, so that earlier lines of the file come first.
    heap: BinaryHeap<Reverse<(SortKey, usize)>>,
    heads: Vec<Vec<DayValue>>,
    started: bool,
}

impl RunMerger {
    pub(super) fn new(runs: Vec<SortedRun>, repeats: DuplicatePolicy) -> Self {
        let heads = runs.iter().map(|_| Vec::new()).collect();
        RunMerger { repeats, runs, heap: BinaryHeap::new(), heads, started: false }
    }

    /// The next key with all its values. Several values for one day are resolved by [`DuplicatePolicy`]; a repeated
    /// equal value is valid.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn next(&mut self, bad: &mut BadLines) -> Result<Option<Series>, Error> {
        self.read(bad).map_err(Error::io("cannot read a temporary file"))
    }

    fn read(&mut self, bad: &mut BadLines) -> std::io::Result<Option<Series>> {
        if !self.started {
            self.started = true;
            for run in 0..self.runs.len() {
                self.advance(run)?;
            }
        }
        let Some(Reverse((key, run))) = self.heap.pop() else { return Ok(None) };
        let mut values = std::mem::take(&mut self.heads[run]);
        self.advance(run)?;
        while self.heap.peek().is_some_and(|Reverse((next, _))| *next == key) {
            let Some(Reverse((_, run))) = self.heap.pop() else { break };
            values.append(&mut self.heads[run]);
            self.advance(run)?;
        }
        // A no-op for files sorted by day. The stable sort keeps earlier lines of a day first.
        values.sort_by_key(|value| value.day);
        let repeats = self.repeats;
        values.dedup_by(|again, first| {
            let is_same_day = again.day == first.day;
            if is_same_day && (again.value == first.value || repeats == DuplicatePolicy::Least) {
                first.value = first.value.min(again.value);
            } else if is_same_day {
                let reason = format!(
                    "{} has the value {} here and {} in line {}",
                    again.day, again.value, first.value, first.line
                );
                bad.add(again.line, reason);
            }
            is_same_day
        });
        Ok(Some(Series { key, values }))
    }

    fn advance(&mut self, run: usize) -> std::io::Result<()> {
        if let Some(Series { key, values }) = self.runs[run].next()? {
            self.heads[run] = values;
            self.heap.push(Reverse((key, run)));
        }
        Ok(())
    }
}
