//! The workbook, read back by another program's reader: every number of the report is in it, its
//! formulas make what it says, and nothing in it is what it is not.

#![cfg(feature = "ssr")]

#[cfg(test)]
mod book;
#[cfg(test)]
#[path = "../common/mod.rs"]
mod common;
#[cfg(test)]
mod formulas;
#[cfg(test)]
mod nasty;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod support;
