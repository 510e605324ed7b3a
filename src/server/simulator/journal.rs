//! A log of requests and results, for tests that count requests and fetched windows.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use uuid::Uuid;

use super::endpoint::Endpoint;
use super::fault::Fault;
use crate::domain::Day;

/// A logged request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// `None` if no route matched.
    pub endpoint: Option<Endpoint>,
    /// Path and query, unparsed.
    pub line: String,
    /// Response status; `None` while in progress or if the client disconnected.
    pub status: Option<u16>,
    /// The fault applied.
    pub faults: Vec<Fault>,
    /// The window of a series that was returned.
    pub unit: Option<FetchedWindowPage>,
}

/// A page of a window of a series.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FetchedWindowPage {
    /// Type of series.
    pub endpoint: Endpoint,
    /// Song or artist.
    pub of: Uuid,
    /// The platform's code.
    pub platform: String,
    /// First requested day.
    pub from: Day,
    /// Last requested day.
    pub to: Day,
    /// Rows before this page.
    pub offset: usize,
    /// Rows on this page.
    pub rows: usize,
}

/// Request counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Received requests.
    pub received: u64,
    /// Requests answered with a success status, even with a faulty body.
    pub answered: u64,
}

/// The requests since the start or the last reset.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Journal {
    /// All requests.
    pub all: Counts,
    pub by_endpoint: BTreeMap<Endpoint, Counts>,
    /// The newest requests in order of arrival; their number is a setting.
    pub entries: VecDeque<Entry>,
    /// Number of older requests that were dropped.
    #[serde(skip)]
    forgotten: u64,
    /// Distinguishes entries from before a reset.
    #[serde(skip)]
    era: u64,
}

/// Position of an entry whose request is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalSlot {
    era: u64,
    number: u64,
    endpoint: Option<Endpoint>,
}

impl Journal {
    /// Records a request.
    pub fn begin(
        &mut self,
        endpoint: Option<Endpoint>,
        line: &str,
        faults: &[Fault],
        remembered: usize,
    ) -> JournalSlot {
        let place = JournalSlot { era: self.era, number: self.all.received, endpoint };
        self.each_count(endpoint, |counts| counts.received += 1);
        let (line, faults) = (line.to_owned(), faults.to_vec());
        self.entries.push_back(Entry { endpoint, line, status: None, faults, unit: None });
        while self.entries.len() > remembered {
            self.entries.pop_front();
            self.forgotten += 1;
        }
        place
    }

    /// Records its result.
    pub fn end(&mut self, place: JournalSlot, status: u16, unit: Option<FetchedWindowPage>) {
        if place.era != self.era {
            return;
        }
        if (200..300).contains(&status) {
            self.each_count(place.endpoint, |counts| counts.answered += 1);
        }
        let at = place.number.checked_sub(self.forgotten).map(|at| at as usize);
        if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
            entry.status = Some(status);
            entry.unit = unit;
        }
    }

    pub fn reset(&mut self) {
        *self = Journal { era: self.era + 1, ..Journal::default() };
    }

    pub fn counts_for(&self, endpoint: Endpoint) -> Counts {
        self.by_endpoint.get(&endpoint).copied().unwrap_or_default()
    }

    /// How often each page of each window was returned, among the logged requests.
    pub fn units(&self) -> BTreeMap<&FetchedWindowPage, u32> {
        let mut units = BTreeMap::new();
        for unit in self.entries.iter().filter_map(|entry| entry.unit.as_ref()) {
            *units.entry(unit).or_default() += 1;
        }
        units
    }

    /// Number of days of each series returned more than once, including overlapping windows, among the logged
    /// requests.
    pub fn days_fetched_again(&self) -> BTreeMap<(Endpoint, Uuid, &str), u32> {
        let mut days: BTreeMap<_, u32> = BTreeMap::new();
        for unit in
            self.entries.iter().filter_map(|entry| entry.unit.as_ref()).filter(|unit| unit.offset == 0)
        {
            for day in unit.from.up_to(unit.to) {
                *days.entry((unit.endpoint, unit.of, unit.platform.as_str(), day)).or_default() += 1;
            }
        }
        let mut again = BTreeMap::new();
        for ((endpoint, of, platform, _), _) in days.into_iter().filter(|(_, times)| *times > 1) {
            *again.entry((endpoint, of, platform)).or_default() += 1;
        }
        again
    }

    fn each_count(&mut self, endpoint: Option<Endpoint>, count: impl Fn(&mut Counts)) {
        count(&mut self.all);
        if let Some(endpoint) = endpoint {
            count(self.by_endpoint.entry(endpoint).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_the_newest_and_counts_all() {
        let mut journal = Journal::default();
        let places: Vec<JournalSlot> =
            (0..5).map(|n| journal.begin(Some(Endpoint::Song), &format!("/{n}"), &[], 3)).collect();
        places.iter().for_each(|place| journal.end(*place, 200, None));
        assert_eq!(journal.counts_for(Endpoint::Song), Counts { received: 5, answered: 5 });
        let lines: Vec<&str> = journal.entries.iter().map(|entry| entry.line.as_str()).collect();
        assert_eq!(lines, ["/2", "/3", "/4"]);
        assert!(journal.entries.iter().all(|entry| entry.status == Some(200)));
        journal.reset();
        journal.end(places[4], 200, None);
        assert_eq!(journal.all, Counts::default());
    }

    #[test]
    fn overlapping_windows_are_seen() {
        let mut journal = Journal::default();
        let day = |number| Day::from_number(number).unwrap();
        for (from, to) in [(0, 9), (10, 19), (18, 30)] {
            let place = journal.begin(None, "", &[], 10);
            let (endpoint, of, platform) = (Endpoint::SongAudience, Uuid::nil(), "spotify".to_owned());
            let unit = FetchedWindowPage {
                endpoint,
                of,
                platform,
                from: day(from),
                to: day(to),
                offset: 0,
                rows: 1,
            };
            journal.end(place, 200, Some(unit));
        }
        let again = BTreeMap::from([((Endpoint::SongAudience, Uuid::nil(), "spotify"), 2)]);
        assert_eq!(journal.days_fetched_again(), again);
    }
}
