//! Sync: fetches what the database lacks for a report from the provider, once, by whichever process runs a
//! worker, and survives restarts. A [`Request`] is planned ([`mod@plan`]) into units of work, which are rows
//! of the database; a [`Worker`] claims units, queries the provider and writes the results in batches, each
//! one transaction together with the completion of its units. When all units of a sync are complete, the next
//! round is planned, because songs and the days around a range are known only then; a sync without a further
//! round is complete.

mod about;
mod brought;
mod days;
mod fetch;
mod keep;
mod limiter;
mod pace;
pub mod plan;
mod provider;
mod request;
mod rounds;
mod start;
mod status;
mod stock;
mod store;
mod survey;
mod sweep;
mod worker;

pub use pace::Pace;
pub use provider::{Kind, Provider};
pub use request::Request;
pub use start::{Started, cancel, plan, retry, start};
pub use status::{list, of_request, status};
pub use worker::{Worker, Workers};
