//! What became of a press on a button, for the page that comes after it.

use serde::{Deserialize, Serialize};

/// What became of the last press on a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Whether it went well.
    pub is_good: bool,
    /// In a sentence.
    pub words: String,
}

impl Told {
    /// It went well.
    pub fn good(words: String) -> Self {
        Told { is_good: true, words }
    }

    /// It did not.
    pub fn bad(words: String) -> Self {
        Told { is_good: false, words }
    }
}
