//! Paginated lists. The URL of the next page is never followed: only its offset is used, or else the number
//! of rows received.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::wire::{ApiPage, PageInfo, Single};

/// Rows of a page, as many as the provider allows.
const PAGE: u64 = 100;
/// Maximum pages of a list, whatever is announced ...
const MOST_PAGES: u64 = 1000;
/// ... and maximum rows beyond the announced number.
const SPARE_ROWS: u64 = 10 * PAGE;

/// A list as far as the provider would deliver it.
#[derive(Debug)]
pub(super) struct ListRows<T, R = IgnoredAny> {
    /// Metadata of the list, from its first page.
    pub related: Option<R>,
    /// In the order of the provider.
    pub items: Vec<T>,
    /// Announced number of rows; `None` if not given.
    pub announced: Option<u64>,
    /// How many rows came, those that could not be read included.
    pub delivered: u64,
    /// Why rows could not be read.
    pub unreadable: Vec<String>,
    /// Whether the rest was not asked for.
    is_enough: bool,
}

impl Client {
    /// All pages of a list. A page that is empty, that repeats the one before it, or after which nothing follows, is
    /// the last.
    pub(super) async fn rows<T, R>(&self, ask: &ApiRequest) -> Result<ListRows<T, R>, Error>
    where
        T: DeserializeOwned + PartialEq + Send + 'static,
        R: DeserializeOwned + Send + 'static,
    {
        self.rows_until(ask, |_| false).await
    }

    /// The same, but no page is asked for after one that is `enough`.
    pub(super) async fn rows_until<T, R>(
        &self,
        ask: &ApiRequest,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<ListRows<T, R>, Error>
    where
        T: DeserializeOwned + PartialEq + Send + 'static,
        R: DeserializeOwned + Send + 'static,
    {
        let mut rows = ListRows {
            related: None,
            items: Vec::new(),
            announced: None,
            delivered: 0,
            unreadable: Vec::new(),
            is_enough: false,
        };
        let (mut offset, mut before) = (0, 0);
        for _ in 0..MOST_PAGES {
            let ApiPage { related, items, page, .. } =
                self.get::<ApiPage<T, R>>(&ask.page(offset, PAGE)).await?;
            rows.related = rows.related.or(related);
            rows.announced = rows.announced.max(page.as_ref().and_then(|page| page.total));
            let came = items.delivered();
            if came == 0 || (items.lost.is_empty() && items.rows[..] == rows.items[before..]) {
                return Ok(rows);
            }
            if items.rows.is_empty() && rows.items.is_empty() {
                let (path, reason) = items.lost[0].clone();
                return Err(Error::Malformed { what: ask.what().to_owned(), path, reason });
            }
            rows.is_enough = enough(&items.rows);
            rows.delivered += came;
            rows.unreadable.extend(items.lost.into_iter().map(|(path, reason)| format!("{path}: {reason}")));
            before = rows.items.len();
            rows.items.extend(items.rows);
            let Some(next) = next_offset(page.as_ref(), offset, came, &rows) else { return Ok(rows) };
            offset = next;
            if rows.announced.is_some_and(|announced| rows.delivered > announced + SPARE_ROWS) {
                break;
            }
        }
        Err(Error::EndlessPagination { what: ask.what().to_owned(), rows: rows.delivered })
    }

    /// All rows of a list that is worth nothing in part.
    ///
    /// # Errors
    /// [`Error::LeftOut`] where the list ends before the number of rows that was announced.
    pub(super) async fn list<T: DeserializeOwned + PartialEq + Send + 'static>(
        &self,
        ask: &ApiRequest,
    ) -> Result<Vec<T>, Error> {
        let rows = self.rows::<T, IgnoredAny>(ask).await?;
        rows.ensure_complete(ask)?;
        Ok(rows.items)
    }

    /// One thing.
    pub(super) async fn single<T: DeserializeOwned + Send + 'static>(
        &self,
        ask: &ApiRequest,
    ) -> Result<T, Error> {
        let Single { object, .. } = self.get(ask).await?;
        object.ok_or_else(|| {
            let (path, reason) = ("object".to_owned(), "it is missing".to_owned());
            Error::Malformed { what: ask.what().to_owned(), path, reason }
        })
    }
}

/// Where the next page begins, if there is one: where the address of the next page says; without one, after the rows
/// that came, while fewer came than were announced, or while a page that says nothing about the list is full.
fn next_offset<T, R>(page: Option<&PageInfo>, offset: u64, came: u64, rows: &ListRows<T, R>) -> Option<u64> {
    let following = offset + came;
    let is_last = match (page.map(|page| page.next.as_deref()), rows.announced) {
        _ if rows.is_enough => true,
        (Some(Some(link)), _) => {
            return Some(offset_in(link).filter(|next| *next > offset).unwrap_or(following));
        }
        (_, Some(announced)) => rows.delivered >= announced,
        (Some(None), None) => true,
        (None, None) => came < PAGE,
    };
    (!is_last).then_some(following)
}

/// The offset in the query of an address.
fn offset_in(link: &str) -> Option<u64> {
    let (_, query) = link.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "offset")?.1.parse().ok()
}

impl<T, R> ListRows<T, R> {
    /// Whether every announced row came.
    ///
    /// # Errors
    /// [`Error::LeftOut`].
    pub fn ensure_complete(&self, ask: &ApiRequest) -> Result<(), Error> {
        if !self.unreadable.is_empty() {
            tracing::warn!(
                list = ask.what(),
                rows = self.unreadable.len(),
                reason = self.unreadable[0],
                "skipped unreadable rows"
            );
        }
        let announced = self.announced.unwrap_or_default();
        if self.is_enough || self.delivered >= announced {
            return Ok(());
        }
        Err(Error::MissingRows { what: ask.what().to_owned(), delivered: self.delivered, announced })
    }
}
