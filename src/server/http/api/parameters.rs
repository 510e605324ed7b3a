//! Reads the parameters of a call, strictly.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::domain::query::{FieldError, Parameters, Taken};
use crate::domain::{Problem, Query};
use crate::server::http::problem::Refused;

/// The question of a report call.
pub struct Asked(pub Query);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut parameters = Parameters::default();
        let mut errors = Vec::new();
        for (name, value) in pairs(parts) {
            match parameters.take(&name, &value) {
                Taken::Yes => {}
                Taken::Repeated => errors.push(FieldError::new(&name, "is given twice; give it once")),
                Taken::Unknown => errors.push(unknown(&name)),
            }
        }
        match parameters.check() {
            Ok(query) if errors.is_empty() => Ok(Asked(query)),
            Ok(_) => Err(Problem::bad_request(errors).into()),
            Err(more) => Err(Problem::bad_request(errors.into_iter().chain(more).collect()).into()),
        }
    }
}

/// The parameters of a list call: `limit` and `cursor`, and `q` where the list can be searched.
pub struct Listing {
    /// What to look for, trimmed; `None` lists all.
    pub q: Option<String>,
    /// At most so many entries, 1 to 100.
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let mut listing = Listing { q: None, limit: 20, cursor: None };
        let mut errors = Vec::new();
        for (name, value) in pairs(parts) {
            let value = value.trim();
            match name.as_str() {
                "q" | "limit" | "cursor" if value.is_empty() => {
                    errors.push(FieldError::new(&name, "is empty; leave it out or give a value"));
                }
                "q" => listing.q = Some(value.to_owned()),
                "cursor" => listing.cursor = Some(value.to_owned()),
                "limit" => match value.parse() {
                    Ok(limit @ 1..=100) => listing.limit = limit,
                    _ => errors
                        .push(FieldError::new("limit", format!("\"{value}\" is not a number from 1 to 100"))),
                },
                _ => errors.push(unknown(&name)),
            }
        }
        if errors.is_empty() { Ok(listing) } else { Err(Problem::bad_request(errors).into()) }
    }
}

/// A call that takes no parameters.
pub struct Nothing;

impl<S: Send + Sync> FromRequestParts<S> for Nothing {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let errors: Vec<FieldError> = pairs(parts).map(|(name, _)| unknown(&name)).collect();
        if errors.is_empty() { Ok(Nothing) } else { Err(Problem::bad_request(errors).into()) }
    }
}

fn pairs(parts: &Parts) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned()
}

fn unknown(name: &str) -> FieldError {
    FieldError::new(name, "is not a parameter of this call")
}
