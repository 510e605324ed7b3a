//! The result of a form submission, shown once on the next page.

use serde::{Deserialize, Serialize};

/// A success or error message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Whether it reports a success.
    pub is_good: bool,
    /// The message.
    pub words: String,
}

impl Told {
    /// A success message.
    pub fn good(words: String) -> Self {
        Told { is_good: true, words }
    }

    /// An error message.
    pub fn bad(words: String) -> Self {
        Told { is_good: false, words }
    }
}
