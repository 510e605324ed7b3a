//! Tests of every rule of docs/semantics.md at its limits, and of every worked example in section 5. The
//! thresholds of S2 to S6 are tested next to the code in src/domain/series.

#[cfg(test)]
mod country;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod growth;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod range;
#[cfg(test)]
mod release;
#[cfg(test)]
mod series;
#[cfg(test)]
mod support;
#[cfg(test)]
mod totals;
#[cfg(test)]
mod tracks;
