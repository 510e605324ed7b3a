//! The Excel workbook, read back by an independent library: it contains every number of the report, its
//! formulas are correct, and text is never interpreted as a formula.

#[cfg(test)]
mod book;
#[cfg(test)]
mod edge_cases;
#[cfg(test)]
mod formulas;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod support;
