//! Calendar months, the most common range of a report.

use std::fmt;
use std::str::FromStr;

use crate::domain::Day;

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Day,
}

/// English names, January first.
pub const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The text is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a month: expected YYYY-MM, such as 2026-09")]
pub struct MonthError(pub String);

impl Month {
    /// From year and month number (1 to 12); `None` if invalid.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        Day::from_ymd(year, month, 1).map(|first| Month { first })
    }

    /// The month a day lies in.
    pub fn containing(day: Day) -> Self {
        Month { first: day - (i32::try_from(day.day_of_month()).expect("at most 31") - 1) }
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// The number of the month, 1 to 12.
    pub fn number(self) -> u32 {
        self.first.month()
    }

    /// The first day.
    pub const fn first(self) -> Day {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Day {
        self.saturating_add(1).first - 1
    }

    /// Adds `months` (may be negative); `None` outside the years 1900 to 2169.
    pub fn checked_add(self, months: i32) -> Option<Self> {
        let later = self.saturating_add(months);
        let index = |month: Month| month.year() * 12 + month.number() as i32;
        (index(later) - index(self) == months).then_some(later)
    }

    /// Adds `months`, saturating at the years 1900 and 2169.
    pub fn saturating_add(self, months: i32) -> Self {
        let index = self.year() * 12 + i32::try_from(self.number()).expect("at most 12") - 1 + months;
        let index = index.clamp(1900 * 12, 2169 * 12 + 11);
        let number = u32::try_from(index.rem_euclid(12)).expect("0 to 11") + 1;
        Month::new(index.div_euclid(12), number).expect("a month of the years 1900 to 2169")
    }

    /// "September 2026".
    pub fn label(self) -> String {
        format!("{} {}", MONTH_NAMES[self.number() as usize - 1], self.year())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let first = format!("{text}-01").parse().map_err(|_| MonthError(text.to_owned()))?;
        Ok(Month { first })
    }
}

#[cfg(feature = "ssr")]
crate::domain::text::schema::schema!(
    Month,
    crate::domain::text::schema::text(
        "A calendar month of the years 1900 to 2169.",
        None,
        "^(19[0-9]|20[0-9]|21[0-6])[0-9]-(0[1-9]|1[0-2])$",
        "2026-09",
    )
);

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn has_first_and_last_day() {
        assert_eq!(month("2024-02").last().to_string(), "2024-02-29");
        assert_eq!(month("2026-12").last().to_string(), "2026-12-31");
        assert_eq!(Month::containing("2026-09-30".parse().unwrap()), month("2026-09"));
        assert!("2026-13".parse::<Month>().is_err());
        assert!("2026-9".parse::<Month>().is_err());
        assert!("".parse::<Month>().is_err());
    }

    #[test]
    fn steps_over_years() {
        assert_eq!(month("2026-01").saturating_add(-1), month("2025-12"));
        assert_eq!(month("2026-12").saturating_add(1), month("2027-01"));
        assert_eq!(month("2026-05").saturating_add(-12), month("2025-05"));
        assert_eq!(month("2026-05").label(), "May 2026");
    }
}
