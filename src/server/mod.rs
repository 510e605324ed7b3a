//! Everything that never ships to the browser: configuration, store, import, HTTP.

pub mod artist_page;
pub mod artists_page;
pub mod catalogue;
pub mod clock;
pub mod commands;
pub mod config;
pub mod context;
pub mod db;
pub mod demo;
pub mod error;
pub mod export;
pub mod fill;
pub mod flash;
pub mod http;
pub mod import;
pub mod listings;
pub mod page;
pub mod page_status;
pub mod platforms_page;
pub mod provider_artists;
pub mod reports;
pub mod simulator;
pub mod soundcharts;
pub mod sync;
pub mod sync_page;
pub mod track_page;
