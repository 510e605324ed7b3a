//! S21 of docs/semantics.md: comparison with the previous period or the same period a year earlier. The i-th
//! days of both periods are compared only where both are covered, so new, ended or late series do not affect
//! the percentage. The rest of the difference between the totals is broken down separately.

use uuid::Uuid;

use super::cell::CellAmounts;
use super::evidence::{TrackEvidence, TrackPlatformEvidence};
use super::rows::{BeforeAfter, Growth, PlatformGrowth, Precisions, Split, TrackGrowth};
use crate::domain::amounts::figure::SumPrecision;
use crate::domain::amounts::{DayAmounts, DaySet};
use crate::domain::query::{Compare, Query};
use crate::domain::registry::platform::ReportPlatform;
use crate::domain::text::format::decimal;
use crate::domain::text::string_enum::string_enum;
use crate::domain::{Amount, Day, Range};

string_enum!(
    /// The kind of change between two periods.
    Change, "change", {
        /// A percentage.
        Percent = "percent",
        /// From zero to more than zero.
        New = "new",
        /// No base for a comparison.
        None = "n/a",
    }
);

/// The two periods of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Periods {
    /// `None` if it lies outside the range of [`Day`], or if the report's period has not started.
    before: Option<Range>,
    /// Up to yesterday; `None` if the report's period has not started.
    after: Option<Range>,
}

/// The period of a report and the one it is compared with. A period in progress is compared with the same
/// number of days from the start of the other.
pub(super) fn periods(range: Range, compare: Compare, today: Day) -> Periods {
    let Ok(after) = Range::new(range.from(), range.to().min(today - 1)) else {
        return Periods { before: None, after: None };
    };
    let cut = |before: Range| {
        let last = before.from() + (after.to() - after.from());
        if after == range { Some(before) } else { Range::new(before.from(), last.min(before.to())).ok() }
    };
    Periods { before: other_period(range, compare).and_then(cut), after: Some(after) }
}

/// The complete period that a range is compared with.
fn other_period(range: Range, compare: Compare) -> Option<Range> {
    match (range.as_month(), compare) {
        (Some(month), Compare::Previous) => month.checked_add(-1).map(Range::month),
        (Some(month), Compare::Year) => month.checked_add(-12).map(Range::month),
        (None, Compare::Previous) => {
            let days = i64::try_from(range.day_count()).ok()?;
            let from = range.from().checked_add(-days).filter(|from| *from >= Day::MIN)?;
            Range::new(from, range.from() - 1).ok()
        }
        (None, Compare::Year) => Range::new(year_before(range.from())?, year_before(range.to())?).ok(),
    }
}

/// The same date a year earlier; February 28 for a leap day.
fn year_before(day: Day) -> Option<Day> {
    let date = |day_of_month| Day::from_ymd(day.year() - 1, day.month(), day_of_month);
    date(day.day_of_month()).or_else(|| date(28))
}

/// Running totals of a comparison over some tracks and platforms.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GrowthSums {
    /// Over matched days.
    matched: BeforeAfter,
    /// The day positions of any matched pair.
    days: DaySet,
    has_spread: bool,
    pairs: u32,
    pairs_of: u32,
    total: BeforeAfter,
    precision_before: SumPrecision,
    precision_after: SumPrecision,
    split: Split,
}

impl GrowthSums {
    pub fn add(&mut self, other: &GrowthSums) {
        let add = |mine: &mut BeforeAfter, theirs: BeforeAfter| {
            mine.before += theirs.before;
            mine.after += theirs.after;
        };
        add(&mut self.matched, other.matched);
        add(&mut self.total, other.total);
        self.days.union_with(&other.days);
        self.precision_before += other.precision_before;
        self.precision_after += other.precision_after;
        self.has_spread |= other.has_spread;
        self.pairs += other.pairs;
        self.pairs_of += other.pairs_of;
        self.split.existing += other.split.existing;
        self.split.new += other.split.new;
        self.split.gone += other.split.gone;
        self.split.calendar += other.split.calendar;
        self.split.coverage += other.split.coverage;
    }

