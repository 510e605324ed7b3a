//! A report as a file or as text: made from the same object as the page and the JSON.

pub mod csv;
pub mod text;
pub mod workbook;
