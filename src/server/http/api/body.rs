//! Parses JSON request bodies strictly: unknown fields are errors, as unknown parameters are.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use crate::domain::query::{FieldError, Parameters};
use crate::domain::{Problem, Query};
use crate::server::web::problem::HttpError;

/// Maximum body size.
const MAX_BODY_BYTES: usize = 64 << 10;

/// A JSON object whose fields are consumed one by one; [`Fields::finish`] returns the errors.
#[derive(Debug)]
pub struct BodyFields {
    rest: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequest<S> for BodyFields {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &S) -> Result<Self, HttpError> {
        let refused = |detail: String| Problem::new(400, "Bad Request", detail);
        let body = to_bytes(request.into_body(), MAX_BODY_BYTES).await;
        let body =
            body.map_err(|_| Problem::new(413, "Content Too Large", "The body is larger than 64 KiB."))?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(rest)) => Ok(BodyFields { rest, errors: Vec::new() }),
            Ok(_) => Err(refused("The body is JSON, but no object.".to_owned()).into()),
            Err(error) => Err(refused(format!("The body is not JSON: {error}.")).into()),
        }
    }
}

impl BodyFields {
    /// A text field; `None` if missing or null.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.rest.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => self.fault(name, "expected a text"),
        }
    }

    /// A list of texts; empty if missing or null.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.rest.remove(name).filter(|value| !value.is_null()) else { return Vec::new() };
        let texts = value.as_array().and_then(|values| {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        match texts {
            Some(texts) => texts,
            None => self.fault(name, "expected a list of texts").unwrap_or_default(),
        }
    }

    /// A boolean field; false if missing or null.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.rest.remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => self.fault(name, "expected true or false").unwrap_or(false),
        }
    }

    /// The report parameters, under their names in bodies.
    pub fn report_parameters(&mut self) -> Parameters {
        Parameters {
            artists: self.texts("artists"),
            month: self.text("month"),
            from: self.text("from"),
            to: self.text("to"),
            platforms: self.texts("platforms"),
            country: self.text("country"),
            ..Parameters::default()
        }
    }

    /// Validates the query together with the other fields.
    ///
    /// # Errors
    /// 400 with all errors.
    pub fn check(self, parameters: &Parameters) -> Result<Query, Problem> {
        let named = |mut error: FieldError| {
            error.field = match error.field.as_str() {
                "artist" => "artists".to_owned(),
                "platform" => "platforms".to_owned(),
                _ => error.field,
            };
            error
        };
        let query = parameters.check();
        let is_typed = self.errors.is_empty();
        let finished = self.finish();
        match (query, finished) {
            (Ok(query), Ok(())) => Ok(query),
            // A field of the wrong type is not also reported as missing.
            (Err(errors), Ok(())) if is_typed => {
                Err(Problem::bad_request(errors.into_iter().map(named).collect()))
            }
            (Err(errors), Err(problem)) if is_typed => {
                let errors = errors.into_iter().map(named).chain(problem.errors).collect();
                Err(Problem::bad_request(errors))
            }
            (_, Err(problem)) => Err(problem),
            (Err(errors), Ok(())) => Err(Problem::bad_request(errors)),
        }
    }

    /// Reports unknown fields.
    ///
    /// # Errors
    /// 400 with all errors.
    pub fn finish(self) -> Result<(), Problem> {
        let unknown = self.rest.keys().map(|name| FieldError::new(name, "is not a field of this call"));
        let errors: Vec<FieldError> = self.errors.into_iter().chain(unknown).collect();
        if errors.is_empty() { Ok(()) } else { Err(Problem::bad_request(errors)) }
    }

    fn fault<T>(&mut self, name: &str, message: &str) -> Option<T> {
        self.errors.push(FieldError::new(name, message));
        None
    }
}
