//! Row format of the read model: the series of a track on a platform in a few bytes per day. Clean steps,
//! nearly all of them, are stored per day in blocks of fixed-width numbers, so that a report reads only the
//! days of its range. All other steps are stored individually.

use bytes::Bytes;

use super::{PriorBound, Series, Step, StepKind};
use crate::domain::series::track_platform::TrackPlatform;
use crate::domain::series::varint::{Reader, put, put_signed};
use crate::domain::{Day, Range};

/// Layout version, the first number of every row. Rows of another version must be rebuilt.
pub const LAYOUT: u64 = 3;

/// Days per block: about a month, the smallest part that a report skips or reads.
const BLOCK: usize = 32;

/// Why a packed row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a packed series is damaged or of another layout: run `music-analytics rebuild`")]
pub struct PackedError;

/// Kinds by packed number. Never reorder within a layout version.
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

/// A packed [`TrackPlatform`]: a zero-copy view of the shared bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedTrackPlatform {
    /// Runs of days with an observation, as [`TrackPlatform::observed`].
    pub observed: DayRuns,
    /// Its series.
    pub series: Vec<PackedSeries>,
}

/// A packed [`Series`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedSeries {
    /// The day before the first step.
    pub start: Day,
    /// What may have happened up to and including `start`.
    pub before: PriorBound,
    /// The last day of the last step; `start` if there are no steps.
    pub last: Day,
    /// Days whose observation was excluded (S3), sorted.
    pub left_out: Vec<Day>,
    /// The steps that are not clean.
    pub special: PackedSteps,
    /// All days from the first to the last step.
    pub clean: CleanDays,
}

/// Size of a run in bytes: first and last day.
const RUN: usize = 8;
/// Size of a step in bytes: last day, days, size, kind and doubled flag.
const STEP: usize = 17;

/// Runs of days (first, last), sorted and not adjacent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRuns(Bytes);

impl DayRuns {
    fn records(&self) -> &[[u8; RUN]] {
        self.0.as_chunks().0
    }

    /// Iterates over (first, last).
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Day, Day)> + ExactSizeIterator {
        self.records().iter().map(|run| (day_at(run, 0), day_at(run, 4)))
    }

    /// The first day.
    pub fn first(&self) -> Option<Day> {
        self.iter().next().map(|run| run.0)
    }

    /// The last day.
    pub fn last(&self) -> Option<Day> {
        self.iter().next_back().map(|run| run.1)
    }

    fn is_sound(&self) -> bool {
        let mut at = None;
        self.records().iter().all(|run| {
            let days = [0, 4].map(|place| Day::EPOCH.checked_add(i32_at(run, place).into()));
            let [Some(first), Some(last)] = days else { return false };
            let follows = at.is_none_or(|at| at < first) && first <= last;
            at = Some(last);
            follows
        })
    }
}

/// Steps sorted by day, with gaps between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedSteps(Bytes);

impl PackedSteps {
    fn records(&self) -> &[[u8; STEP]] {
        self.0.as_chunks().0
    }

    /// Steps that end on `from` or later.
    pub fn since(&self, from: Day) -> impl Iterator<Item = Step> {
        let before = self.records().partition_point(|step| day_at(step, 0) < from);
        self.records()[before..].iter().filter_map(read_step)
    }

    /// Iterates over all steps.
    pub fn iter(&self) -> impl Iterator<Item = Step> {
        self.records().iter().filter_map(read_step)
    }

    fn is_sound(&self, start: Day, end: Day) -> bool {
        let mut at = start;
        self.records().iter().all(|bytes| {
            let Some(step) = read_step(bytes) else { return false };
            let follows = step.days > 0 && step.last <= end && step.last - at >= step.days;
            at = step.last;
            follows
        })
    }
}

fn i32_at(bytes: &[u8], place: usize) -> i32 {
    bytes[place..].first_chunk().map_or(0, |number| i32::from_le_bytes(*number))
}

/// Reads a day that `is_sound` has validated.
fn day_at(bytes: &[u8], place: usize) -> Day {
    Day::EPOCH + i32_at(bytes, place)
}

fn read_step(bytes: &[u8; STEP]) -> Option<Step> {
    let size = bytes[8..].first_chunk().map(|number| i64::from_le_bytes(*number))?;
    let (kind, doubled) = (*KINDS.get(usize::from(bytes[16] >> 1))?, bytes[16] & 1 != 0);
    Some(Step { last: day_at(bytes, 0), days: i32_at(bytes, 4), size, kind, doubled })
}

/// The clean steps of a series: one number per day, 0 on days without a clean step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanDays {
    /// The first day.
    first: Day,
    /// The number of days.
    count: usize,
    /// Bytes per number for each block: 0 (all numbers are 0), 1, 2, 4 or 8.
    widths: Bytes,
    /// Little-endian numbers.
    numbers: Bytes,
}

/// Numbers of consecutive days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayBlock<'a> {
    /// The first day.
    pub first: Day,
    /// Bytes per number: 1, 2, 4 or 8.
    pub width: usize,
    /// Little-endian numbers.
    pub numbers: &'a [u8],
}

