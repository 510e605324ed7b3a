//! Calendar dates. Dates are never converted between time zones (section 1 of docs/semantics.md).

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A date as the number of days since 1970-01-01. Written and read as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// The text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a date: expected YYYY-MM-DD, such as 2026-09-30")]
pub struct DayError(pub String);

impl Day {
    /// 1900-01-01, the first supported day.
    pub const MIN: Day = Day(-25_567);
    /// 2169-12-31, the last supported day.
    pub const MAX: Day = Day(73_049);
    /// 1970-01-01.
    pub const EPOCH: Day = Day(0);
    /// Arithmetic may go one day beyond [`Day::MIN`] and [`Day::MAX`].
    const BEFORE: Day = Day(Day::MIN.0 - 1);
    const AFTER: Day = Day(Day::MAX.0 + 1);

    /// From days since 1970-01-01, as stored.
    ///
    /// # Errors
    /// A number outside the years 1900 to 2169.
    pub fn from_number(number: i64) -> Result<Self, DayError> {
        let in_range = i32::try_from(number).ok().map(Day).filter(|day| (Day::MIN..=Day::MAX).contains(day));
        in_range.ok_or_else(|| DayError(number.to_string()))
    }

    /// From year, month (1 to 12) and day of month; `None` if invalid or outside the years 1900 to 2169.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        Self::from_date(NaiveDate::from_ymd_opt(year, month, day)?)
    }

    /// Days since 1970-01-01, as stored.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The calendar month, 1 to 12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// The day of the month, from 1.
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// The days from this one to `last`, both included; empty when `last` lies before.
    pub fn up_to(self, last: Day) -> impl DoubleEndedIterator<Item = Day> + ExactSizeIterator + Clone {
        let count = (last.0 - self.0 + 1).max(0);
        (0..count).map(move |offset| Day(self.0 + offset))
    }

    /// Adds `days`; `None` outside the supported range.
    pub fn checked_add(self, days: i64) -> Option<Self> {
        let number = i64::from(self.0).checked_add(days)?;
        i32::try_from(number).ok().map(Day).filter(|day| (Day::BEFORE..=Day::AFTER).contains(day))
    }

    fn from_date(date: NaiveDate) -> Option<Self> {
        Some(Day(date.to_epoch_days())).filter(|day| (Day::MIN..=Day::MAX).contains(day))
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).expect("every day of 1900 to 2169 is a date")
    }
}

impl Add<i32> for Day {
    type Output = Day;

    /// Saturates one day beyond [`Day::MIN`] and [`Day::MAX`].
    fn add(self, days: i32) -> Day {
        Day(self.0.saturating_add(days)).clamp(Day::BEFORE, Day::AFTER)
    }
}

impl Sub<i32> for Day {
    type Output = Day;

    /// Saturates like addition.
    fn sub(self, days: i32) -> Day {
        Day(self.0.saturating_sub(days)).clamp(Day::BEFORE, Day::AFTER)
    }
}

impl Sub for Day {
    type Output = i32;

    /// The number of days from `other` to this day.
    fn sub(self, other: Day) -> i32 {
        self.0 - other.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        parse(text.as_bytes()).ok_or_else(|| DayError(text.to_owned()))
    }
}

/// Accepts `YYYY-MM-DD` only; chrono's parser also accepts "2026-9-1" and white space.
fn parse(text: &[u8]) -> Option<Day> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    Day::from_ymd(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

#[cfg(feature = "ssr")]
crate::domain::text::schema::schema!(
    Day,
    crate::domain::text::schema::text(
        "A calendar date of the years 1900 to 2169; never converted between time zones.",
        Some("date"),
        "^(19[0-9]|20[0-9]|21[0-6])[0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        "2026-09-30",
    )
);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_iso_dates_only() {
        for text in ["1970-01-01", "2024-02-29", "2026-12-31", "1900-01-01", "2169-12-31"] {
            assert_eq!(text.parse::<Day>().map(|day| day.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "",
            "2026-9-1",
            "2026-02-29",
            "2026-13-01",
            "2026/01/01",
            " 2026-01-01",
            "+026-01-01",
            "1899-12-31",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn counts_days() {
        let day: Day = "2024-02-28".parse().unwrap();
        assert_eq!((day + 2).to_string(), "2024-03-01");
        assert_eq!((day + 2) - day, 2);
        assert_eq!(day.up_to(day + 2).count(), 3);
        assert_eq!(day.up_to(day - 1).count(), 0);
        assert_eq!(Day::from_number(i64::from(day.number())), Ok(day));
        assert!(Day::from_number(1 << 40).is_err());
    }
}