    fn total_precision(&self) -> Precisions {
        Precisions { before: self.precision_before.precision(), after: self.precision_after.precision() }
    }

    fn change(&self) -> (Change, Option<String>) {
        change(self.matched, !self.days.is_empty())
    }

    /// Totals without matched days.
    fn unmatched(total: BeforeAfter, split: Split) -> Self {
        GrowthSums { total, split, ..GrowthSums::default() }
    }
}

/// The percentage with one decimal, rounded half away from zero.
fn change(matched: BeforeAfter, is_matched: bool) -> (Change, Option<String>) {
    let BeforeAfter { before, after } = matched;
    match (before, after) {
        _ if !is_matched => (Change::None, None),
        (1.., _) => {
            let rise = after - before;
            let size = decimal(rise.abs() * 100, before, 1);
            let sign = if rise < 0 && size != "0.0" { "-" } else { "" };
            (Change::Percent, Some(format!("{sign}{size}")))
        }
        (_, 1..) => (Change::New, None),
        _ => (Change::None, None),
    }
}

/// Totals of a comparison.
pub(super) struct GrowthTotals {
    /// Per platform, in registry order.
    pub platforms: Vec<GrowthSums>,
    whole: GrowthSums,
    tracks: u32,
    tracks_of: u32,
}

impl GrowthTotals {
    pub fn new(platforms: usize) -> Self {
        GrowthTotals {
            platforms: vec![GrowthSums::default(); platforms],
            whole: GrowthSums::default(),
            tracks: 0,
            tracks_of: 0,
        }
    }

    /// Adds a track to the overall totals; the caller adds its platforms.
    pub fn add_track(&mut self, track: &GrowthSums) {
        self.whole.add(track);
        self.tracks += u32::from(track.pairs > 0);
        self.tracks_of += 1;
    }

    /// Merges the totals of other tracks.
    pub fn add(&mut self, other: &GrowthTotals) {
        self.platforms.iter_mut().zip(&other.platforms).for_each(|(mine, theirs)| mine.add(theirs));
        self.whole.add(&other.whole);
        self.tracks += other.tracks;
        self.tracks_of += other.tracks_of;
    }
}

/// Compares track-platform pairs one by one, reusing its buffers.
pub(super) struct Comparison {
    periods: Periods,
    range: Range,
    today: Day,
    days_before: DayAmounts,
    days_after: DayAmounts,
}

impl Comparison {
    /// `None` if the query asks for no comparison.
    pub fn new(query: &Query, today: Day) -> Option<Self> {
        let range = query.period.range();
        let periods = periods(range, query.compare?, today);
        Some(Comparison {
            periods,
            range,
            today,
            days_before: DayAmounts::new(periods.before.unwrap_or(range)),
            days_after: DayAmounts::new(periods.after.unwrap_or(range)),
        })
    }

