//! Client of the Soundcharts API: authentication, limits, retries and typed responses. Facts about the API
//! are in docs/soundcharts.md. All requests go through [`Client`]; nothing here depends on the store.

mod address;
mod answer;
mod artists;
mod ask;
mod attempt;
mod audience;
mod charts;
mod client;
mod credentials;
mod door;
mod error;
mod exchange;
#[cfg(any(test, fuzzing))]
pub mod hostile;
mod limiter;
mod metric;
mod options;
mod pager;
mod quota;
mod referential;
mod retry;
mod secret;
mod settings;
mod silence;
mod songs;
mod time_series;
pub mod tls;
mod window;
mod wire;

pub use address::{Address, AddressError};
pub use artists::SongList;
pub use audience::{ArtistAudience, ArtistStreaming};
pub use charts::{Ranked, RankingDate, frequency};
pub use client::Client;
pub use credentials::{Credentials, TOKEN_URL};
pub use error::{Error, Outlook};
pub use limiter::{Bucket, Limiter, LimiterError, PerMinute, Waiting};
pub use metric::Answer;
pub use options::{BASE_URL, Options};
pub use quota::QuotaLeft;
pub use referential::Referential;
pub use secret::{Secret, SecretError};
pub use settings::{Limits, Settings};
pub use songs::SONGS_AT_ONCE;
pub use time_series::{Complaint, TimeSeries};
pub use window::{MAX_DAYS, Window};
pub use wire::{Artist, Chart, Genre, Identifier, Platform, Song};
