//! Pages, one per file: a page reads the URL, owns its resource and renders components.

pub mod analytics;
pub mod artist;
pub mod artists;
pub mod not_found;
pub mod platforms;
pub mod syncs;
pub mod track;
