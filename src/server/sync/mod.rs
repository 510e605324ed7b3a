//! Sync: what the database lacks for a question is fetched from the provider, once, by whichever process has
//! a worker, and survives the end of any of them. A [`Request`] is planned into units of work ([`mod@plan`]),
//! which are rows of the database; a [`Worker`] claims units, asks the provider and writes its answers, each
//! batch one transaction together with the units' end. When all units of a sync have ended the next round is
//! planned, because songs and the days around a range are known only then; when there is none, it has ended.

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