    /// Compares a track on a platform. `line` and `days` are its amounts in the report's own period.
    pub fn compare(
        &mut self,
        track: &TrackEvidence,
        pair: &TrackPlatformEvidence,
        line: &CellAmounts,
        days: &DayAmounts,
    ) -> GrowthSums {
        let Periods { before: Some(before_range), after: Some(after_range) } = self.periods else {
            return self.without_other_period(line, days);
        };
        let before = CellAmounts::compute(track, pair, before_range, self.today, &mut self.days_before);
        let (after, days_after) = if after_range == self.range {
            (line.amount, days)
        } else {
            let line = CellAmounts::compute(track, pair, after_range, self.today, &mut self.days_after);
            (line.amount, &self.days_after)
        };
        let (is_absent_before, is_absent_after) = (before.amount == Amount::Absent, after == Amount::Absent);
        let (doubt_before, doubt_after) = (before.amount.into(), after.into());
        let days_before = &self.days_before;
        let (covered_before, covered_after) = (days_before.covered(), days_after.covered());
        let pairs_of = u32::from(!(is_absent_before && is_absent_after));
        if covered_before.is_empty() && covered_after.is_empty() {
            return GrowthSums {
                pairs_of,
                precision_before: doubt_before,
                precision_after: doubt_after,
                ..GrowthSums::default()
            };
        }
        let matched_days = covered_before.intersection(covered_after);
        let matched = BeforeAfter {
            before: days_before.sum_over(&matched_days),
            after: days_after.sum_over(&matched_days),
        };
        let mut split = Split { existing: matched.after - matched.before, ..Split::default() };
        let (left_before, left_after) =
            (covered_before.difference(&matched_days), covered_after.difference(&matched_days));
        if !left_after.is_empty() {
            let common = DaySet::from_range(0..days_before.count().min(days_after.count()));
            split.calendar += days_after.sum_over(&left_after.difference(&common));
            let until_release = match track.release {
                Some(release) if !is_absent_before => {
                    DaySet::from_days(before_range, before_range.from(), release - 1)
                }
                _ if is_absent_before => common,
                _ => DaySet::default(),
            };
            split.new = days_after.sum_over(&left_after.intersection(&common).intersection(&until_release));
            split.coverage +=
                days_after.sum_over(&left_after.intersection(&common).difference(&until_release));
        }
        if !left_before.is_empty() {
            let common = DaySet::from_range(0..days_before.count().min(days_after.count()));
            split.calendar -= days_before.sum_over(&left_before.difference(&common));
            let not_compared = days_before.sum_over(&left_before.intersection(&common));
            *(if is_absent_after { &mut split.gone } else { &mut split.coverage }) -= not_compared;
        }
        GrowthSums {
            matched,
            days: matched_days,
            has_spread: days_before.has_spread_on(&matched_days) || days_after.has_spread_on(&matched_days),
            pairs: u32::from(!matched_days.is_empty()),
            pairs_of,
            total: BeforeAfter {
                before: days_before.sum_over(covered_before),
                after: days_after.sum_over(covered_after),
            },
            precision_before: doubt_before,
            precision_after: doubt_after,
            split,
        }
    }

    /// Without another period, the whole amount is a calendar effect.
    fn without_other_period(&self, line: &CellAmounts, days: &DayAmounts) -> GrowthSums {
        let after = if self.periods.after.is_some() { days.sum_over(days.covered()) } else { 0 };
        let split = Split { calendar: after, ..Split::default() };
        let pairs_of = u32::from(line.amount != Amount::Absent);
        let doubt_after = line.amount.into();
        GrowthSums {
            pairs_of,
            precision_after: doubt_after,
            ..GrowthSums::unmatched(BeforeAfter { before: 0, after }, split)
        }
    }
}

