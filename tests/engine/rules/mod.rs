//! Tests of every rule of docs/semantics.md at its limits, and of every worked example in section 5. The
//! thresholds of S2 to S6 are tested next to the code in src/domain/series.

mod country;
mod coverage;
mod examples;
mod flow;
mod growth;
mod identity;
mod range;
mod release;
mod series;
mod support;
mod totals;
mod tracks;
