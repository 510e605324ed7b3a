//! URLs of the files in `public`. They contain a hash of all files (build.rs), so that browsers can cache
//! them forever.

/// Hash of the files' contents, placed before the extension.
pub const PUBLIC: &str = env!("PUBLIC_FILES");

/// The brand's picture.
pub const BRAND: &str = concat!("/favicon.", env!("PUBLIC_FILES"), ".svg");

/// URLs of the browser bundle.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub css: String,
    /// The script that loads the WASM.
    pub js: String,
    pub wasm: String,
    /// Identifies the three files; a page with another version is outdated.
    pub version: String,
}