/// The comparison section of a report; `tracks` must be in the report's order.
pub(super) fn growth_rows<'a>(
    platforms: &[ReportPlatform],
    compare: Compare,
    periods: Periods,
    totals: &GrowthTotals,
    tracks: impl Iterator<Item = (Uuid, &'a GrowthSums)>,
) -> Growth {
    let platform = |(platform, sums): (&ReportPlatform, &GrowthSums)| {
        let (change, percent) = sums.change();
        PlatformGrowth {
            platform: platform.code.clone(),
            before: sums.matched.before,
            after: sums.matched.after,
            change,
            percent,
            exact: !sums.has_spread,
            days: sums.days.len() as u32,
            pairs: sums.pairs,
            pairs_of: sums.pairs_of,
            total: sums.total,
            total_precision: sums.total_precision(),
            split: sums.split,
        }
    };
    let track = |(uuid, sums): (Uuid, &GrowthSums)| {
        let (change, percent) = sums.change();
        TrackGrowth {
            uuid,
            before: sums.matched.before,
            after: sums.matched.after,
            change,
            percent,
            exact: !sums.has_spread,
            days: sums.days.len() as u32,
            total: sums.total,
            total_precision: sums.total_precision(),
            split: sums.split,
        }
    };
    let whole = &totals.whole;
    let (change, percent) = whole.change();
    Growth {
        compare,
        from: periods.before.map(Range::from),
        to: periods.before.map(Range::to),
        until: periods.after.map(Range::to),
        before: whole.matched.before,
        after: whole.matched.after,
        change,
        percent,
        exact: !whole.has_spread,
        days: whole.days.len() as u32,
        pairs: whole.pairs,
        pairs_of: whole.pairs_of,
        tracks: totals.tracks,
        tracks_of: totals.tracks_of,
        total: whole.total,
        total_precision: whole.total_precision(),
        split: whole.split,
        platforms: platforms.iter().zip(&totals.platforms).map(platform).collect(),
        track_rows: tracks.map(track).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Range {
        Range::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn compared(from: &str, to: &str, compare: Compare, today: &str) -> (Option<Range>, Option<Range>) {
        let Periods { before, after } = periods(range(from, to), compare, today.parse().unwrap());
        (before, after)
    }

    #[test]
    fn changes_have_the_words_of_the_contract() {
        assert_eq!(
            Change::ALL.iter().map(|change| change.as_str()).collect::<Vec<_>>(),
            ["percent", "new", "n/a"]
        );
    }

    #[test]
    fn periods_of_equal_kind() {
        let other = |from, to, compare| compared(from, to, compare, "2026-11-26").0;
        assert_eq!(
            other("2026-03-01", "2026-03-31", Compare::Previous),
            Some(range("2026-02-01", "2026-02-28"))
        );
        assert_eq!(other("2025-02-01", "2025-02-28", Compare::Year), Some(range("2024-02-01", "2024-02-29")));
        assert_eq!(
            other("2026-03-11", "2026-03-20", Compare::Previous),
            Some(range("2026-03-01", "2026-03-10"))
        );
        assert_eq!(other("2024-02-20", "2024-02-29", Compare::Year), Some(range("2023-02-20", "2023-02-28")));
    }

    #[test]
    fn before_the_calendar_begins_there_is_no_other_period() {
        for (from, to, compare) in [
            ("1900-01-01", "1900-01-31", Compare::Year),
            ("1900-01-01", "1900-01-31", Compare::Previous),
            ("1900-03-01", "1900-03-31", Compare::Year),
            ("1900-01-02", "1900-01-10", Compare::Previous),
            ("1900-01-02", "1900-01-10", Compare::Year),
        ] {
            let (before, after) = compared(from, to, compare, "2026-11-26");
            assert_eq!((before, after), (None, Some(range(from, to))));
        }
    }

    #[test]
    fn a_period_in_progress_is_compared_with_as_many_days() {
        let progress = |today| compared("2026-11-01", "2026-11-30", Compare::Previous, today);
        assert_eq!(
            progress("2026-11-13"),
            (Some(range("2026-10-01", "2026-10-12")), Some(range("2026-11-01", "2026-11-12")))
        );
        assert_eq!(progress("2026-11-01"), (None, None), "no day has been");
        let march = compared("2026-03-01", "2026-03-31", Compare::Previous, "2026-03-31");
        assert_eq!(march, (Some(range("2026-02-01", "2026-02-28")), Some(range("2026-03-01", "2026-03-30"))));
    }

    #[test]
    fn percentages_are_never_infinite() {
        let of = |before, after| change(BeforeAfter { before, after }, true);
        assert_eq!(of(2_800, 2_800), (Change::Percent, Some("0.0".to_owned())));
        assert_eq!(of(2_800, 3_080), (Change::Percent, Some("10.0".to_owned())));
        assert_eq!(of(2_000, 1_999), (Change::Percent, Some("-0.1".to_owned())), "half away from zero");
        assert_eq!(of(280_000, 279_990), (Change::Percent, Some("0.0".to_owned())), "no -0.0");
        assert_eq!(of(2_800, 0), (Change::Percent, Some("-100.0".to_owned())));
        assert_eq!(of(0, 5), (Change::New, None));
        assert_eq!(of(0, 0), (Change::None, None));
        assert_eq!(change(BeforeAfter { before: 0, after: 5 }, false), (Change::None, None));
    }
}
