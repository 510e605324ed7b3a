//! Client of the Soundcharts API: authentication, limits, retries and typed responses. Facts about the API
//! are in docs/soundcharts.md. All requests go through [`Client`]; nothing here depends on the store.

pub(crate) mod address;
mod artists;
mod attempt;
mod audience;
mod authenticator;
mod charts;
mod client;
pub(crate) mod credentials;
mod error;
mod exchange;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod limiter;
mod pager;
mod quota;
mod referential;
mod request;
mod response_watch;
mod retry;
pub(crate) mod secret;
mod series;
pub(crate) mod settings;
mod songs;
mod status;
mod time_series;
pub mod tls;
mod wire;

pub use address::{Address, AddressError};
pub use artists::SongList;
pub use audience::{ArtistAudience, ArtistStreaming};
pub use charts::{Ranked, RankingDate, frequency};
pub use client::Client;
pub use credentials::{Credentials, TOKEN_URL};
pub use error::{Error, Recovery};
pub use limiter::{Bucket, InMemoryLimiter, Limiter, LimiterError, LimiterFuture};
pub use referential::Referential;
pub use secret::{Secret, SecretError};
pub use series::SeriesAnswer;
pub use settings::{Limits, Settings};
pub use songs::SONGS_AT_ONCE;
pub use time_series::{Complaint, TimeSeries};
pub use wire::{ApiPlatform, Artist, Chart, Genre, Identifier, Song};
