//! Queries for tests.

#![allow(dead_code, reason = "every test crate uses its own part")]

use music_analytics::domain::query::Parameters;
use music_analytics::domain::{Day, Query, Range};
use music_analytics::server::sync::Request;

use super::catalogue::{artist, months};

/// Artists, days and an optional country.
#[derive(Debug, Clone)]
pub struct ReportSpec {
    pub artists: Vec<usize>,
    pub from: Day,
    pub to: Day,
    pub country: Option<&'static str>,
}

impl ReportSpec {
    /// A month that is past, including the days around it.
    pub fn month(artists: &[usize]) -> Self {
        let [month, _] = months();
        ReportSpec { artists: artists.to_vec(), from: month.first(), to: month.last(), country: None }
    }

    /// That month and the next one.
    pub fn two_months(artists: &[usize]) -> Self {
        let [_, last] = months();
        ReportSpec { to: last.last(), ..Self::month(artists) }
    }

    pub fn range(&self) -> Range {
        Range::new(self.from, self.to).unwrap()
    }

    pub fn query(&self) -> Query {
        let parameters = Parameters {
            artists: self.artists.iter().map(|number| artist(*number).to_string()).collect(),
            from: Some(self.from.to_string()),
            to: Some(self.to.to_string()),
            country: self.country.map(str::to_owned),
            ..Parameters::default()
        };
        parameters.check().unwrap()
    }

    pub fn request(&self) -> Request {
        Request::from_query(&self.query(), false)
    }
}
