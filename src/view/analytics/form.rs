//! The state of the query form for an address: selected values, presets and adjacent periods.

use super::address::Address;
use super::page::AnalyticsView;
use crate::domain::query::Period;
use crate::domain::text::format::pluralize;
use crate::domain::{Day, Month, Range};

/// How many years the month picker offers; older ones can be entered as custom dates.
const YEARS: i32 = 10;

/// The period part of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodForm {
    /// The selected month.
    pub month: Month,
    /// The years to choose from, newest first.
    pub years: Vec<i32>,
    /// The first custom day.
    pub from: String,
    /// The last custom day.
    pub to: String,
    /// Whether custom days are used instead of a month.
    pub has_days: bool,
}

impl PeriodForm {
    /// For an address, with the last complete month as the default.
    pub fn new(address: &Address, today: Day) -> Self {
        let parameters = &address.parameters;
        let asked = parameters.month.as_deref().and_then(|month| month.parse().ok());
        let of_days = parameters.from.as_deref().and_then(|from| from.parse().ok()).map(Month::containing);
        let month: Month = asked.or(of_days).unwrap_or_else(|| Address::default_month(today));
        let newest = today.year().max(month.year());
        let oldest = (today.year() - YEARS + 1).min(month.year());
        PeriodForm {
            month,
            years: (oldest..=newest).rev().collect(),
            from: parameters.from.clone().unwrap_or_default(),
            to: parameters.to.clone().unwrap_or_default(),
            has_days: parameters.from.is_some() || parameters.to.is_some(),
        }
    }
}

/// The number of days between the entered dates, or the error; empty if one of them is missing.
pub fn days_text(from: &str, to: &str) -> String {
    match (from.parse::<Day>(), to.parse::<Day>()) {
        (Ok(from), Ok(to)) => match Range::new(from, to) {
            Ok(range) => pluralize(range.day_count(), "day"),
            Err(error) => super::page::as_sentence(&error.to_string()),
        },
        _ => String::new(),
    }
}

/// Preset periods with labels.
pub fn presets(month: Month, today: Day) -> Vec<(&'static str, Period)> {
    let last = Address::default_month(today);
    let months =
        |count: i32| Range::new(last.saturating_add(1 - count).first(), last.last()).ok().map(Period::Days);
    let presets = [
        ("Last month", Some(Period::Month(last))),
        ("Same month last year", Some(Period::Month(month.saturating_add(-12)))),
        ("Last 3 months", months(3)),
        ("Last 12 months", months(12)),
    ];
    presets.into_iter().filter_map(|(words, period)| Some((words, period?))).collect()
}

/// A period with its label.
pub type LabelledPeriod = (String, Period);

/// The previous and next period of the same kind; `None` for a period in the future.
pub fn adjacent_periods(from: Day, to: Day, today: Day) -> (Option<LabelledPeriod>, Option<LabelledPeriod>) {
    let Ok(range) = Range::new(from, to) else { return (None, None) };
    let beside = |step: i32| {
        let period = match range.as_month() {
            Some(month) => Period::Month(month.saturating_add(step)),
            None => {
                let shift = step * i32::try_from(range.day_count()).ok()?;
                Period::Days(Range::new(from + shift, to + shift).ok()?)
            }
        };
        Some(period)
            .filter(|period| *period != Period::Days(range) && period.range().from() < today)
            .map(|period| (period.range().label(), period))
    };
    (beside(-1), beside(1))
}

/// "Achille Lauro, Elodie and 3 more".
pub fn name_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] if names.len() <= 3 => format!("{} and {last}", all.join(", ")),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// The checked state of each platform.
pub fn checked_platforms(address: &Address, page: &AnalyticsView) -> Vec<bool> {
    let chosen = &address.parameters.platforms;
    let all = chosen.is_empty() && !address.picked;
    page.platforms.iter().map(|platform| all || chosen.contains(&platform.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn starts_with_the_last_complete_month() {
        let form = PeriodForm::new(&Address::default(), day("2026-11-01"));
        assert_eq!(form.month.to_string(), "2026-10");
        assert_eq!((form.years.len(), form.years[0]), (10, 2026));
        let form = PeriodForm::new(&Address::parse("month=2011-02"), day("2026-11-01"));
        assert_eq!((form.month.to_string().as_str(), form.years.last()), ("2011-02", Some(&2011)));
        let form = PeriodForm::new(&Address::parse("from=2026-03-09&to=x"), day("2026-11-01"));
        assert_eq!((form.month.to_string().as_str(), form.has_days), ("2026-03", true));
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(days_text("2026-09-01", "2026-09-30"), "30 days");
        assert_eq!(days_text("2026-09-01", "2026-09-01"), "1 day");
        assert_eq!(days_text("2026-09-01", ""), "");
        assert!(days_text("2026-09-02", "2026-09-01").starts_with("The range ends"));
    }

    #[test]
    fn presets_fit_into_a_report() {
        for today in ["2026-11-22", "2024-03-01", "2024-02-29", "2027-01-01"] {
            let presets = presets("2026-05".parse().unwrap(), day(today));
            assert_eq!(presets.len(), 4, "{today}");
        }
        let ranges: Vec<String> = presets("2026-05".parse().unwrap(), day("2026-11-22"))
            .iter()
            .map(|(_, p)| p.range().label())
            .collect();
        assert_eq!(
            ranges,
            ["October 2026", "May 2025", "2026-08-01 to 2026-10-31", "2025-11-01 to 2026-10-31"]
        );
    }

    #[test]
    fn neighbours_are_of_equal_kind() {
        let labels = |from: &str, to: &str| {
            let (before, after) = adjacent_periods(day(from), day(to), day("2026-11-22"));
            (before.map(|(label, _)| label), after.map(|(label, _)| label))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(labels("2026-09-01", "2026-09-30"), (some("August 2026"), some("October 2026")));
        assert_eq!(labels("2026-11-01", "2026-11-30"), (some("October 2026"), None));
        assert_eq!(
            labels("2026-09-03", "2026-09-05"),
            (some("2026-08-31 to 2026-09-02"), some("2026-09-06 to 2026-09-08"))
        );
    }

    #[test]
    fn lists_of_names_stay_short() {
        assert_eq!(name_list(&["A"]), "A");
        assert_eq!(name_list(&["A", "B", "C"]), "A, B and C");
        assert_eq!(name_list(&["A", "B", "C", "D"]), "A, B and 2 more");
    }
}
