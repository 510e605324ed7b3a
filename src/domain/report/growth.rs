//! S21 of docs/semantics.md: how a report compares with the period before it, or with the same one a year
//! earlier. Only tracks on platforms that are known in both count, and nothing is ever infinite.

use super::build::{Selected, select};
use super::evidence::Evidence;
use super::line::Line;
use super::rows::{Growth, GrowthRow};
use crate::domain::format::decimal;
use crate::domain::query::{Compare, Query};
use crate::domain::window::DayAmounts;
use crate::domain::words::words;
use crate::domain::{Amount, Day, Figure, Range};

words!(
    /// What two periods say about each other.
    Change, "change", {
        /// There is a percentage.
        Percent = "percent",
        /// There was nothing before, and now there is.
        New = "new",
        /// There is no base to compare with.
        None = "n/a",
    }
);

/// The two periods of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Periods {
    before: Range,
    after: Range,
}

impl Periods {
    /// The period of a report and the one that it is compared with. Of a period in progress the days that
    /// have been are compared with as many from the beginning of the other; none have been on its first day.
    fn of(range: Range, compare: Compare, today: Day) -> Option<Self> {
        let before = before(range, compare)?;
        let after = Range::new(range.from(), range.to().min(today - 1)).ok()?;
        if after == range {
            return Some(Periods { before, after });
        }
        let last = before.from() + (after.to() - after.from());
        Some(Periods { before: Range::new(before.from(), last.min(before.to())).ok()?, after })
    }
}

fn before(range: Range, compare: Compare) -> Option<Range> {
    match (range.as_month(), compare) {
        (Some(month), Compare::Previous) => Some(Range::month(month.plus(-1))),
        (Some(month), Compare::Year) => Some(Range::month(month.plus(-12))),
        (None, Compare::Previous) => {
            let days = i32::try_from(range.day_count()).ok()?;
            Range::new(range.from() - days, range.from() - 1).ok()
        }
        (None, Compare::Year) => Range::new(year_before(range.from())?, year_before(range.to())?).ok(),
    }
}

/// The same date a year earlier; February 28 for a leap day.
fn year_before(day: Day) -> Option<Day> {
    let date = |day_of_month| Day::from_ymd(day.year() - 1, day.month(), day_of_month);
    date(day.day_of_month()).or_else(|| date(28))
}

/// The sums of what is known in both periods.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    before: Amount,
    after: Amount,
}

impl Sums {
    fn row(self, platform: &str, periods: Periods) -> GrowthRow {
        let (before, after) = (self.before.figure(), self.after.figure());
        let (change, percent) = change(before, after, periods);
        GrowthRow { platform: platform.to_owned(), before, after, change, percent }
    }
}

/// The percentage with one digit after the point; of the averages a day where the periods differ in length.
fn change(before: Option<Figure>, after: Option<Figure>, periods: Periods) -> (Change, Option<String>) {
    let (Some(before), Some(after)) = (before, after) else { return (Change::None, None) };
    let days = |range: Range| range.day_count() as i128;
    let base = before.estimate * days(periods.after);
    let rise = after.estimate * days(periods.before) - base;
    match (before.estimate, after.estimate) {
        (1.., _) => {
            let size = decimal(rise.abs() * 100, base, 1);
            let sign = if rise < 0 && size != "0.0" { "-" } else { "" };
            (Change::Percent, Some(format!("{sign}{size}")))
        }
        (_, 1..) => (Change::New, None),
        _ => (Change::None, None),
    }
}

