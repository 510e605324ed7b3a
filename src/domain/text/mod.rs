//! Text forms of values: string enums, number formatting, and their schemas.

pub mod format;
#[cfg(feature = "ssr")]
pub mod schema;
pub mod string_enum;
