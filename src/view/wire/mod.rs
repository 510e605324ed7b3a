//! How the data of screens come to the browser.

pub mod json;
pub mod sent;
