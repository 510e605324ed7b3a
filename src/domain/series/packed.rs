//! The read model's row: a track on a platform, worked out, in a few bytes a step.

use super::{Before, Series, Step, StepKind};
use crate::domain::Day;
use crate::domain::pair::Pair;
use crate::domain::varint::{Reader, put, put_signed};

/// The layout's number, first in every row: a row of another layout must be rebuilt.
const LAYOUT: u64 = 1;

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

/// Packs a track on a platform. A clean step takes only its size; any other is led by
/// an odd number with its kind, whether it is doubled, and its days.
pub fn pack(pair: &Pair) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, LAYOUT);
    put(&mut out, pair.observed.len() as u64);
    for &(first, last) in &pair.observed {
        put_signed(&mut out, first.number().into());
        put(&mut out, (last - first) as u64);
    }
    put(&mut out, pair.series.len() as u64);
    for series in &pair.series {
        put_signed(&mut out, series.start.number().into());
        match series.before {
            Before::Unbounded => put(&mut out, 0),
            Before::Nothing => put(&mut out, 1),
            Before::AtMost(value) => {
                put(&mut out, 2);
                put_signed(&mut out, value);
            }
        }
        put(&mut out, series.left_out.len() as u64);
        for day in &series.left_out {
            put_signed(&mut out, (*day - series.start).into());
        }
        put(&mut out, series.steps.len() as u64);
        for step in &series.steps {
            if step.is_clean() {
                // A clean step is never negative, so that its lowest bit is free.
                put(&mut out, (step.size as u64) << 1);
            } else {
                let kind =
                    KINDS.iter().position(|kind| *kind == step.kind).expect("every kind has a number") as u64;
                put(&mut out, 1 | (u64::from(step.doubled) << 1) | (kind << 2) | ((step.days as u64) << 6));
                put_signed(&mut out, step.size);
            }
        }
    }
    out
}

/// Unpacks what [`pack`] packed.
///
/// # Errors
/// Bytes that are damaged or of another layout.
pub fn unpack(bytes: &[u8]) -> Result<Pair, PackedError> {
    let mut reader = Reader::new(bytes);
    let pair = read_pair(&mut reader).ok_or(PackedError)?;
    if reader.is_at_end() { Ok(pair) } else { Err(PackedError) }
}

fn read_pair(reader: &mut Reader<'_>) -> Option<Pair> {
    if reader.get()? != LAYOUT {
        return None;
    }
    let count = reader.get_count()?;
    let mut observed = Vec::with_capacity(count);
    for _ in 0..count {
        let first = Day::from_number(reader.get_signed()?).ok()?;
        observed.push((first, first + i32::try_from(reader.get()?).ok()?));
    }
    let count = reader.get_count()?;
    let mut series = Vec::with_capacity(count);
    for _ in 0..count {
        series.push(read_series(reader)?);
    }
    Some(Pair { observed, series })
}

fn read_series(reader: &mut Reader<'_>) -> Option<Series> {
    let start = Day::from_number(reader.get_signed()?).ok()?;
    let before = match reader.get()? {
        0 => Before::Unbounded,
        1 => Before::Nothing,
        2 => Before::AtMost(reader.get_signed()?),
        _ => return None,
    };
    let count = reader.get_count()?;
    let mut left_out = Vec::with_capacity(count);
    for _ in 0..count {
        left_out.push(start + i32::try_from(reader.get_signed()?).ok()?);
    }
    let count = reader.get_count()?;
    let mut steps = Vec::with_capacity(count);
    let mut last = start;
    for _ in 0..count {
        let step = read_step(reader, last)?;
        last = step.last;
        steps.push(step);
    }
    Some(Series { start, before, steps, left_out })
}

#[inline]
fn read_step(reader: &mut Reader<'_>, before: Day) -> Option<Step> {
    let lead = reader.get()?;
    if lead & 1 == 0 {
        let size = (lead >> 1) as i64;
        return Some(Step { last: before + 1, days: 1, size, kind: StepKind::Plain, doubled: false });
    }
    let days = i32::try_from(lead >> 6).ok().filter(|days| *days > 0)?;
    let kind = *KINDS.get((lead >> 2 & 0xf) as usize)?;
    let size = reader.get_signed()?;
    Some(Step { last: before + days, days, size, kind, doubled: lead & 2 != 0 })
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
        fn damage_is_an_error_and_no_panic(bytes: Vec<u8>) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn another_layout_is_refused() {
        assert_eq!(unpack(&[]), Err(PackedError));
        assert_eq!(unpack(&[9, 0, 0]), Err(PackedError));
        assert_eq!(unpack(&[1, 0, 0]), Ok(Pair::default()));
        assert_eq!(unpack(&[1, 0, 0, 0]), Err(PackedError));
    }
}
