//! A server in a process of its own, of which thousands of clients ask too much at once and never finish: others are
//! answered all the same, and its memory stays small.

#[cfg(test)]
mod crowd;
#[cfg(test)]
mod limits;

use crate::chaos::{files, process};
use crate::common::signed_in;
use crate::sync::{catalogue, support};
