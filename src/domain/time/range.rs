//! The date range of a report: up to twelve months.

use serde::Serialize;

use crate::domain::{Day, Month};

/// Maximum number of days in a range: twelve months including a leap day.
pub const MAX_DAYS: usize = 366;

/// Days `from` to `to`, both included; at most twelve months, which are 366 days (section 4 of
/// docs/semantics.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Range {
    from: Day,
    to: Day,
}

/// Why two days do not form a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// `to` lies before `from`.
    #[error("the range ends ({to}) before it begins ({from}): swap the two days")]
    Reversed {
        /// The first day given.
        from: Day,
        /// The last day given.
        to: Day,
    },
    /// More than twelve months.
    #[error("the range has {0} days; at most 12 months (366 days) can be asked for at once")]
    TooLong(i32),
}

impl Range {
    /// Checks order and length.
    ///
    /// # Errors
    /// Reversed days, or more than twelve months.
    pub fn new(from: Day, to: Day) -> Result<Self, RangeError> {
        if to < from {
            return Err(RangeError::Reversed { from, to });
        }
        let days = to - from + 1;
        if days > MAX_DAYS as i32 {
            return Err(RangeError::TooLong(days));
        }
        Ok(Range { from, to })
    }

    /// All days of a calendar month.
    pub fn month(month: Month) -> Self {
        Range { from: month.first(), to: month.last() }
    }

    /// The first day.
    pub const fn from(self) -> Day {
        self.from
    }

    /// The last day.
    pub const fn to(self) -> Day {
        self.to
    }

    /// The number of days, 1 to 366.
    pub fn day_count(self) -> usize {
        usize::try_from(self.to - self.from + 1).expect("a range is not reversed")
    }

    /// The days in order.
    pub fn days(self) -> impl DoubleEndedIterator<Item = Day> + ExactSizeIterator + Clone {
        self.from.up_to(self.to)
    }

    /// Whether the day lies inside.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// The zero-based index of a day in the range, if it lies inside.
    pub fn index(self, day: Day) -> Option<usize> {
        self.contains(day).then(|| (day.number() - self.from.number()) as usize)
    }

    /// The calendar month, if the range is exactly one.
    pub fn as_month(self) -> Option<Month> {
        Some(Month::containing(self.from)).filter(|month| Range::month(*month) == self)
    }

    /// "September 2026", or "2026-09-03 to 2026-09-20".
    pub fn label(self) -> String {
        match self.as_month() {
            Some(month) => month.label(),
            None if self.from == self.to => self.from.to_string(),
            None => format!("{} to {}", self.from, self.to),
        }
    }
}

/// The label of the days `from` to `to`; empty if they do not form a range.
pub fn range_label(from: Day, to: Day) -> String {
    Range::new(from, to).map_or_else(|_| String::new(), Range::label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Result<Range, RangeError> {
        Range::new(from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn twelve_months_at_most() {
        assert_eq!(range("2024-01-01", "2024-12-31").unwrap().day_count(), 366);
        assert_eq!(range("2025-03-15", "2026-03-14").unwrap().day_count(), 365);
        assert!(range("2025-03-15", "2026-03-16").is_err());
        assert_eq!(range("2024-02-29", "2025-02-28").unwrap().day_count(), 366);
        assert!(range("2024-02-29", "2025-03-01").is_err());
        assert!(range("2025-02-02", "2025-02-01").is_err());
        assert_eq!(range("2025-02-02", "2025-02-02").unwrap().day_count(), 1);
    }

    #[test]
    fn knows_its_month() {
        assert_eq!(range("2026-09-01", "2026-09-30").unwrap().label(), "September 2026");
        assert_eq!(range("2026-09-01", "2026-09-29").unwrap().as_month(), None);
        assert_eq!(range("2026-09-01", "2026-09-30").unwrap().index("2026-09-03".parse().unwrap()), Some(2));
    }
}
