//! A request to the provider, always a GET.

use std::fmt::Display;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::Error;
use crate::domain::sync::window::Window;

/// Everything except the unreserved characters of RFC 3986: a `+` in a path must not become a space, nor a `/` in a
/// name another path segment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Path and query of a request, with its description for messages.
#[derive(Debug, Clone)]
pub(super) struct ApiRequest {
    what: String,
    path: String,
    query: Vec<(&'static str, String)>,
}

impl ApiRequest {
    /// A request with these path segments, each encoded. `what` completes "Soundcharts refused ...".
    ///
    /// # Errors
    /// A segment that a path cannot contain: empty, `.` or `..`.
    pub fn new<'a>(
        what: impl Into<String>,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        let mut path = String::new();
        for segment in segments {
            if matches!(segment, "" | "." | "..") {
                return Err(Error::InvalidPathSegment { text: segment.to_owned() });
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, ENCODED));
        }
        Ok(ApiRequest { what: what.into(), path, query: Vec::new() })
    }

    /// Adds a query parameter.
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        self.query.push((key, value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub fn with_some(self, key: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds the days of a window.
    pub fn within(self, window: Window) -> Self {
        self.with("startDate", window.from()).with("endDate", window.to())
    }

    /// Adds the position of a page.
    pub fn page(&self, offset: u64, limit: u64) -> Self {
        self.clone().with("offset", offset).with("limit", limit)
    }

    /// Description for messages.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The encoded path with its leading slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Unencoded keys and values.
    pub fn query(&self) -> &[(&'static str, String)] {
        &self.query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_segment_is_encoded() {
        let api_request =
            ApiRequest::new("x", ["chart", "2020-10-06T18:00:01+00:00", "/g/11c75ypgws", "100%"]).unwrap();
        assert_eq!(api_request.path(), "/chart/2020-10-06T18%3A00%3A01%2B00%3A00/%2Fg%2F11c75ypgws/100%25");
        for segment in ["", ".", ".."] {
            assert!(ApiRequest::new("x", ["a", segment]).is_err());
        }
    }
}
