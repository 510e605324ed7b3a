//! The read model's row: a track on a platform, worked out, in a few bytes a day. Clean steps, which are nearly
//! all, stand by the day in blocks of equally wide numbers, so that a report adds up the days of its range
//! without looking at any other; every other step stands by itself.

use super::{Before, Series, Step, StepKind};
use crate::domain::pair::Pair;
use crate::domain::varint::{Reader, put, put_signed};
use crate::domain::{Day, Range};

/// The layout's number, first in every row: a row of another layout must be rebuilt.
pub const LAYOUT: u64 = 2;

/// Days of a block: about a month, of which a report reads all or nothing.
const BLOCK: usize = 32;

/// Why a packed row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a packed series is damaged or of another layout: run `music-analytics rebuild`")]
pub struct PackedError;

/// The kinds by their packed number; never reordered within a layout.
const KINDS: [StepKind; 9] = [
    StepKind::Plain,
    StepKind::Stale,
    StepKind::StaleOpen,
    StepKind::Correction,
    StepKind::Halved,
    StepKind::Jump,
    StepKind::Unconfirmed,
    StepKind::Release,
    StepKind::Missing,
];

/// A [`Pair`] as it is packed: read in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedPair<'a> {
    /// Runs of days (first, last) with an observation, as [`Pair::observed`].
    pub observed: Vec<(Day, Day)>,
    /// Its series.
    pub series: Vec<PackedSeries<'a>>,
}

/// A [`Series`] as it is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedSeries<'a> {
    /// The day before the first step.
    pub start: Day,
    /// What may have happened up to and including `start`.
    pub before: Before,
    /// The last day of the last step; `start` where there is no step.
    pub last: Day,
    /// Days whose observation was left out (S3), in order.
    pub left_out: Vec<Day>,
    /// The steps that are not clean, in order.
    pub special: Vec<Step>,
    /// All days from the first to the last step.
    pub clean: CleanDays<'a>,
}

/// The clean steps of a series: a number for each of its days, 0 where the day's step is not clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanDays<'a> {
    /// The first day.
    first: Day,
    /// How many days.
    count: usize,
    /// For each block of days, how many bytes a number of it has: 0 (all are 0), 1, 2, 4 or 8.
    widths: &'a [u8],
    /// The numbers, least byte first.
    numbers: &'a [u8],
}

/// Numbers of days that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// The first day.
    pub first: Day,
    /// Bytes of a number: 1, 2, 4 or 8.
    pub width: usize,
    /// The numbers, least byte first.
    pub numbers: &'a [u8],
}

impl Block<'_> {
    /// The place of the first of its numbers that is this one.
    pub fn place_of(&self, number: u64) -> Option<usize> {
        let wanted = number.to_le_bytes();
        self.numbers.chunks_exact(self.width).position(|bytes| *bytes == wanted[..self.width])
    }
}

impl<'a> CleanDays<'a> {
    /// The numbers of the days inside the range; none where all of a block are 0.
    pub fn inside(&self, range: Range) -> impl Iterator<Item = Block<'a>> {
        let CleanDays { first, count, widths, numbers } = *self;
        let skipped = ((range.from() - first).max(0) as usize / BLOCK).min(widths.len());
        let mut at: usize = widths[..skipped].iter().map(|width| BLOCK * usize::from(*width)).sum();
        let mut blocks = widths.iter().enumerate().skip(skipped);
        std::iter::from_fn(move || {
            let (block, &width) = blocks.next()?;
            let (width, begin) = (usize::from(width), first + (block * BLOCK) as i32);
            if begin > range.to() {
                return None;
            }
            let days = (count - block * BLOCK).min(BLOCK);
            let all = &numbers[at..at + days * width];
            at += days * width;
            let inside = |day: Day| ((day - begin).max(0) as usize).min(days);
            let (from, to) = (inside(range.from()), inside(range.to() + 1));
            Some(Block { first: begin + from as i32, width, numbers: &all[from * width..to * width] })
        })
        .filter(|block| !block.numbers.is_empty())
    }

    /// The number of every day, in order.
    fn all(&self) -> Vec<u64> {
        let mut all = Vec::with_capacity(self.count);
        let mut numbers = self.numbers;
        for &width in self.widths {
            let days = (self.count - all.len()).min(BLOCK);
            if width == 0 {
                all.resize(all.len() + days, 0);
                continue;
            }
            let (block, rest) = numbers.split_at(days * usize::from(width));
            numbers = rest;
            all.extend(
                block
                    .chunks_exact(width.into())
                    .map(|number| number.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))),
            );
        }
        all
    }
}

