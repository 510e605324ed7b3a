//! Converts rows of the provider to observations: sorted by day, one per day, each valid. Invalid rows are
//! reported and skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::wire::{self, SeriesRow};
use crate::domain::series::Observation;
use crate::domain::sync::window::Window;

/// Maximum complaints kept in full; further ones are counted.
const MAX_COMPLAINTS: usize = 50;
/// Maximum plausible length of an identifier.
const LONGEST: usize = 255;

/// An observation that could not be stored, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The platform's id of the song; empty if there is only one series.
    pub identifier: String,
    /// The provider's timestamp.
    pub date: String,
    /// The error.
    pub reason: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Complaint { identifier, date, reason } = self;
        match (identifier.as_str(), date.as_str()) {
            ("", "") => write!(f, "{reason}"),
            ("", _) => write!(f, "{date}: {reason}"),
            _ => write!(f, "{identifier}, {date}: {reason}"),
        }
    }
}

/// A parsed time series and the errors of skipped rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeSeries {
    /// Observations by identifier, sorted by day, one per day.
    pub identifiers: BTreeMap<String, Vec<Observation>>,
    /// At most the first 50.
    pub complaints: Vec<Complaint>,
    /// Number of further complaints.
    pub more_complaints: u64,
    /// Identifiers with values, none of them readable.
    pub unread: BTreeSet<String>,
    /// The last days of the window, not requested because the response would be too large.
    pub rest: Option<Window>,
}

/// Collects the rows of a window.
#[derive(Debug)]
pub(super) struct Collector {
    window: Window,
    series: TimeSeries,
    /// Rows with a day inside and outside the window.
    inside: u64,
    outside: u64,
    /// The error of the first unreadable value.
    unread: Option<String>,
    /// Whether all timestamps so far are an hour or two before midnight UTC, which is midnight in Europe.
    is_before_midnight: bool,
}

/// Maximum number of unread identifiers kept.
const UNREAD: usize = 16;

impl Collector {
    pub fn new(window: Window) -> Self {
        let series = TimeSeries::default();
        Collector { window, series, inside: 0, outside: 0, unread: None, is_before_midnight: true }
    }

    /// Adds a row. Order and repetition do not matter: of different values for one day the largest is kept, as S6
    /// of docs/semantics.md does for aliases.
    pub fn add(&mut self, row: &impl SeriesRow) {
        let Some(day) = wire::day_of(row.label()) else {
            self.inside += 1;
            return self.not_read("", row.label(), "it does not begin with a date");
        };
        if !self.window.contains(day) {
            self.outside += 1;
            return;
        }
        self.inside += 1;
        self.is_before_midnight &= is_before_midnight(row.label());
        if !row.has_values() {
            // Harmless among other rows; an error if there are no others.
            self.unread.get_or_insert_with(|| "it has no value".to_owned());
            return;
        }
        for plot in row.plots() {
            let identifier = plot.identifier.trim();
            if identifier.len() > LONGEST || identifier.contains(char::is_control) {
                self.not_read("", row.label(), "its identifier is no identifier");
                continue;
            }
            match plot.value.read() {
                Ok(Some(value)) => {
                    let series = match self.series.identifiers.get_mut(identifier) {
                        Some(series) => series,
                        None => self.series.identifiers.entry(identifier.to_owned()).or_default(),
                    };
                    series.push(Observation { day, value });
                }
                Ok(None) => {}
                Err(reason) => {
                    if self.series.unread.len() < UNREAD {
                        self.series.unread.insert(identifier.to_owned());
                    }
                    self.not_read(identifier, row.label(), &reason);
                }
            }
        }
    }

    /// Records an unreadable row.
    pub fn lost(&mut self, reason: &str) {
        self.inside += 1;
        self.not_read("", "", reason);
    }

    fn not_read(&mut self, identifier: &str, date: &str, reason: &str) {
        self.unread.get_or_insert_with(|| reason.to_owned());
        self.complain(identifier, date, reason);
    }

    /// The error, if nothing could be read.
    pub fn unread(&self) -> Option<&str> {
        self.unread.as_deref().filter(|_| self.series.identifiers.is_empty())
    }

    /// Records that a value could not be stored.
    pub fn complain(&mut self, identifier: &str, date: &str, reason: &str) {
        let date = date.chars().filter(|c| !c.is_control()).take(40).collect();
        let complaint = Complaint { identifier: identifier.to_owned(), date, reason: reason.to_owned() };
        if self.series.complaints.contains(&complaint) {
            return;
        }
        if self.series.complaints.len() < MAX_COMPLAINTS {
            self.series.complaints.push(complaint);
        } else {
            self.series.more_complaints += 1;
        }
    }

    /// Whether there were rows, all of them for other days: the data of the window are then unknown.
    pub fn has_only_other_days(&self) -> bool {
        self.inside == 0 && self.outside > 0
    }

    /// Whether there was a row in the window.
    pub fn has_rows(&self) -> bool {
        self.inside > 0
    }

