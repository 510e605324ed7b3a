//! Encoding of forms, and the notices shown after submission.

pub mod encoding;
pub mod notice;
