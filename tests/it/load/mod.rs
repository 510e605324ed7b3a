//! Load: what signing in and syncing cost, and a server of which thousands of clients ask too much at once. They measure,
//! so they run by themselves, one after the other: `cargo test --test it load:: -- --test-threads=1`.

#[cfg(test)]
mod crowd;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod throughput;

use crate::chaos::{files, process};
use crate::common::signed_in;
use crate::sync::{catalogue, support};