impl PackedSeries<'_> {
    /// As [`Series::with_release`].
    #[must_use]
    pub fn with_release(mut self, release: Option<Day>) -> Self {
        if let Some((start, step)) = super::release_step(self.start, self.before, release) {
            self.special.insert(0, step);
            self.start = start;
            self.before = Before::Nothing;
        }
        self
    }

    /// Every step, in order.
    fn steps(&self) -> Vec<Step> {
        let numbers = self.clean.all();
        let mut steps = Vec::with_capacity(numbers.len());
        let mut special = self.special.iter().peekable();
        let mut last = self.clean.first - 1;
        while let Some(number) = numbers.get((last - self.clean.first + 1) as usize) {
            let clean =
                Step { last: last + 1, days: 1, size: *number as i64, kind: StepKind::Plain, doubled: false };
            let step = special.next_if(|step| step.first() == last + 1).copied().unwrap_or(clean);
            last = step.last;
            steps.push(step);
        }
        steps
    }
}

/// Packs a track on a platform.
pub fn pack(pair: &Pair) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, LAYOUT);
    put(&mut out, pair.observed.len() as u64);
    let mut at = Day::EPOCH;
    for &(first, last) in &pair.observed {
        put_signed(&mut out, (first - at).into());
        put(&mut out, (last - first) as u64);
        at = last;
    }
    put(&mut out, pair.series.len() as u64);
    pair.series.iter().for_each(|series| pack_series(&mut out, series));
    out
}

fn pack_series(out: &mut Vec<u8>, series: &Series) {
    put_signed(out, (series.start - Day::EPOCH).into());
    match series.before {
        Before::Unbounded => put(out, 0),
        Before::Nothing => put(out, 1),
        Before::AtMost(value) => {
            put(out, 2);
            put_signed(out, value);
        }
    }
    put(out, series.left_out.len() as u64);
    for day in &series.left_out {
        put_signed(out, (*day - series.start).into());
    }
    let special = || series.steps.iter().filter(|step| !step.is_clean());
    put(out, special().count() as u64);
    let mut last = series.start;
    for step in special() {
        let kind = KINDS.iter().position(|kind| *kind == step.kind).expect("every kind has a number") as u64;
        put(out, (step.first() - last - 1) as u64);
        put(out, u64::from(step.doubled) | kind << 1 | (step.days as u64) << 5);
        put_signed(out, step.size);
        last = step.last;
    }
    let mut numbers = vec![0u64; (series.last() - series.start) as usize];
    for step in series.steps.iter().filter(|step| step.is_clean()) {
        numbers[(step.last - series.start - 1) as usize] = step.size as u64;
    }
    put(out, numbers.len() as u64);
    out.extend(numbers.chunks(BLOCK).map(width));
    for block in numbers.chunks(BLOCK) {
        let width = usize::from(width(block));
        block.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()[..width]));
    }
}

/// The bytes that the largest of these numbers needs.
fn width(numbers: &[u64]) -> u8 {
    match numbers.iter().fold(0, |all, number| all | number) {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

/// Reads what [`pack`] packed.
///
/// # Errors
/// Bytes that are damaged or of another layout.
pub fn read(bytes: &[u8]) -> Result<PackedPair<'_>, PackedError> {
    let mut reader = Reader::new(bytes);
    let pair = read_pair(&mut reader).ok_or(PackedError)?;
    if reader.is_at_end() { Ok(pair) } else { Err(PackedError) }
}

/// Unpacks what [`pack`] packed, step by step.
///
/// # Errors
/// Bytes that are damaged or of another layout.
pub fn unpack(bytes: &[u8]) -> Result<Pair, PackedError> {
    let PackedPair { observed, series } = read(bytes)?;
    let unpacked = |series: PackedSeries<'_>| Series {
        start: series.start,
        before: series.before,
        steps: series.steps(),
        left_out: series.left_out,
    };
    Ok(Pair { observed, series: series.into_iter().map(unpacked).collect() })
}

