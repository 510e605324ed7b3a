//! The Excel workbook, read back by an independent library: it contains every number of the report, its
//! formulas are correct, and text is never interpreted as a formula.

mod book;
mod edge_cases;
mod formulas;
mod numbers;
mod scale;
mod support;
