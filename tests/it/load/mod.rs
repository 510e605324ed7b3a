//! Load tests: the cost of sign-ins and syncs, and a server overloaded by thousands of clients. They measure, so
//! run them alone and sequentially: `cargo test --test it load:: -- --test-threads=1`.

mod crowd;
mod limits;
mod sign_in;
mod throughput;

use crate::chaos::{files, process};
use crate::common::signed_in;
use crate::sync::{catalogue, support};