impl DayBlock<'_> {
    /// Index of the first occurrence of `number`.
    pub fn position(&self, number: u64) -> Option<usize> {
        let wanted = number.to_le_bytes();
        self.numbers.chunks_exact(self.width).position(|bytes| *bytes == wanted[..self.width])
    }
}

impl CleanDays {
    /// The numbers of the days in the range, by block; blocks of zeros are skipped.
    pub fn inside(&self, range: Range) -> impl Iterator<Item = DayBlock<'_>> {
        let (first, count, widths, numbers) = (self.first, self.count, &*self.widths, &*self.numbers);
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
            Some(DayBlock { first: begin + from as i32, width, numbers: &all[from * width..to * width] })
        })
        .filter(|block| !block.numbers.is_empty())
    }

    /// The numbers of all days, in order.
    fn all(&self) -> Vec<u64> {
        let mut all = Vec::with_capacity(self.count);
        let mut numbers = &*self.numbers;
        for &width in &self.widths {
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

impl PackedTrackPlatform {
    /// Touches one cache line per series (near the days from `from` on), so that cache misses of many pairs
    /// overlap instead of following each other. The result only keeps the compiler from removing the reads.
    pub fn prefetch(&self, from: Day) -> u8 {
        let first = |bytes: &[u8], place: usize| bytes.get(place).copied().unwrap_or(0);
        let touch = |series: &PackedSeries| {
            let CleanDays { first: begin, count, widths, numbers } = &series.clean;
            let days = usize::try_from(from - *begin).unwrap_or(0);
            let about = numbers.len().checked_mul(days).and_then(|place| place.checked_div(*count));
            first(&series.special.0, 0) ^ first(widths, 0) ^ first(numbers, about.unwrap_or(0))
        };
        self.series.iter().map(touch).fold(first(&self.observed.0, 0), std::ops::BitXor::bitxor)
    }
}

/// How a series starts, taking the release date into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesStart {
    /// The day before the first step.
    pub start: Day,
    /// What may have happened up to and including `start`.
    pub before: PriorBound,
    /// The step from the release to the first value.
    pub release: Option<Step>,
}

impl PackedSeries {
    /// As [`Series::with_release`].
    pub fn start_with_release(&self, release: Option<Day>) -> SeriesStart {
        match super::release_step(self.start, self.before, release) {
            Some((start, step)) => SeriesStart { start, before: PriorBound::Zero, release: Some(step) },
            None => SeriesStart { start: self.start, before: self.before, release: None },
        }
    }

    /// All steps, in order.
    fn steps(&self) -> Vec<Step> {
        let numbers = self.clean.all();
        let mut steps = Vec::with_capacity(numbers.len());
        let mut special = self.special.iter().peekable();
        let mut last = self.clean.first - 1;
        while let Some(number) = numbers.get((last - self.clean.first + 1) as usize) {
            let clean =
                Step { last: last + 1, days: 1, size: *number as i64, kind: StepKind::Plain, doubled: false };
            let step = special.next_if(|step| step.first() == last + 1).unwrap_or(clean);
            last = step.last;
            steps.push(step);
        }
        steps
    }
}

/// Packs all series of a track on a platform.
pub fn pack(pair: &TrackPlatform) -> Vec<u8> {
    let mut packer = Packer::default();
    pair.series.iter().for_each(|series| packer.add(series));
    packer.finish(&pair.observed)
}

/// Packs series one by one, so that only one needs to be in memory.
#[derive(Debug, Default)]
pub struct Packer {
    count: u64,
    packed: Vec<u8>,
}

impl Packer {
    /// Appends a series.
    pub fn add(&mut self, series: &Series) {
        self.count += 1;
        pack_series(&mut self.packed, series);
    }

    /// Returns the row, in the format of [`pack`].
    pub fn finish(self, observed: &[(Day, Day)]) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + observed.len() * RUN + self.packed.len());
        put(&mut out, LAYOUT);
        put(&mut out, observed.len() as u64);
        for day in observed.iter().flat_map(|&(first, last)| [first, last]) {
            out.extend_from_slice(&day.number().to_le_bytes());
        }
        put(&mut out, self.count);
        out.extend(self.packed);
        out
    }
}

