//! Property tests of reports (the "properties" of docs/semantics.md). Turn a shrunk counterexample into a
//! test of the rule it breaks.

#[cfg(test)]
mod counters;
#[cfg(test)]
mod faulty_catalogues;
#[cfg(test)]
mod sums;
