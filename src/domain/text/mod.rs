//! How values are spelled: enums of words, numbers as people read them, and their schemas.

pub mod format;
#[cfg(feature = "ssr")]
pub mod schema;
pub mod string_enum;
