//! Parses query parameters strictly.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::domain::query::{FieldError, Parameters, Taken};
use crate::domain::sync::SyncState;
use crate::domain::{Problem, Query, WordError};
use crate::server::export::csv::Table;
use crate::server::web::problem::Refused;

/// The question of a report call.
pub struct Asked(pub Query);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let (query, others, mut errors) = question(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        checked(query, errors).map(Asked)
    }
}

/// The question of a call for one table of a report: `table` beside the question.
pub struct AskedTable(pub Query, pub Table);

impl<S: Send + Sync> FromRequestParts<S> for AskedTable {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let (mut query, others, mut errors) = question(parts);
        let mut table = None;
        for (name, value) in others {
            match (name.as_str(), value.parse()) {
                ("table", _) if value.is_empty() => errors.push(empty(&name)),
                ("table", _) if table.is_some() => errors.push(twice(&name)),
                ("table", Ok(word)) => table = Some(word),
                ("table", Err(error)) => errors.push(FieldError::new("table", WordError::to_string(&error))),
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
        checked(query, errors).map(|query| AskedTable(query, table))
    }
}

/// A question, or everything that is wrong with it.
type Question = Result<Query, Vec<FieldError>>;

/// The question of a call, the parameters that are none of it, and what is wrong beside it.
fn question(parts: &Parts) -> (Question, Vec<(String, String)>, Vec<FieldError>) {
    let mut parameters = Parameters::default();
    let (mut others, mut errors) = (Vec::new(), Vec::new());
    for (name, value) in pairs(parts) {
        match parameters.take(&name, &value) {
            Taken::Yes => {}
            Taken::Repeated => errors.push(twice(&name)),
            Taken::Unknown => others.push((name, value)),
        }
    }
    (parameters.check(), others, errors)
}

/// The question, if nothing is wrong with it or beside it.
fn checked(query: Question, errors: Vec<FieldError>) -> Result<Query, Refused> {
    match query {
        Ok(query) if errors.is_empty() => Ok(query),
        Ok(_) => Err(Problem::bad_request(errors).into()),
        Err(more) => Err(Problem::bad_request(errors.into_iter().chain(more).collect()).into()),
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
        let (listing, others, mut errors) = Listing::take(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        if errors.is_empty() { Ok(listing) } else { Err(Problem::bad_request(errors).into()) }
    }
}

impl Listing {
    /// The parameters of every list, those that are none of them, and what is wrong.
    fn take(parts: &Parts) -> (Self, Vec<(String, String)>, Vec<FieldError>) {
        let mut listing = Listing { q: None, limit: 20, cursor: None };
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

/// The parameters of the list of syncs: `state` beside those of every list.
pub struct SyncListing {
    /// Only those of this state.
    pub state: Option<SyncState>,
    /// The rest; without `q`.
    pub listing: Listing,
}

impl<S: Send + Sync> FromRequestParts<S> for SyncListing {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let (listing, others, mut errors) = Listing::take(parts);
        errors.extend(listing.q.is_some().then(|| unknown("q")));
        let mut state = None;
        for (name, value) in others {
            match (name.as_str(), value.parse()) {
                ("state", _) if value.is_empty() => errors.push(empty(&name)),
                ("state", Ok(word)) => state = Some(word),
                ("state", Err(error)) => errors.push(FieldError::new("state", WordError::to_string(&error))),
                _ => errors.push(unknown(&name)),
            }
        }
        if errors.is_empty() {
            Ok(SyncListing { state, listing })
        } else {
            Err(Problem::bad_request(errors).into())
        }
    }
}

/// What to look for at the provider: a list of one page, which has to be searched.
pub struct Sought {
    /// A name, or a part of one.
    pub q: String,
    /// At most so many entries, 1 to 100.
    pub limit: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for Sought {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let (Listing { q, limit, cursor }, others, mut errors) = Listing::take(parts);
        errors.extend(others.iter().map(|(name, _)| unknown(name)));
        errors.extend(cursor.map(|_| unknown("cursor")));
        if q.is_none() && !errors.iter().any(|error| error.field == "q") {
            errors.push(FieldError::new("q", "is missing: give a name, or a part of one"));
        }
        match q {
            Some(q) if errors.is_empty() => Ok(Sought { q, limit }),
            _ => Err(Problem::bad_request(errors).into()),
        }
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

fn empty(name: &str) -> FieldError {
    FieldError::new(name, "is empty; leave it out or give a value")
}

fn twice(name: &str) -> FieldError {
    FieldError::new(name, "is given twice; give it once")
}

fn unknown(name: &str) -> FieldError {
    FieldError::new(name, "is not a parameter of this call")
}
