//! Pagination: `limit` defaults to 100 and never exceeds it; `next` and `previous` are paths with a query,
//! without a host.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::fault::Fault;
use super::refusal::Refusal;
use super::request::SimRequest;

/// Maximum items per page.
pub const MOST: usize = 100;
/// Percentage of the requested rows in a short page (the fault `short_pages`).
const SHORT: usize = 75;

/// Position and size of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Rows before the page.
    pub offset: usize,
    /// Maximum rows of the page.
    pub limit: usize,
}

/// Page metadata.
#[derive(Debug, Serialize)]
struct Page {
    offset: usize,
    limit: usize,
    next: Option<String>,
    previous: Option<String>,
    total: usize,
}

/// A page with metadata, as serialized.
#[derive(Debug, Serialize)]
struct Collection<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<Value>,
    items: Vec<T>,
    page: Page,
    errors: [(); 0],
}

impl SimRequest {
    /// The requested page, with at most `most` rows.
    pub fn slice(&self, most: usize) -> Result<Slice, Refusal> {
        let offset = self.number("offset")?.unwrap_or(0);
        let limit = self.number("limit")?.unwrap_or(most);
        if (1..=most).contains(&limit) {
            Ok(Slice { offset, limit })
        } else {
            Err(Refusal::argument(format!("Limit must be between 1 and {most}.")))
        }
    }

    /// The path and query of another page of the same list.
    fn link(&self, offset: usize, limit: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().filter(|(name, _)| name != "offset" && name != "limit"));
        query.append_pair("offset", &offset.to_string()).append_pair("limit", &limit.to_string());
        format!("{}?{}", self.path, query.finish())
    }

    /// A page of selected rows; `more` tells whether there is a next one.
    pub fn page<T: Serialize>(
        &self,
        slice: Slice,
        related: Option<Value>,
        items: Vec<T>,
        total: usize,
        more: bool,
    ) -> Response {
        let Slice { offset, limit } = slice;
        let next = if self.has(Fault::NextLoops) {
            Some(self.link(offset, limit))
        } else if self.has(Fault::NextElsewhere) {
            Some(format!("http://198.51.100.1{}", self.link(offset + limit, limit)))
        } else if self.has(Fault::NextBeyond) {
            Some(self.link(total + 1_000, limit))
        } else {
            more.then(|| self.link(offset + limit, limit))
        };
        let previous = (offset > 0).then(|| self.link(offset.saturating_sub(limit), limit));
        let page = Page { offset, limit, next, previous, total };
        Json(Collection { related, items, page, errors: [] }).into_response()
    }

    /// Selects the requested page from all rows.
    pub fn list<T: Serialize>(&self, slice: Slice, related: Option<Value>, rows: Vec<T>) -> Response {
        let Slice { offset, limit } = slice;
        let limit = if self.has(Fault::ShortPages) { (limit * SHORT / 100).max(1) } else { limit };
        let slice = Slice { offset, limit };
        let total = rows.len();
        let items = rows.into_iter().skip(slice.offset).take(slice.limit).collect();
        self.page(slice, related, items, total, slice.offset.saturating_add(slice.limit) < total)
    }
}

pub fn object(kind: &str, object: Value) -> Response {
    Json(serde_json::json!({"type": kind, "object": object, "errors": []})).into_response()
}
