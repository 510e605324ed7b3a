//! Syncs end to end against a local simulator: what is fetched, how often, recovery, and reported status.
//! Tests with killed processes are in tests/chaos.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod artists;
#[cfg(test)]
mod cancel;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
#[path = "../common/cluster.rs"]
mod cluster;
#[cfg(test)]
mod complete;
#[cfg(test)]
mod country;
#[cfg(test)]
mod credentials;
#[cfg(test)]
#[path = "../common/engine.rs"]
mod engine;
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
mod question;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod served;
#[cfg(test)]
mod sharing;
#[cfg(test)]
#[path = "../common/signed_in.rs"]
mod signed_in;
#[cfg(test)]
mod support;
