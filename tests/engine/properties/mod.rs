//! Property tests of reports (the "properties" of docs/semantics.md). Turn a shrunk counterexample into a
//! test of the rule it breaks.

mod counters;
mod faulty_catalogues;
mod sums;
