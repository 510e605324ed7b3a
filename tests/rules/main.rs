//! A test of its own for every rule of docs/semantics.md at its edges, and every worked example of
//! its section 5. The limits of S2 to S6 have theirs beside the code, in src/domain/series.

#[cfg(test)]
#[path = "../common/mod.rs"]
mod common;
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
