//! `POST` handlers of the app's forms, which also work without WASM. One file per screen.

pub mod artists;
pub mod platforms;
pub mod syncs;
pub mod theme;
