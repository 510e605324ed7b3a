//! An error as the person or program that asked reads it: RFC 9457 problem details, the same from
//! the JSON API and from the server functions behind the page.

use serde::{Deserialize, Serialize};

use super::query::FieldError;

/// What went wrong and what to do about it. The server's own errors, with their sources, are logged
/// and never sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI of the kind of problem; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status, as in the response.
    pub status: u16,
    /// This very case in words.
    pub detail: String,
    /// The fields at fault, if fields are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem that its status and a sentence describe.
    pub fn new(status: u16, title: &str, detail: impl Into<String>) -> Self {
        let (kind, title) = ("about:blank".to_owned(), title.to_owned());
        Problem { kind, title, status, detail: detail.into(), errors: Vec::new() }
    }

    /// Parameters that cannot be read: 400.
    pub fn bad_request(errors: Vec<FieldError>) -> Self {
        Self::of_fields(400, "Bad Request", errors)
    }

    /// Parameters that can be read but not be answered: 422.
    pub fn unprocessable(errors: Vec<FieldError>) -> Self {
        Self::of_fields(422, "Unprocessable Content", errors)
    }

    /// What to do about it, as sentences for people who see the form and not its fields' names.
    pub fn in_words(&self) -> String {
        let sentences = self.errors.iter().map(|error| {
            let mut letters = error.message.chars();
            letters
                .next()
                .map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
                .unwrap_or_default()
        });
        if self.errors.is_empty() { self.detail.clone() } else { sentences.collect::<Vec<_>>().join(" ") }
    }

    fn of_fields(status: u16, title: &str, errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>();
        Problem { errors, ..Problem::new(status, title, detail.join("; ")) }
    }
}