/// The comparison that a question asks for, if it asks for one and any day of its range has been.
pub(super) fn growth(evidence: &Evidence, query: &Query, today: Day) -> Option<Growth> {
    let compare = query.compare?;
    let periods = Periods::of(query.period.range(), compare, today)?;
    let mut platforms = vec![Sums::default(); evidence.platforms.len()];
    let selection: Vec<Selected<'_>> = select(evidence, query);
    let mut tracks = 0;
    let mut days = [periods.before, periods.after].map(DayAmounts::new);
    for track in &selection {
        let mut is_known = false;
        for (platform, sums) in evidence.platforms.iter().zip(&mut platforms) {
            let pair = track.evidence.on(platform);
            let amount = |range, days| Line::read(track.evidence, pair, range, today, days).amount;
            let [days_before, days_after] = &mut days;
            if let (before @ Amount::Known(_), after @ Amount::Known(_)) =
                (amount(periods.before, days_before), amount(periods.after, days_after))
            {
                sums.before += before;
                sums.after += after;
                is_known = true;
            }
        }
        tracks += u32::from(is_known);
    }
    let total = Sums {
        before: platforms.iter().map(|sums| sums.before).sum(),
        after: platforms.iter().map(|sums| sums.after).sum(),
    };
    let GrowthRow { before, after, change, percent, .. } = total.row("", periods);
    Some(Growth {
        compare,
        from: periods.before.from(),
        to: periods.before.to(),
        until: periods.after.to(),
        is_per_day: periods.before.day_count() != periods.after.day_count(),
        before,
        after,
        change,
        percent,
        tracks,
        tracks_of: selection.len() as u32,
        platforms: evidence
            .platforms
            .iter()
            .zip(&platforms)
            .map(|(platform, sums)| sums.row(&platform.code, periods))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Range {
        Range::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn periods(from: &str, to: &str, compare: Compare, today: &str) -> Option<(Range, Range)> {
        let periods = Periods::of(range(from, to), compare, today.parse().unwrap());
        periods.map(|periods| (periods.before, periods.after))
    }

    #[test]
    fn periods_of_equal_kind() {
        let whole = |from, to, compare| periods(from, to, compare, "2026-11-26").map(|(before, _)| before);
        assert_eq!(
            whole("2026-03-01", "2026-03-31", Compare::Previous),
            Some(range("2026-02-01", "2026-02-28"))
        );
        assert_eq!(whole("2025-02-01", "2025-02-28", Compare::Year), Some(range("2024-02-01", "2024-02-29")));
        assert_eq!(
            whole("2026-03-11", "2026-03-20", Compare::Previous),
            Some(range("2026-03-01", "2026-03-10"))
        );
        assert_eq!(whole("2024-02-20", "2024-02-29", Compare::Year), Some(range("2023-02-20", "2023-02-28")));
    }

    #[test]
    fn a_period_in_progress_is_compared_with_as_many_days() {
        let progress = |today| periods("2026-11-01", "2026-11-30", Compare::Previous, today);
        assert_eq!(
            progress("2026-11-13"),
            Some((range("2026-10-01", "2026-10-12"), range("2026-11-01", "2026-11-12")))
        );
        assert_eq!(progress("2026-11-01"), None, "no day has been");
        let march = periods("2026-03-01", "2026-03-31", Compare::Previous, "2026-03-31");
        assert_eq!(march, Some((range("2026-02-01", "2026-02-28"), range("2026-03-01", "2026-03-30"))));
    }

    #[test]
    fn percentages_are_never_infinite() {
        let periods =
            Periods { before: range("2026-02-01", "2026-02-28"), after: range("2026-03-01", "2026-03-31") };
        let of = |before, after| change(Some(Figure::exactly(before)), Some(Figure::exactly(after)), periods);
        assert_eq!(of(2_800, 3_100), (Change::Percent, Some("0.0".to_owned())), "100 a day each");
        assert_eq!(of(2_800, 3_410), (Change::Percent, Some("10.0".to_owned())));
        assert_eq!(of(2_800, 1_550), (Change::Percent, Some("-50.0".to_owned())));
        assert_eq!(of(280_000, 309_999), (Change::Percent, Some("0.0".to_owned())), "no -0.0");
        assert_eq!(of(2_800, 0), (Change::Percent, Some("-100.0".to_owned())));
        assert_eq!(of(0, 5), (Change::New, None));
        assert_eq!(of(0, 0), (Change::None, None));
        assert_eq!(change(None, Some(Figure::exactly(5)), periods), (Change::None, None));
    }
}
