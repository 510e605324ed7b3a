//! The subject of a sync: everything behind a report, by artists and days.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::query::{Country, Period};
use crate::domain::{ArtistId, Day, Query, Range};
use crate::server::error::Error;

/// A normalized request: equal requests share work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Sorted and unique. Artists without a UUID cannot be fetched and are skipped (S20).
    pub artists: Vec<ArtistId>,
    pub from: Day,
    pub to: Day,
    /// Sorted platform codes; empty means all enabled ones.
    pub platforms: Vec<String>,
    /// Country of the charts.
    pub country: Option<Country>,
    /// Whether to fetch everything again.
    pub refresh: bool,
    /// Maximum total requests: an automatic sync starts no round that would exceed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_requests: Option<u32>,
}

impl Request {
    /// The request for everything that a report needs.
    pub fn from_query(query: &Query, refresh: bool) -> Self {
        let range = query.period.range();
        Request {
            artists: query.artists.clone(),
            from: range.from(),
            to: range.to(),
            platforms: query.platforms.clone(),
            country: query.country,
            refresh,
            most_requests: None,
        }
    }

    #[must_use]
    pub fn with_request_limit(self, requests: u32) -> Self {
        Request { most_requests: Some(requests), ..self }
    }

    ///
    /// # Errors
    /// A stored request is damaged.
    pub fn range(&self) -> Result<Range, Error> {
        Range::new(self.from, self.to).map_err(Error::damaged)
    }

    /// The parameter that an error about the days belongs to.
    pub fn field(&self) -> &'static str {
        let month = Range::new(self.from, self.to).ok().and_then(Range::as_month);
        month.map_or("from", |month| Period::Month(month).field())
    }

    /// Deduplication key of open syncs; excludes the limit.
    pub fn key(&self) -> String {
        let same = Request { most_requests: None, ..self.clone() };
        let json = serde_json::to_vec(&same).expect("a request has no keys but texts");
        Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a request has no keys but texts")
    }

    /// Parses a stored request.
    ///
    /// # Errors
    /// A stored request is damaged.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(Error::damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::Parameters;

    fn request(pairs: &[(&str, &str)]) -> Request {
        let mut parameters = Parameters::default();
        for (name, value) in pairs {
            parameters.set(name, value);
        }
        Request::from_query(&parameters.check().unwrap(), false)
    }

    #[test]
    fn one_key_for_one_work() {
        let a = ("artist", "11e81bcc-9c1c-ce38-b96b-a0369fe50396");
        let b = ("artist", "11e81bcc-9c1c-ce38-b96b-a0369fe50397");
        let month = request(&[a, b, ("month", "2026-09")]);
        let days = request(&[b, a, b, ("from", "2026-09-01"), ("to", "2026-09-30"), ("group", "date")]);
        assert_eq!(month.key(), days.key());
        assert_eq!(month.key(), month.clone().with_request_limit(200).key());
        assert_ne!(month.key(), Request { refresh: true, ..month.clone() }.key());
        assert_ne!(month.key(), request(&[a, ("month", "2026-09")]).key());
        assert_eq!(Request::from_json(&month.to_json()).unwrap(), month);
    }
}
