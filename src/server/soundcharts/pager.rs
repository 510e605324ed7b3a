//! Lists that come in pages. The next page's address is never followed: an offset of our own is, as
//! long as there is one.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::ask::Ask;
use super::client::Client;
use super::error::Error;
use super::wire::{Page, Single};

/// Rows of a page, as many as the provider allows.
const PAGE: u64 = 100;
/// Pages after which a list is taken to be endless: so many whatever is announced ...
const MOST: u64 = 1000;
/// ... and so many more than the announced rows need.
const SPARE: u64 = 10;

/// A list as far as the provider would deliver it.
#[derive(Debug)]
pub(super) struct Rows<T, R = IgnoredAny> {
    /// What the list is about, by its first page.
    pub related: Option<R>,
    /// In the order of the provider.
    pub items: Vec<T>,
    /// How many rows the provider says there are.
    pub announced: u64,
    /// Up to which row it was asked.
    reached: u64,
    pages: u64,
}

impl Client {
    /// All pages of a list. A page that is empty, that repeats the one before it, or after which the
    /// provider says nothing follows, is the last.
    pub(super) async fn rows<T, R>(&self, ask: &Ask) -> Result<Rows<T, R>, Error>
    where
        T: DeserializeOwned + PartialEq + Send + 'static,
        R: DeserializeOwned + Send + 'static,
    {
        self.rows_until(ask, |_| false).await
    }

    /// The same, but no page is asked for after one that is `enough`.
    pub(super) async fn rows_until<T, R>(
        &self,
        ask: &Ask,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Rows<T, R>, Error>
    where
        T: DeserializeOwned + PartialEq + Send + 'static,
        R: DeserializeOwned + Send + 'static,
    {
        let mut rows = Rows { related: None, items: Vec::new(), announced: 0, reached: 0, pages: 0 };
        let mut before = 0;
        for number in 0..MOST {
            if number > 0 && rows.announced > 0 && number > rows.announced / PAGE + SPARE {
                break;
            }
            let offset = number * PAGE;
            let Page { related, items, page, .. } = self.get::<Page<T, R>>(&ask.page(offset, PAGE)).await?;
            rows.related = rows.related.or(related);
            rows.announced = rows.announced.max(page.total.unwrap_or(0));
            if items.is_empty() || items[..] == rows.items[before..] {
                return Ok(rows);
            }
            let is_enough = enough(&items);
            rows.reached = if is_enough { u64::MAX } else { offset + PAGE };
            rows.pages = number + 1;
            before = rows.items.len();
            rows.items.extend(items);
            if is_enough || page.next.is_none() {
                return Ok(rows);
            }
        }
        Err(Error::Endless { what: ask.what().to_owned(), pages: rows.pages })
    }

    /// All rows of a list that is worth nothing in part.
    ///
    /// # Errors
    /// [`Error::LeftOut`] where the list ends before the number of rows that was announced.
    pub(super) async fn list<T: DeserializeOwned + PartialEq + Send + 'static>(
        &self,
        ask: &Ask,
    ) -> Result<Vec<T>, Error> {
        let rows = self.rows::<T, IgnoredAny>(ask).await?;
        rows.check(ask)?;
        Ok(rows.items)
    }

    /// One thing.
    pub(super) async fn single<T: DeserializeOwned + Send + 'static>(&self, ask: &Ask) -> Result<T, Error> {
        let Single { object, .. } = self.get(ask).await?;
        object.ok_or_else(|| {
            let (path, reason) = ("object".to_owned(), "it is missing".to_owned());
            Error::Malformed { what: ask.what().to_owned(), path, reason }
        })
    }
}

impl<T, R> Rows<T, R> {
    /// How many rows came.
    pub fn delivered(&self) -> u64 {
        self.items.len() as u64
    }

    /// Whether every announced row was asked for. A page may hold fewer rows than it could.
    ///
    /// # Errors
    /// [`Error::LeftOut`].
    pub fn check(&self, ask: &Ask) -> Result<(), Error> {
        if self.reached >= self.announced {
            return Ok(());
        }
        let (what, delivered, announced) = (ask.what().to_owned(), self.delivered(), self.announced);
        Err(Error::LeftOut { what, delivered, announced })
    }
}
