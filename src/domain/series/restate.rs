//! S5 and S4 of docs/semantics.md: values that the provider did not refresh are joined with what
//! came after, then corrections, jumps and unconfirmed rises are told apart.

use super::glitch::differences;
use super::typical::{Difference, Typical};
use super::{Observation, Step, StepKind};

/// A repeat is stale where at least so much a day is typical.
const STALE_TYPICAL: i128 = 100;
/// A rise of at least so much is judged by the wide factor alone.
const JUMP_SIZE: i64 = 1_000_000;
const WIDE_FACTOR: i128 = 100;
const FACTOR: i128 = 20;
/// A counter of at least so much that doubles has probably begun to count twice.
const DOUBLING_FROM: i64 = 100_000;

/// A difference after S5, with the place of its last part among the raw ones, whose typical step is
/// its own.
struct Joined {
    difference: Difference,
    last_part: usize,
    stale: bool,
}

/// The judged steps between observations that S3 kept.
pub fn steps(kept: &[Observation]) -> Vec<Step> {
    let raw: Vec<Difference> = differences(kept).collect();
    let joined = join_stale(&raw);
    let count = joined.len();
    let mut steps: Vec<Step> = Vec::with_capacity(count);
    let mut last_halved = None;
    for (index, step) in joined.iter().enumerate() {
        let kind = kind(&raw, step, index == 0, index + 1 == count);
        if kind == StepKind::Halved {
            last_halved = Some(index);
        }
        let Difference { last, days, .. } = step.difference;
        steps.push(Step { last, days, size: step.difference.size(), kind, doubled: false });
    }
    for step in steps.iter_mut().take(last_halved.unwrap_or(0)) {
        step.doubled = true;
    }
    steps
}

/// S5: a repeat where a rise is typical, the repeats after it, and the rise that follows are one step.
fn join_stale(raw: &[Difference]) -> Vec<Joined> {
    let mut joined = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(&difference) = raw.get(at) {
        let is_stale = difference.size() == 0
            && Typical::of(raw, at).is_some_and(|typical| typical.is_at_least(STALE_TYPICAL));
        let mut end = at;
        if is_stale {
            end += raw[at + 1..].iter().take_while(|next| next.size() == 0).count();
            if raw.get(end + 1).is_some_and(|next| next.size() > 0) {
                end += 1;
            }
        }
        let days = raw[at..=end].iter().map(|part| part.days).sum();
        let whole = Difference { last: raw[end].last, days, from: difference.from, to: raw[end].to };
        joined.push(Joined { difference: whole, last_part: end, stale: is_stale });
        at = end + 1;
    }
    joined
}

/// S4, with S5's verdict where it stands.
fn kind(raw: &[Difference], step: &Joined, is_first: bool, is_last: bool) -> StepKind {
    let Difference { days, from, to, .. } = step.difference;
    let size = step.difference.size();
    if size < 0 {
        let (from, to) = (i128::from(from), i128::from(to));
        let is_half = 45 * from <= 100 * to && 100 * to <= 55 * from;
        return if is_half { StepKind::Halved } else { StepKind::Correction };
    }
    if size == 0 {
        return if step.stale { StepKind::StaleOpen } else { StepKind::Plain };
    }
    let unusual = if step.stale { StepKind::Stale } else { StepKind::Plain };
    let doubles = from >= DOUBLING_FROM && {
        let (from, to) = (i128::from(from), i128::from(to));
        19 * from <= 10 * to && 10 * to <= 21 * from
    };
    let from_zero = is_first && from == 0;
    // The typical step is worked out only where it decides.
    if size < JUMP_SIZE && !doubles && !from_zero && !is_last {
        return unusual;
    }
    let Some(typical) = Typical::of(raw, step.last_part) else { return unusual };
    let exceeds = |factor| typical.is_exceeded(size, days, factor);
    if (size >= JUMP_SIZE && exceeds(WIDE_FACTOR)) || ((doubles || from_zero) && exceeds(FACTOR)) {
        StepKind::Jump
    } else if is_last && exceeds(FACTOR) {
        StepKind::Unconfirmed
    } else {
        unusual
    }
}
