//! Load tests: the cost of sign-ins and syncs, and a server overloaded by thousands of clients. They measure, so
//! run them alone and sequentially: `cargo test --test it load:: -- --test-threads=1`.

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
