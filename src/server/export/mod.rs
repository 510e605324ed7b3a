//! Exports of reports, made from the same object as the page and the JSON.

pub mod csv;
mod file;
pub mod text;
pub mod workbook;

pub use file::{file_name, workbook_file};
