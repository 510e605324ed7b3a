//! Data-quality hazards: each is a function of the true value and the day to the delivered value, if any.
//! They recur every month, half-year or year, so that any 24 months have all of them.

use super::growth::Growth;
use crate::domain::Day;

/// The delivered value of a day.
pub type Observe = fn(&Growth, Day) -> Option<i64>;

/// The true value.
pub fn plain(growth: &Growth, day: Day) -> Option<i64> {
    Some(growth.total(day))
}

/// Two days inside every month are missing: a step of three days with a known total (S1, S7).
pub fn hole_inside(growth: &Growth, day: Day) -> Option<i64> {
    (!is_run_of_month(growth, day, 2)).then(|| growth.total(day))
}

/// The last day of every month and the first of the next are missing: a step that only partly lies in a month (S8).
pub fn hole_at_edge(growth: &Growth, day: Day) -> Option<i64> {
    let is_edge = day.day_of_month() == 1 || (day + 1).day_of_month() == 1;
    (!is_edge).then(|| growth.total(day))
}

/// Nothing from 20 June to 24 August: July is only known as part of a longer step (S8).
pub fn long_hole(growth: &Growth, day: Day) -> Option<i64> {
    let is_missing = match day.month() {
        6 => day.day_of_month() >= 20,
        7 => true,
        8 => day.day_of_month() <= 24,
        _ => false,
    };
    (!is_missing).then(|| growth.total(day))
}

/// A random one in thirty days is missing (S1, S7, S8).
pub fn patchy(growth: &Growth, day: Day) -> Option<i64> {
    let is_missing = growth.dice.and("patchy").nth(day.number().into()).below(30) == 0;
    (!is_missing).then(|| growth.total(day))
}

/// Two days of every month repeat the previous value (S5).
pub fn stale_repeats(growth: &Growth, day: Day) -> Option<i64> {
    let kept = if is_run_of_month(growth, day, 2) { run_of_month(growth, day) - 1 } else { day };
    Some(growth.total(kept))
}

/// The value is refreshed every other day, so the newest one is often a repeat whose end is not known yet (S5).
pub fn every_other_day(growth: &Growth, day: Day) -> Option<i64> {
    Some(growth.total(day - (day.number() + growth.dice.below(2) as i32).rem_euclid(2)))
}

/// Every half-year, on the 16th, the provider subtracts twelve days' worth (S4).
pub fn correction(growth: &Growth, day: Day) -> Option<i64> {
    let taken_back = occasions(growth, day, 6, 16) * growth.worth(12.0);
    Some((growth.total(day) - taken_back).max(0))
}

/// From 1 January the provider sums two identifiers of one counter, which doubles it; from 1 July it does not,
/// which halves it (S4).
pub fn counted_twice(growth: &Growth, day: Day) -> Option<i64> {
    Some(growth.total(day) * if day.month() <= 6 { 2 } else { 1 })
}

/// Once a year, on the 9th of a month, the counter permanently rises by more than any plausible audience: a million
/// and far over a hundred typical days (S4).
pub fn jump(growth: &Growth, day: Day) -> Option<i64> {
    Some(growth.total(day) + occasions(growth, day, 12, 9) * (1_200_000 + growth.worth(300.0)))
}

/// Two days of every month are sixty days' worth too high (S3).
pub fn glitch(growth: &Growth, day: Day) -> Option<i64> {
    let extra = if is_run_of_month(growth, day, 2) { growth.worth(60.0) } else { 0 };
    Some(growth.total(day) + extra)
}

/// One day of every month shows another recording's small counter (S3).
pub fn dip(growth: &Growth, day: Day) -> Option<i64> {
    Some(growth.total(day) / if is_run_of_month(growth, day, 1) { 9 } else { 1 })
}

/// One day of every month shows -1: kept as evidence, but not used as a value (section 1).
pub fn negative(growth: &Growth, day: Day) -> Option<i64> {
    Some(if is_run_of_month(growth, day, 1) { -1 } else { growth.total(day) })
}

/// The platform was found only forty days after the release: the total until then is bounded by the first value
/// (S9).
pub fn noticed_late(growth: &Growth, day: Day) -> Option<i64> {
    (day - growth.released >= 40).then(|| growth.total(day))
}

/// The first value, on the day after the release, is 0; then the plays of an older edition are added: a jump from
/// zero (S4).
pub fn reissue(growth: &Growth, day: Day) -> Option<i64> {
    let older = growth.worth(900.0) + (growth.launch * 40.0) as i64;
    Some(if day <= growth.released + 1 { 0 } else { growth.total(day) + older })
}

/// A second identifier that shows the previous day's value on one day in thirty: unequal to the first on those
/// days, but still the same counter (S6: at least 90 % are equal).
pub fn lagging(growth: &Growth, day: Day) -> Option<i64> {
    let is_late = growth.dice.and("lagging").nth(day.number().into()).below(30) == 0;
    Some(growth.total(if is_late { day - 1 } else { day }))
}

/// Delivered in the first half of each year only; with [`second_half`], two identifiers that alternate and share no
/// day (S6).
pub fn first_half(growth: &Growth, day: Day) -> Option<i64> {
    (day.month() <= 6).then(|| growth.total(day))
}

/// Delivered in the second half of each year only.
pub fn second_half(growth: &Growth, day: Day) -> Option<i64> {
    (day.month() > 6).then(|| growth.total(day))
}

/// The newest value is forty days' worth too high, which only later values can identify as a glitch (S4). The only
/// hazard that moves with the current date.
pub fn newest_rise(growth: &Growth, value: i64) -> i64 {
    value + growth.worth(40.0)
}

/// The first day of the series' affected days in the month of `day`: from the 5th to the 22nd.
fn run_of_month(growth: &Growth, day: Day) -> Day {
    let first = 5 + growth.dice.and("run of month").below(18) as i32;
    day + (first - day.day_of_month() as i32)
}

/// Whether the day is one of the series' affected days in its month.
fn is_run_of_month(growth: &Growth, day: Day, days: i32) -> bool {
    (0..days).contains(&(day - run_of_month(growth, day)))
}

/// How often the day of the month has occurred, in every n-th month since the year of release.
fn occasions(growth: &Growth, day: Day, months: u32, day_of_month: u32) -> i64 {
    let month = i64::from(day.year() - growth.released.year()) * 12 + i64::from(day.month());
    let months = i64::from(months);
    let first = growth.dice.and("occasion").below(months as usize) as i64 + 1;
    let reached = month - i64::from(day.day_of_month() < day_of_month);
    (reached - first).div_euclid(months) + 1
}