    /// The observations, sorted, one per day.
    pub fn finish(mut self) -> TimeSeries {
        if self.outside > 0 {
            let reason = format!("{} rows of other days were delivered and not kept", self.outside);
            self.complain("", "", &reason);
        }
        if self.is_before_midnight && !self.series.identifiers.is_empty() {
            let reason = "the timestamps are an hour or two before midnight in UTC: these may be the days before those meant";
            self.complain("", "", reason);
        }
        let identifiers = &self.series.identifiers;
        self.series.unread.retain(|identifier| !identifiers.contains_key(identifier));
        for series in self.series.identifiers.values_mut() {
            series.sort_unstable_by_key(|o| (o.day, std::cmp::Reverse(o.value)));
            series.dedup_by_key(|o| o.day);
        }
        self.series
    }
}

/// "2026-08-31T22:00:00Z" is midnight of September 1 in Europe, converted to UTC.
fn is_before_midnight(label: &str) -> bool {
    let Some((_, time)) = label.split_once('T') else { return false };
    let (hour, offset) = (time.get(..8).unwrap_or_default(), time.get(8..).unwrap_or_default());
    matches!(hour, "22:00:00" | "23:00:00") && matches!(offset, "Z" | "+00:00" | ".000Z")
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::parse;
    use super::super::wire::{ApiPage, SongAudienceRow};
    use super::*;

    fn collect(rows: &[&str]) -> Collector {
        let window = Window::new("2026-09-01".parse().unwrap(), "2026-09-30".parse().unwrap()).unwrap();
        let mut collector = Collector::new(window);
        let body = format!(r#"{{"items":[{}]}}"#, rows.join(","));
        parse::<ApiPage<SongAudienceRow>>(&body)
            .unwrap()
            .items
            .rows
            .iter()
            .for_each(|row| collector.add(row));
        collector
    }

    fn row(day: &str, value: &str) -> String {
        format!(r#"{{"date":"{day}T00:00:00+02:00","plots":[{{"identifier":"a","value":{value}}}]}}"#)
    }

    fn values(series: &TimeSeries) -> Vec<(String, i64)> {
        series.identifiers["a"].iter().map(|o| (o.day.to_string(), o.value)).collect()
    }

    #[test]
    fn order_and_repetition_change_nothing() {
        let rows = [
            row("2026-09-03", "30"),
            row("2026-09-01", "10"),
            row("2026-09-03", "31"),
            row("2026-09-02", "-2"),
        ];
        let expected =
            [("2026-09-01".to_owned(), 10), ("2026-09-02".to_owned(), -2), ("2026-09-03".to_owned(), 31)];
        let forward: Vec<&str> = rows.iter().map(String::as_str).collect();
        let backward: Vec<&str> = rows.iter().chain(&rows).rev().map(String::as_str).collect();
        for rows in [forward, backward] {
            let series = collect(&rows).finish();
            assert_eq!(values(&series), expected);
            assert!(series.complaints.is_empty());
        }
    }

    #[test]
    fn a_bad_value_costs_only_itself() {
        let rows =
            [row("2026-09-01", "10"), row("2026-09-02", "99999999999999999999"), row("2026-09-03", "1.5")];
        let rows: Vec<&str> = rows.iter().map(String::as_str).chain([r#"{"date":"yesterday"}"#]).collect();
        let series = collect(&rows).finish();
        assert_eq!(values(&series), [("2026-09-01".to_owned(), 10)]);
        let complaints: Vec<String> = series.complaints.iter().map(ToString::to_string).collect();
        assert_eq!(
            complaints,
            [
                "a, 2026-09-02T00:00:00+02:00: 99999999999999999999 is larger than can be stored",
                "a, 2026-09-03T00:00:00+02:00: 1.5 is not a whole number",
                "yesterday: it does not begin with a date",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_nothing() {
        assert_eq!(collect(&[&row("2026-09-01", "true")]).unread(), Some("true is not a whole number"));
        assert_eq!(collect(&[r#"{"date":"2026-09-01"}"#]).unread(), Some("it has no value"));
        for nothing in [r#""plots":[]"#, r#""plots":null"#, r#""value":null"#] {
            assert_eq!(
                collect(&[&format!(r#"{{"date":"2026-09-01",{nothing}}}"#)]).unread(),
                None,
                "{nothing}"
            );
        }
        let some = collect(&[&row("2026-09-01", "true"), &row("2026-09-02", "5")]);
        assert_eq!(some.unread(), None);
    }

    #[test]
    fn days_that_were_moved_to_utc_are_warned_of() {
        let at = |times: &[&str]| {
            let rows: Vec<String> = (1..)
                .zip(times)
                .map(|(day, time)| format!(r#"{{"date":"2026-09-0{day}T{time}","value":5}}"#))
                .collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            !collect(&rows).finish().complaints.is_empty()
        };
        assert!(at(&["22:00:00Z", "22:00:00Z"]) && at(&["23:00:00+00:00"]));
        assert!(!at(&["22:00:00Z", "00:00:00Z"]) && !at(&["22:00:00+02:00"]) && !at(&["18:00:01+00:00"]));
    }

    #[test]
    fn rows_of_other_days_are_not_kept() {
        let collector = collect(&[&row("2026-08-31", "1"), &row("2026-10-01", "1")]);
        assert!(collector.has_only_other_days());
        let series = collect(&[&row("2026-08-31", "1"), &row("2026-09-01", "2")]).finish();
        assert_eq!(values(&series), [("2026-09-01".to_owned(), 2)]);
        assert!(series.complaints[0].to_string().starts_with("1 rows of other days"));
    }
}
