//! Paginated lists. The URL of the next page is never followed: only its offset is used, or else the number
//! of rows received.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::client::Client;
use super::error::Error;
use super::request::ApiRequest;
use super::wire::{ApiPage, PageInfo, Single};

/// Rows per page, the provider's maximum.
const PAGE: u64 = 100;
/// Maximum pages of a list, whatever is announced ...
const MOST_PAGES: u64 = 1000;
/// ... and maximum rows beyond the announced number.
const SPARE_ROWS: u64 = 10 * PAGE;

/// The rows of a list that the provider delivered.
#[derive(Debug)]
pub(super) struct ListRows<T, R = IgnoredAny> {
    /// Metadata of the list, from its first page.
    pub related: Option<R>,
    /// In the provider's order.
    pub items: Vec<T>,
    /// Announced number of rows; `None` if not given.
    pub announced: Option<u64>,
    /// Number of received rows, including unreadable ones.
    pub delivered: u64,
    /// Errors of unreadable rows.
    pub unreadable: Vec<String>,
    /// Whether reading stopped early on purpose.
    is_enough: bool,
}

impl Client {
    /// Reads all pages of a list. The last page is one that is empty, repeats the previous one, or has no
    /// successor.
    pub(super) async fn rows<T, R>(&self, ask: &ApiRequest) -> Result<ListRows<T, R>, Error>
    where
        T: DeserializeOwned + PartialEq + Send + 'static,
        R: DeserializeOwned + Send + 'static,
    {
        self.rows_until(ask, |_| false).await
    }

    /// Like [`Self::rows`], but stops after the first page that is `enough`.
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

    /// Reads a list that is useless unless complete.
    ///
    /// # Errors
    /// [`Error::MissingRows`] if there are fewer rows than announced.
    pub(super) async fn list<T: DeserializeOwned + PartialEq + Send + 'static>(
        &self,
        ask: &ApiRequest,
    ) -> Result<Vec<T>, Error> {
        let rows = self.rows::<T, IgnoredAny>(ask).await?;
        rows.ensure_complete(ask)?;
        Ok(rows.items)
    }

    /// Requests a single object.
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

/// The offset of the next page, if any: from the next page's URL; otherwise the number of received rows, as long as
/// fewer came than announced or a page without list metadata is full.
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

/// The offset in a URL's query.
fn offset_in(link: &str) -> Option<u64> {
    let (_, query) = link.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "offset")?.1.parse().ok()
}

impl<T, R> ListRows<T, R> {
    /// Checks that all announced rows came.
    ///
    /// # Errors
    /// [`Error::MissingRows`].
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
