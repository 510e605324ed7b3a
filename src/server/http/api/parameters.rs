//! Parses query parameters strictly.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::domain::query::{FieldError, ParamOutcome, Parameters};
use crate::domain::sync::SyncState;
use crate::domain::{Problem, Query, UnknownValue};
use crate::server::export::csv::Table;
use crate::server::web::problem::HttpError;

/// Parameters of a report call.
pub struct ReportParams(pub Query);

impl<S: Send + Sync> FromRequestParts<S> for ReportParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let (query, others, mut errors) = question(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        checked(query, errors).map(ReportParams)
    }
}

/// Parameters of a call for one table of a report: the report's, and `table`.
pub struct ReportTableParams(pub Query, pub Table);

impl<S: Send + Sync> FromRequestParts<S> for ReportTableParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let (mut query, others, mut errors) = question(parts);
        let mut table = None;
        for (name, value) in others {
            match (name.as_str(), value.parse()) {
                ("table", _) if value.is_empty() => errors.push(empty(&name)),
                ("table", _) if table.is_some() => errors.push(twice(&name)),
                ("table", Ok(word)) => table = Some(word),
                ("table", Err(error)) => {
                    errors.push(FieldError::new("table", UnknownValue::to_string(&error)))
                }
                _ => errors.push(unknown(&name)),
            }
        }
        let table = table.unwrap_or(Table::Tracks);
        if let Ok(query) = &mut query {
            query.daily |= table == Table::Days;
            if table == Table::Charts && query.country.is_none() {
                let message = "there is a table of charts only where a country is chosen: give `country` too";
                errors.push(FieldError::new("table", message));
            }
        }
        checked(query, errors).map(|query| ReportTableParams(query, table))
    }
}

/// A query, or all errors in it.
type ParsedQuery = Result<Query, Vec<FieldError>>;

/// Parses the report parameters; also returns the remaining parameters and further errors.
fn question(parts: &Parts) -> (ParsedQuery, Vec<(String, String)>, Vec<FieldError>) {
    let mut parameters = Parameters::default();
    let (mut others, mut errors) = (Vec::new(), Vec::new());
    for (name, value) in pairs(parts) {
        match parameters.set(&name, &value) {
            ParamOutcome::Accepted => {}
            ParamOutcome::Repeated => errors.push(twice(&name)),
            ParamOutcome::Unknown => others.push((name, value)),
        }
    }
    (parameters.check(), others, errors)
}

/// The query, if there are no errors at all.
fn checked(query: ParsedQuery, errors: Vec<FieldError>) -> Result<Query, HttpError> {
    match query {
        Ok(query) if errors.is_empty() => Ok(query),
        Ok(_) => Err(Problem::bad_request(errors).into()),
        Err(more) => Err(Problem::bad_request(errors.into_iter().chain(more).collect()).into()),
    }
}

/// Parameters of a list call: `limit`, `cursor`, and `q` if the list is searchable.
pub struct ListParams {
    /// Search text, trimmed; `None` lists all.
    pub q: Option<String>,
    /// Maximum number of entries, 1 to 100.
    pub limit: u32,
    /// The `next` of the previous page.
    pub cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ListParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let (listing, others, mut errors) = ListParams::take(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        if errors.is_empty() { Ok(listing) } else { Err(Problem::bad_request(errors).into()) }
    }
}

impl ListParams {
    /// Parses the list parameters; also returns the remaining parameters and errors.
    fn take(parts: &Parts) -> (Self, Vec<(String, String)>, Vec<FieldError>) {
        let mut listing = ListParams { q: None, limit: 20, cursor: None };
        let (mut others, mut errors) = (Vec::new(), Vec::new());
        for (name, value) in pairs(parts) {
            let value = value.trim();
            match name.as_str() {
                "q" | "limit" | "cursor" if value.is_empty() => errors.push(empty(&name)),
                "q" => listing.q = Some(value.to_owned()),
                "cursor" => listing.cursor = Some(value.to_owned()),
                "limit" => match value.parse() {
                    Ok(limit @ 1..=100) => listing.limit = limit,
                    _ => errors
                        .push(FieldError::new("limit", format!("\"{value}\" is not a number from 1 to 100"))),
                },
                _ => others.push((name, value.to_owned())),
            }
        }
        (listing, others, errors)
    }
}

/// Parameters of the list of syncs: `state` and those of every list.
pub struct SyncListParams {
    pub state: Option<SyncState>,
    /// `q` is not accepted.
    pub listing: ListParams,
}

impl<S: Send + Sync> FromRequestParts<S> for SyncListParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let (listing, others, mut errors) = ListParams::take(parts);
        errors.extend(listing.q.is_some().then(|| unknown("q")));
        let mut state = None;
        for (name, value) in others {
            match (name.as_str(), value.parse()) {
                ("state", _) if value.is_empty() => errors.push(empty(&name)),
                ("state", Ok(word)) => state = Some(word),
                ("state", Err(error)) => {
                    errors.push(FieldError::new("state", UnknownValue::to_string(&error)))
                }
                _ => errors.push(unknown(&name)),
            }
        }
        if errors.is_empty() {
            Ok(SyncListParams { state, listing })
        } else {
            Err(Problem::bad_request(errors).into())
        }
    }
}

/// Parameters of the provider search: a single page, and `q` is required.
pub struct ProviderSearchParams {
    /// A name or part of a name.
    pub q: String,
    /// Maximum number of entries, 1 to 100.
    pub limit: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for ProviderSearchParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let (ListParams { q, limit, cursor }, others, mut errors) = ListParams::take(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        errors.extend(cursor.map(|_| unknown("cursor")));
        if q.is_none() && !errors.iter().any(|error| error.field == "q") {
            errors.push(FieldError::new("q", "is missing: give a name, or a part of one"));
        }
        match q {
            Some(q) if errors.is_empty() => Ok(ProviderSearchParams { q, limit }),
            _ => Err(Problem::bad_request(errors).into()),
        }
    }
}

/// A call that takes no parameters.
pub struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let errors: Vec<FieldError> = pairs(parts).map(|(name, _)| unknown(&name)).collect();
        if errors.is_empty() { Ok(NoParams) } else { Err(Problem::bad_request(errors).into()) }
    }
}

fn pairs(parts: &Parts) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned()
}

fn empty(name: &str) -> FieldError {
    FieldError::new(name, "is empty; leave it out or give a value")
}

fn twice(name: &str) -> FieldError {
    FieldError::new(name, "is given twice; give it once")
}

fn unknown(name: &str) -> FieldError {
    FieldError::new(name, "is not a parameter of this call")
}
