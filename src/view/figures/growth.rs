//! Describes a comparison with another period (S21 of docs/semantics.md): with sign, arrow and text instead
//! of color alone, and never a percentage without the two numbers it compares.

use crate::domain::amounts::figure::Precision;
use crate::domain::report::{
    BeforeAfter, Change, Growth, PlatformGrowth, Precisions, Report, Split, TrackGrowth,
};
use crate::domain::text::format::{compact, grouped, pluralize};
use crate::domain::time::range::range_label;
use crate::view::figures::compact_about;

/// The change of a platform, a track or the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared<'a> {
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage.
    pub change: Change,
    /// The percentage as the report has it.
    pub percent: Option<&'a str>,
    /// Whether both amounts are exact.
    pub exact: bool,
}

macro_rules! compared_from {
    ($($row:ident),+) => {
        $(impl<'a> From<&'a $row> for Compared<'a> {
            fn from(row: &'a $row) -> Self {
                let percent = row.percent.as_deref();
                Compared { before: row.before, after: row.after, change: row.change, percent, exact: row.exact }
            }
        })+
    };
}
compared_from!(Growth, PlatformGrowth, TrackGrowth);

impl Compared<'_> {
    /// "+9.4 %", "−3.1 %", "≈ +9.4 %" for inexact amounts, "new" or "n/a".
    pub fn percent_text(self) -> String {
        let (Change::Percent, Some(percent)) = (self.change, self.percent) else {
            return self.change.as_str().to_owned();
        };
        let text = match percent.strip_prefix('-') {
            Some(fall) => format!("−{fall} %"),
            None if percent == "0.0" => "±0.0 %".to_owned(),
            None => format!("+{percent} %"),
        };
        self.precision().with_sign(text)
    }

    /// The compared amounts: "77.2M → 78.1M".
    pub fn operands_text(self) -> Option<String> {
        let text = || {
            format!("{} → {}", compact_about(self.before, self.exact), compact_about(self.after, self.exact))
        };
        (self.change != Change::None).then(text)
    }

    const fn precision(self) -> Precision {
        if self.exact { Precision::Exact } else { Precision::About }
    }
}

/// The change of a platform.
pub fn platform_change<'a>(report: &'a Report, platform: &str) -> Option<Compared<'a>> {
    let rows = &report.growth.as_ref()?.platforms;
    rows.iter().find(|row| row.platform == platform).map(Compared::from)
}

/// The change of a track.
pub fn track_change(report: &Report, track: uuid::Uuid) -> Option<Compared<'_>> {
    let rows = &report.growth.as_ref()?.track_rows;
    rows.iter().find(|row| row.uuid == track).map(Compared::from)
}

/// The other period: "September 2026".
pub fn other_period(growth: &Growth) -> String {
    growth
        .from
        .zip(growth.to)
        .map_or_else(|| "no other period".to_owned(), |(from, to)| range_label(from, to))
}

/// The total change: "▲ +1.2 % like for like since September 2026: 77.2M → 78.1M, 30 days of each, 68 of 69
/// tracks".
pub fn sentence(report: &Report) -> Option<String> {
    let growth = report.growth.as_ref()?;
    let (all, other) = (Compared::from(growth), other_period(growth));
    if growth.until.is_none() {
        return Some("n/a: no day of this period is over yet".to_owned());
    }
    if growth.from.is_none() {
        return Some("n/a: there is no other period to compare with".to_owned());
    }
    let days = pluralize(growth.days as usize, "day");
    let tracks = format!("{} of {}", growth.tracks, pluralize(growth.tracks_of as usize, "track"));
    let base = format!("{} of each, {tracks}", days);
    let operands = all.operands_text().unwrap_or_default();
    let text = all.percent_text();
    Some(match (growth.change, growth.percent.as_deref()) {
        (Change::Percent, percent) => {
            let arrow = match percent {
                Some("0.0") => "=",
                Some(percent) if percent.starts_with('-') => "▼",
                _ => "▲",
            };
            format!("{arrow} {text} like for like since {other}: {operands}, {base}")
        }
        (Change::New, _) => format!("New: {operands} like for like since {other}, {base}"),
        (Change::None, _) if growth.days == 0 => {
            format!("n/a: no day has data both in {other} and now")
        }
        (Change::None, _) => format!("n/a: 0 in {other} and now, {base}"),
    })
}

/// The totals and the breakdown of their difference: "Totals: 77.2M → 77.4M (like for like +900,000, new
/// +100,000)".
pub fn totals_sentence(report: &Report) -> Option<String> {
    let growth = report.growth.as_ref().filter(|growth| growth.from.is_some())?;
    let BeforeAfter { before, after } = growth.total;
    let parts: Vec<String> = split_parts(&growth.split)
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(name, amount)| format!("{name} {}", signed(amount)))
        .collect();
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let Precisions { before: is_before, after: is_after } = growth.total_precision;
    let [before, after] = [is_before.with_sign(compact(before)), is_after.with_sign(compact(after))];
    Some(format!("Totals: {before} → {after}{parts}"))
}

/// The parts of a split by name.
pub fn split_parts(split: &Split) -> [(&'static str, i128); 5] {
    [
        ("like for like", split.existing),
        ("new", split.new),
        ("gone", split.gone),
        ("calendar", split.calendar),
        ("coverage", split.coverage),
    ]
}

/// "+1,200", "−1,200", "0".
pub fn signed(amount: i128) -> String {
    match amount {
        0 => "0".to_owned(),
        1.. => format!("+{}", grouped(amount)),
        _ => format!("−{}", grouped(-amount)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::report::tables::tests::report;

    fn said(change: Change, percent: Option<&str>) -> String {
        let mut report = report();
        let growth = report.growth.as_mut().unwrap();
        (growth.change, growth.percent) = (change, percent.map(str::to_owned));
        sentence(&report).unwrap()
    }

    #[test]
    fn sign_arrow_and_words() {
        assert_eq!(
            said(Change::Percent, Some("9.4")),
            "▲ ≈ +9.4 % like for like since August 2026: ≈ 3K → ≈ 3.3K, 2 days of each, 1 of 2 tracks"
        );
        assert!(
            said(Change::Percent, Some("-3.1")).starts_with("▼ ≈ −3.1 % like for like since August 2026")
        );
        assert!(said(Change::Percent, Some("0.0")).starts_with("= ≈ ±0.0 % like for like since August 2026"));
        assert!(said(Change::New, None).starts_with("New: ≈ 3K → ≈ 3.3K like for like since August 2026"));
        assert!(said(Change::None, None).starts_with("n/a"));
    }

    #[test]
    fn totals_with_where_their_difference_comes_from() {
        assert_eq!(
            totals_sentence(&report()).as_deref(),
            Some("Totals: ≥ 3K → ≈ 4K (like for like +282, new +800, coverage −82)")
        );
    }

    #[test]
    fn without_another_period_there_is_nothing_to_compare() {
        let mut report = report();
        report.growth.as_mut().unwrap().from = None;
        assert!(sentence(&report).unwrap().starts_with("n/a"));
        assert_eq!(totals_sentence(&report), None);
    }
}
