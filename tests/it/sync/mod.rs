//! Syncs end to end against a local simulator: what is fetched, how often, recovery, and reported status.
//! Tests with killed processes are in `chaos`.

#[cfg(test)]
mod artists;
#[cfg(test)]
mod cancel;
#[cfg(test)]
pub mod catalogue;
#[cfg(test)]
mod complete;
#[cfg(test)]
mod country;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fence;
#[cfg(test)]
mod holding;
#[cfg(test)]
mod http;
#[cfg(test)]
mod interleaving;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod progress;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod refused;
#[cfg(test)]
pub mod report_spec;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod served;
#[cfg(test)]
mod sharing;
#[cfg(test)]
pub mod support;

use crate::common::{engine, signed_in};
