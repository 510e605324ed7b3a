//! Distorted series: valid JSON of the right shape with rows that must not be taken as they are.

use super::fault::Fault;
use super::random::Chance;
use super::request::SimRequest;

/// Above 2^53: a float would round it to 9007199254740992.
const HUGE: i128 = 9_007_199_254_740_993;
/// Above 2^63.
const OVERFLOW: i128 = 18_446_744_073_709_551_615;

/// A row of a series.
pub trait CorruptibleRow: Clone {
    /// Its day, unparsed.
    fn date(&self) -> &str;
    /// Its main value, if it has one.
    fn value(&mut self) -> Option<&mut i128>;
    /// Removes everything but the day, if the provider uses such a form.
    fn bare(&mut self);
}

/// Applies the request's faults to its rows. The affected row depends on the path only, so a repeated request gets
/// the same response.
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
