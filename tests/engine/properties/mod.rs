//! Property tests of reports (the "properties" of docs/semantics.md). Turn a shrunk counterexample into a
//! test of the rule it breaks.

#[cfg(test)]
mod counters;
#[cfg(test)]
mod nasty;
#[cfg(test)]
mod sums;
