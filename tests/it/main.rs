//! The product as it is used: on its database, over HTTP, on the command line, with the provider beside it. One crate, so
//! that it is linked once; `cargo test --test it sync::` runs one part.

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
#[cfg(all(test, target_os = "linux"))]
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
