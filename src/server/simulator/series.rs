//! Pages of series: windows, order, truncation, and the log entry of what was fetched.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::bent_series::{CorruptibleRow, corrupt_rows};
use super::endpoint::Endpoint;
use super::journal::FetchedWindowPage;
use super::page::MOST;
use super::refusal::Refusal;
use super::request::SimRequest;
use crate::domain::Day;
use crate::domain::series::Observation;

/// Rows of a truncated response.
const TRUNCATED: usize = 15;

/// A requested series and window.
#[derive(Debug, Clone)]
pub struct SeriesQuery {
    /// Type of series.
    pub endpoint: Endpoint,
    /// Song or artist.
    pub of: Uuid,
    /// The platform's code.
    pub platform: String,
    /// Requested days.
    pub days: (Day, Day),
}

impl SeriesQuery {
    /// Parses the window of a request.
    pub fn new(ask: &SimRequest, endpoint: Endpoint, of: Uuid, platform: &str) -> Result<Self, Refusal> {
        Ok(SeriesQuery { endpoint, of, platform: platform.to_owned(), days: ask.window()? })
    }

    /// The observations within the window and up to today.
    pub fn within<'a>(&self, ask: &SimRequest, observations: &'a [Observation]) -> &'a [Observation] {
        let (from, to) = (self.days.0, self.days.1.min(ask.simulator.today()));
        let first = observations.partition_point(|o| o.day < from);
        let rest = &observations[first..];
        &rest[..rest.partition_point(|o| o.day <= to)]
    }

    /// The requested page of the window's rows, sorted by day.
    pub fn answer<T: CorruptibleRow + Serialize>(
        self,
        ask: &SimRequest,
        related: Value,
        mut rows: Vec<T>,
        is_descending: bool,
    ) -> Result<Response, Refusal> {
        let slice = ask.slice(MOST)?;
        let (from, to) = self.days;
        let total = rows.len();
        let is_truncated =
            ask.simulator.state().knobs.truncate_over_days.is_some_and(|most| to - from >= most as i32);
        // Truncated responses are always descending.
        if ask.is_descending("sort", is_descending)? || is_truncated {
            rows.reverse();
        }
        if is_truncated {
            rows.truncate(TRUNCATED);
        }
        let more = !is_truncated && slice.offset.saturating_add(slice.limit) < total;
        let mut rows: Vec<T> = rows.into_iter().skip(slice.offset).take(slice.limit).collect();
        let (endpoint, of, platform) = (self.endpoint, self.of, self.platform);
        let unit =
            FetchedWindowPage { endpoint, of, platform, from, to, offset: slice.offset, rows: rows.len() };
        corrupt_rows(ask, &mut rows);
        let mut response = ask.page(slice, Some(related), rows, total, more);
        response.extensions_mut().insert(unit);
        Ok(response)
    }
}
