//! Sync: fetches what the database lacks for a report from the provider, once, by whichever process runs a
//! worker, and survives restarts. A [`Request`] is planned ([`mod@plan`]) into units of work, which are rows
//! of the database; a [`Worker`] claims units, queries the provider and writes the results in batches, each
//! one transaction together with the completion of its units. When all units of a sync are complete, the next
//! round is planned, because songs and the days around a range are known only then; a sync without a further
//! round is complete.

mod batch;
mod catalogue_snapshot;
mod days;
mod fetch;
mod limiter;
mod outcome;
mod persist;
pub mod plan;
mod planner;
mod reap;
mod request;
mod rounds;
mod source;
pub(crate) mod start;
pub(crate) mod status;
mod subject;
mod worker;
mod worker_config;

pub use request::Request;
pub use source::{Provider, ProviderKind};
pub use start::{Started, cancel, plan, retry, start};
pub use status::{for_request, list, status};
pub use worker::{Worker, Workers};
pub use worker_config::WorkerConfig;