fn pack_series(out: &mut Vec<u8>, series: &Series) {
    put_signed(out, (series.start - Day::EPOCH).into());
    match series.prior {
        PriorBound::Unbounded => put(out, 0),
        PriorBound::Zero => put(out, 1),
        PriorBound::AtMost(value) => {
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
    for step in special() {
        let kind = KINDS.iter().position(|kind| *kind == step.kind).expect("every kind has a number") as u8;
        out.extend_from_slice(&step.last.number().to_le_bytes());
        out.extend_from_slice(&step.days.to_le_bytes());
        out.extend_from_slice(&step.size.to_le_bytes());
        out.push(u8::from(step.doubled) | kind << 1);
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

/// Bytes needed for the largest of these numbers.
fn width(numbers: &[u64]) -> u8 {
    match numbers.iter().fold(0, |all, number| all | number) {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

/// Parses the output of [`pack`].
///
/// # Errors
/// The bytes are damaged or have another layout version.
pub fn parse_packed(bytes: &Bytes) -> Result<PackedTrackPlatform, PackedError> {
    let mut reader = Reader::new(bytes);
    let pair = read_pair(&mut reader, bytes).ok_or(PackedError)?;
    if reader.is_at_end() { Ok(pair) } else { Err(PackedError) }
}

impl PackedTrackPlatform {
    /// Restores the unpacked form, with one [`Step`] per step.
    pub fn unpack(&self) -> TrackPlatform {
        let unpacked = |series: &PackedSeries| Series {
            start: series.start,
            prior: series.before,
            steps: series.steps(),
            left_out: series.left_out.clone(),
        };
        TrackPlatform {
            observed: self.observed.iter().collect(),
            series: self.series.iter().map(unpacked).collect(),
        }
    }
}

fn read_pair(reader: &mut Reader<'_>, bytes: &Bytes) -> Option<PackedTrackPlatform> {
    if reader.get()? != LAYOUT {
        return None;
    }
    let observed = DayRuns(records::<RUN>(reader, bytes)?);
    if !observed.is_sound() {
        return None;
    }
    let count = reader.get_count()?;
    let mut series = Vec::with_capacity(count);
    for _ in 0..count {
        series.push(read_series(reader, bytes)?);
    }
    Some(PackedTrackPlatform { observed, series })
}

fn read_series(reader: &mut Reader<'_>, bytes: &Bytes) -> Option<PackedSeries> {
    let start = Day::EPOCH.checked_add(reader.get_signed()?)?;
    let before = match reader.get()? {
        0 => PriorBound::Unbounded,
        1 => PriorBound::Zero,
        2 => PriorBound::AtMost(reader.get_signed()?),
        _ => return None,
    };
    let count = reader.get_count()?;
    let mut left_out = Vec::with_capacity(count);
    for _ in 0..count {
        left_out.push(start.checked_add(reader.get_signed()?)?);
    }
    let special = PackedSteps(records::<STEP>(reader, bytes)?);
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
    let numbers = bytes.slice_ref(reader.get_bytes(length)?);
    let clean = CleanDays { first: start + 1, count, widths: bytes.slice_ref(widths), numbers };
    let is_sound = special.is_sound(start, end);
    is_sound.then_some(PackedSeries { start, before, last: end, left_out, special, clean })
}

/// Reads a count and that many fixed-length records.
fn records<const LENGTH: usize>(reader: &mut Reader<'_>, bytes: &Bytes) -> Option<Bytes> {
    let count = reader.get_count()?;
    Some(bytes.slice_ref(reader.get_bytes(count.checked_mul(LENGTH)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;
    use crate::domain::series::track_platform::TrackPlatform;
    use crate::domain::series::{IdentifierObservations, Observation};
    use proptest::prelude::*;

    fn unpacked(bytes: Vec<u8>) -> Result<TrackPlatform, PackedError> {
        parse_packed(&bytes.into()).map(|pair| pair.unpack())
    }

    proptest! {
        #[test]
        fn round_trip(
            days in proptest::collection::btree_map(0i32..3_000, any::<i64>(), 0..60),
            kind in proptest::sample::select(vec![Kind::Counter, Kind::Flow, Kind::Stock]),
        ) {
            let epoch: Day = "2020-01-01".parse().unwrap();
            let observations: Vec<_> =
                days.into_iter().map(|(day, value)| Observation { day: epoch + day, value }).collect();
            let pair = TrackPlatform::work_out(kind, false, &[IdentifierObservations { identifier: "a", observations: &observations }]);
            prop_assert_eq!(unpacked(pack(&pair)), Ok(pair));
        }

        #[test]
        fn every_width_round_trips(values in proptest::collection::vec((0u32..64, any::<u64>()), 1..200)) {
            let epoch: Day = "2020-01-01".parse().unwrap();
            let value = |(bits, noise): (u32, u64)| (noise >> 1 >> bits) as i64;
            let observations: Vec<_> = (0..)
                .zip(values)
                .map(|(day, drawn)| Observation { day: epoch + day, value: value(drawn) })
                .collect();
            let pair = TrackPlatform::work_out(Kind::Flow, false, &[IdentifierObservations { identifier: "a", observations: &observations }]);
            prop_assert_eq!(unpacked(pack(&pair)), Ok(pair));
        }

        #[test]
        fn damage_is_an_error_and_no_panic(mut bytes: Vec<u8>, led in any::<bool>()) {
            if led {
                bytes.insert(0, LAYOUT as u8);
            }
            let _ = unpacked(bytes);
        }
    }

    #[test]
    fn another_layout_is_refused() {
        assert_eq!(unpacked(vec![]), Err(PackedError));
        assert_eq!(unpacked(vec![9, 0, 0]), Err(PackedError));
        assert_eq!(unpacked(vec![3, 0, 0]), Ok(TrackPlatform::default()));
        assert_eq!(unpacked(vec![3, 0, 0, 0]), Err(PackedError));
    }
}
