//! Errors as clients see them: RFC 9457 problem details, from the JSON API and from server functions.

use serde::{Deserialize, Serialize};

use crate::domain::query::FieldError;

/// Problem details: what went wrong and what to do. Internal errors are logged with their sources and never
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that identifies the problem type; `about:blank` if the status is specific enough.
    #[serde(rename = "type")]
    pub kind: String,
    /// The title of the problem type.
    pub title: String,
    /// The HTTP status of the response.
    pub status: u16,
    /// Explanation of this occurrence.
    pub detail: String,
    /// The invalid parameters, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of type `about:blank`.
    pub fn new(status: u16, title: &str, detail: impl Into<String>) -> Self {
        let (kind, title) = ("about:blank".to_owned(), title.to_owned());
        Problem { kind, title, status, detail: detail.into(), errors: Vec::new() }
    }

    /// Invalid parameters: 400.
    pub fn bad_request(errors: Vec<FieldError>) -> Self {
        Self::from_field_errors(400, "Bad Request", errors)
    }

    /// Valid parameters that cannot be processed: 422.
    pub fn unprocessable(errors: Vec<FieldError>) -> Self {
        Self::from_field_errors(422, "Unprocessable Content", errors)
    }

    /// The message for a form, without parameter names.
    pub fn form_message(&self) -> String {
        let sentences = self.errors.iter().map(|error| {
            let mut letters = error.message.chars();
            letters
                .next()
                .map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
                .unwrap_or_default()
        });
        if self.errors.is_empty() { self.detail.clone() } else { sentences.collect::<Vec<_>>().join(" ") }
    }

    fn from_field_errors(status: u16, title: &str, errors: Vec<FieldError>) -> Self {
        let detail =
            errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>();
        Problem { errors, ..Problem::new(status, title, detail.join("; ")) }
    }
}
