//! End-to-end tests: database, HTTP, command line, and the simulated provider. A single crate, so that it is linked
//! once; `cargo test --test it sync::` runs one part.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod client;
#[cfg(test)]
#[path = "../common/mod.rs"]
mod common;
#[cfg(test)]
mod export;
#[cfg(test)]
mod http;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod load;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod story;
#[cfg(test)]
mod sync;
