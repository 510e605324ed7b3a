//! Syncs end to end against a local simulator: what is fetched, how often, recovery, and reported status.
//! Tests with killed processes are in `chaos`.

mod artists;
mod cancel;
pub mod catalogue;
mod complete;
mod country;
mod credentials;
mod faults;
mod fence;
mod holding;
mod http;
mod interleaving;
mod odd;
mod poison;
mod progress;
mod quota;
mod refused;
pub mod report_spec;
mod rounds;
mod served;
mod sharing;
pub mod support;

use crate::common::{engine, signed_in};
