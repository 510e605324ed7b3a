//! The result of a form submission, shown once on the next page.

use serde::{Deserialize, Serialize};

/// A success or error message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whether it reports a success.
    pub is_success: bool,
    /// The message.
    pub text: String,
}

impl Notice {
    /// A success message.
    pub fn success(words: String) -> Self {
        Notice { is_success: true, text: words }
    }

    /// An error message.
    pub fn error(words: String) -> Self {
        Notice { is_success: false, text: words }
    }
}
