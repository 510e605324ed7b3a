//! `POST` of the screens: what their forms do in browsers with and without WASM. One file a screen.

pub mod artists;
pub mod platforms;
pub mod syncs;
pub mod theme;
