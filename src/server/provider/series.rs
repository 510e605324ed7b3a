//! A time series over a date window. Where rows are missing, the window is halved and requested again, down
//! to single days, as long as that yields more. Where the response would be too large, only the first days
//! are requested.

use serde::de::{DeserializeOwned, IgnoredAny};

use super::client::Client;
use super::error::Error;
use super::pager::ListRows;
use super::request::ApiRequest;
use super::time_series::{Collector, TimeSeries};
use super::wire::{SeriesRow, Unread};
use crate::domain::sync::window::Window;

/// The provider's data for an entity, platform and window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeriesAnswer<T> {
    /// Data; may be empty: the pair exists without data on these days.
    Data(T),
    /// 404: no data for this pair on any day.
    NoData {
        /// The provider's message.
        reason: String,
    },
}

impl<T> SeriesAnswer<T> {
    /// Converts the data.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> SeriesAnswer<U> {
        match self {
            SeriesAnswer::Data(data) => SeriesAnswer::Data(change(data)),
            SeriesAnswer::NoData { reason } => SeriesAnswer::NoData { reason },
        }
    }
}

/// Result of one request over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowRows {
    /// All rows.
    Whole { delivered: u64 },
    /// Rows are missing.
    Cut { delivered: u64, announced: u64 },
}

impl Client {
    /// The observations of a window, or of as many of its first days as fit in one response; [`TimeSeries::rest`]
    /// is the remainder. The number of days is remembered for the series.
    ///
    /// # Errors
    /// Those of [`Client::series`]; [`Error::TooLarge`] if a single day does not fit.
    pub(super) async fn first_days<T>(
        &self,
        ask: &ApiRequest,
        window: Window,
    ) -> Result<SeriesAnswer<TimeSeries>, Error>
    where
        T: SeriesRow + DeserializeOwned + 'static,
    {
        let mut days = self.0.days_at_once.get(ask.path()).unwrap_or_else(|| window.days());
        loop {
            let (first, rest) = window.split(days);
            match self.series::<T>(ask, first).await {
                Err(Error::TooLarge { .. }) if first.days() > 1 => {
                    days = first.days() / 2;
                    self.0.days_at_once.insert(ask.path().to_owned(), days);
                }
                answer => return Ok(answer?.map(|series| TimeSeries { rest, ..series })),
            }
        }
    }

    /// The observations of a window.
    ///
    /// # Errors
    /// Those of every request; [`Error::MissingRows`] or [`Error::WrongDays`] if rows were announced or delivered
    /// and none of them is in this window, because that must not be taken for "no data".
    pub(super) async fn series<T>(
        &self,
        ask: &ApiRequest,
        window: Window,
    ) -> Result<SeriesAnswer<TimeSeries>, Error>
    where
        T: SeriesRow + DeserializeOwned + 'static,
    {
        let mut collected = Collector::new(window);
        let first = match self.piece::<T>(ask, window, &mut collected).await {
            Err(Error::NotFound { message, .. }) => return Ok(no_data(message)),
            first => first?,
        };
        let mut announced = 0;
        let mut open = vec![(window, first)];
        while let Some((window, piece)) = open.pop() {
            let WindowRows::Cut { delivered: before, announced: rows } = piece else { continue };
            announced = announced.max(rows);
            let Some(halves) = window.halves() else {
                complain(&mut collected, window, piece);
                continue;
            };
            let mut pieces = Vec::with_capacity(2);
            for half in halves {
                match self.piece::<T>(ask, half, &mut collected).await {
                    Err(Error::NotFound { .. }) => {}
                    piece => pieces.push((half, piece?)),
                }
            }
            let after: u64 = pieces.iter().map(|(_, piece)| piece.delivered()).sum();
            if after > before {
                open.extend(pieces);
            } else {
                pieces.into_iter().for_each(|(window, piece)| complain(&mut collected, window, piece));
            }
        }
        let what = || ask.what().to_owned();
        if collected.has_only_other_days() {
            return Err(Error::WrongDays { what: what() });
        }
        if announced > 0 && !collected.has_rows() {
            return Err(Error::MissingRows { what: what(), delivered: 0, announced });
        }
        if let Some(reason) = collected.unread() {
            return Err(Error::Unreadable { what: what(), reason: reason.to_owned() });
        }
        Ok(SeriesAnswer::Data(collected.finish()))
    }

    /// Reads all pages of one window.
    async fn piece<T>(
        &self,
        ask: &ApiRequest,
        window: Window,
        into: &mut Collector,
    ) -> Result<WindowRows, Error>
    where
        T: SeriesRow + DeserializeOwned + 'static,
    {
        let rows: ListRows<Unread<T>, IgnoredAny> = self.rows(&ask.clone().within(window)).await?;
        for (place, row) in rows.items.into_iter().enumerate() {
            match row.read(place) {
                Ok(row) => into.add(&row),
                Err(reason) => into.lost(&reason),
            }
        }
        rows.unreadable.iter().for_each(|reason| into.lost(reason));
        let (delivered, announced) = (rows.delivered, rows.announced.unwrap_or_default());
        Ok(if announced > delivered {
            WindowRows::Cut { delivered, announced }
        } else {
            WindowRows::Whole { delivered }
        })
    }
}

impl WindowRows {
    const fn delivered(self) -> u64 {
        match self {
            WindowRows::Whole { delivered } | WindowRows::Cut { delivered, .. } => delivered,
        }
    }
}

fn no_data<T>(message: String) -> SeriesAnswer<T> {
    SeriesAnswer::NoData { reason: if message.is_empty() { "Not found.".to_owned() } else { message } }
}

/// Reports missing rows that no further request returns.
fn complain(collected: &mut Collector, window: Window, piece: WindowRows) {
    if let WindowRows::Cut { delivered, announced } = piece {
        let (from, to) = (window.from(), window.to());
        let reason = format!("of {announced} rows that were announced {delivered} were delivered");
        collected.complain(
            "",
            &if from == to { from.to_string() } else { format!("{from} to {to}") },
            &reason,
        );
    }
}
