//! Distorted series: valid JSON of the right shape with rows that must not be taken as they are.

use super::fault::Fault;
use super::random::Chance;
use super::request::SimRequest;

/// Above 2^53: a float would make 9007199254740992 of it.
const HUGE: i128 = 9_007_199_254_740_993;
/// Above 2^63.
const OVERFLOW: i128 = 18_446_744_073_709_551_615;

/// A row of a series.
pub trait CorruptibleRow: Clone {
    /// Its day, as it is written.
    fn date(&self) -> &str;
    /// Its main value, if it has one.
    fn value(&mut self) -> Option<&mut i128>;
    /// Leaves nothing but the day, where that is a shape the provider has.
    fn bare(&mut self);
}

/// The rows as the request's faults leave them. Which row is hit depends on the path alone, so that asking
/// again brings the same.
pub fn corrupt_rows<T: CorruptibleRow>(ask: &SimRequest, rows: &mut Vec<T>) {
    if rows.is_empty() {
        return;
    }
    let place = |what: &str| Chance::new(&["bend", what, &ask.path]).below(rows.len() as u64) as usize;
    let (negative, large, bare) = (place("negative"), place("large"), place("bare"));
    for fault in &ask.faults {
        match fault {
            Fault::Negative => set(&mut rows[negative], -1),
            Fault::Huge => set(&mut rows[large], HUGE),
            Fault::Overflow => set(&mut rows[large], OVERFLOW),
            Fault::Bare => rows[bare].bare(),
            _ => {}
        }
    }
    if ask.has(Fault::Duplicate) {
        *rows = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
    }
    if ask.has(Fault::OutOfOrder) {
        rows.sort_by_cached_key(|row| Chance::new(&["order", row.date()]).below(u64::MAX));
    }
}

fn set<T: CorruptibleRow>(row: &mut T, to: i128) {
    if let Some(value) = row.value() {
        *value = to;
    }
}
