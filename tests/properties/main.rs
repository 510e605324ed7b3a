//! What holds for every report, on data of many kinds (the "properties" of docs/semantics.md). A case
//! that fails is printed in its smallest form: make it a test of the rule that it breaks.

#[cfg(test)]
#[path = "../common/mod.rs"]
mod common;
#[cfg(test)]
mod counters;
#[cfg(test)]
mod nasty;
#[cfg(test)]
mod sums;
