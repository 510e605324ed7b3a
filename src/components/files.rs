//! URLs of the files in `public`. They contain a hash of all files (build.rs), so that browsers can cache
//! them forever.

/// Hash of the files' contents, placed before the extension.
pub const PUBLIC: &str = env!("PUBLIC_FILES");

/// The brand's picture.
pub const BRAND: &str = concat!("/favicon.", env!("PUBLIC_FILES"), ".svg");
