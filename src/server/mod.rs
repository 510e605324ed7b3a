//! Everything that never ships to the browser: configuration, store, import, HTTP.

pub mod config;
pub mod context;
pub mod http;
