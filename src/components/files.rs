//! Addresses of the files under `public`: the same on the server and in the browser, and others whenever one of the files
//! is (build.rs), so that browsers keep them for good.

/// What is in these files, as the part of their addresses before the extension.
pub const PUBLIC: &str = env!("PUBLIC_FILES");

/// The brand's picture.
pub const BRAND: &str = concat!("/favicon.", env!("PUBLIC_FILES"), ".svg");
