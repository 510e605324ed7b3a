//! What forms send, and what is said after one was sent.

pub mod encoding;
pub mod notice;