fn read_pair<'a>(reader: &mut Reader<'a>) -> Option<PackedPair<'a>> {
    if reader.get()? != LAYOUT {
        return None;
    }
    let count = reader.get_count()?;
    let mut observed = Vec::with_capacity(count);
    let mut at = Day::EPOCH;
    for _ in 0..count {
        let first = at.checked_add(reader.get_signed()?)?;
        at = first.checked_add(reader.get()?.try_into().ok()?)?;
        observed.push((first, at));
    }
    let count = reader.get_count()?;
    let mut series = Vec::with_capacity(count);
    for _ in 0..count {
        series.push(read_series(reader)?);
    }
    Some(PackedPair { observed, series })
}

fn read_series<'a>(reader: &mut Reader<'a>) -> Option<PackedSeries<'a>> {
    let start = Day::EPOCH.checked_add(reader.get_signed()?)?;
    let before = match reader.get()? {
        0 => Before::Unbounded,
        1 => Before::Nothing,
        2 => Before::AtMost(reader.get_signed()?),
        _ => return None,
    };
    let count = reader.get_count()?;
    let mut left_out = Vec::with_capacity(count);
    for _ in 0..count {
        left_out.push(start.checked_add(reader.get_signed()?)?);
    }
    let count = reader.get_count()?;
    let mut special = Vec::with_capacity(count);
    let mut last = start;
    for _ in 0..count {
        let step = read_special(reader, last)?;
        last = step.last;
        special.push(step);
    }
    let count = usize::try_from(reader.get()?).ok()?;
    let end = start.checked_add(count.try_into().ok()?)?;
    let widths = reader.get_bytes(count.div_ceil(BLOCK))?;
    let mut length = 0;
    for (block, &width) in widths.iter().enumerate() {
        if !matches!(width, 0 | 1 | 2 | 4 | 8) {
            return None;
        }
        length += (count - block * BLOCK).min(BLOCK) * usize::from(width);
    }
    let clean = CleanDays { first: start + 1, count, widths, numbers: reader.get_bytes(length)? };
    (last <= end).then_some(PackedSeries { start, before, last: end, left_out, special, clean })
}

#[inline]
fn read_special(reader: &mut Reader<'_>, before: Day) -> Option<Step> {
    let skipped = i64::try_from(reader.get()?).ok()?;
    let lead = reader.get()?;
    let days = i32::try_from(lead >> 5).ok().filter(|days| *days > 0)?;
    let kind = *KINDS.get((lead >> 1 & 0xf) as usize)?;
    let size = reader.get_signed()?;
    let last = before.checked_add(skipped)?.checked_add(days.into())?;
    Some(Step { last, days, size, kind, doubled: lead & 1 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::series::{Identified, Observation};
    use crate::domain::{Kind, pair::Pair};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trip(
            days in proptest::collection::btree_map(0i32..3_000, any::<i64>(), 0..60),
            kind in proptest::sample::select(vec![Kind::Counter, Kind::Flow, Kind::Stock]),
        ) {
            let epoch: Day = "2020-01-01".parse().unwrap();
            let observations: Vec<_> =
                days.into_iter().map(|(day, value)| Observation { day: epoch + day, value }).collect();
            let pair = Pair::work_out(kind, false, &[Identified { identifier: "a", observations: &observations }]);
            prop_assert_eq!(unpack(&pack(&pair)), Ok(pair));
        }

        #[test]
        fn every_width_round_trips(values in proptest::collection::vec((0u32..64, any::<u64>()), 1..200)) {
            let epoch: Day = "2020-01-01".parse().unwrap();
            let value = |(bits, noise): (u32, u64)| (noise >> 1 >> bits) as i64;
            let observations: Vec<_> = (0..)
                .zip(values)
                .map(|(day, drawn)| Observation { day: epoch + day, value: value(drawn) })
                .collect();
            let pair = Pair::work_out(Kind::Flow, false, &[Identified { identifier: "a", observations: &observations }]);
            prop_assert_eq!(unpack(&pack(&pair)), Ok(pair));
        }

        #[test]
        fn damage_is_an_error_and_no_panic(mut bytes: Vec<u8>, led in any::<bool>()) {
            if led {
                bytes.insert(0, LAYOUT as u8);
            }
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn another_layout_is_refused() {
        assert_eq!(unpack(&[]), Err(PackedError));
        assert_eq!(unpack(&[9, 0, 0]), Err(PackedError));
        assert_eq!(unpack(&[2, 0, 0]), Ok(Pair::default()));
        assert_eq!(unpack(&[2, 0, 0, 0]), Err(PackedError));
    }
}
