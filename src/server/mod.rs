//! Everything that runs on the server only: configuration, store, import, HTTP.

pub mod accounts;
pub mod base;
pub mod cli;
pub mod config;
pub mod demo;
pub mod error;
pub mod export;
pub mod http;
pub mod ingest;
pub mod pages;
pub mod provider;
pub mod reports;
pub mod simulator;
pub mod state;
pub mod store;
pub mod sync;
pub mod web;
