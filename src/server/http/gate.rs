//! Authenticates requests and authorizes them by the route table. Handlers check again through [`MayRead`],
//! [`MaySync`] or [`MayAdmin`]; a test keeps both consistent.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect};

use super::back::with_next;
use super::cookies;
use super::duties;
use super::origin;
use super::problem::Refused;
use super::routes::Table;
use super::screens::keep;
use crate::domain::Problem;
use crate::server::accounts::{Duty, Person, Right, Via, sessions, tokens};
use crate::server::context::Context;
use crate::server::error::Error;

/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";

/// The page about the API, which is for people.
const API_DOCS: &str = "/api/docs";

/// Paths for programs, which get errors instead of redirects.
pub(super) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") && path != API_DOCS
}

/// Paths of the product itself, which hold no data.
pub(super) fn is_file(path: &str) -> bool {
    let is_logo = path.starts_with("/platforms/") && path.ends_with(".svg");
    is_logo || path.starts_with("/pkg/") || (path.starts_with("/favicon.") && path.ends_with(".svg"))
}

/// Authorizes requests by the route table. Authentication has happened before ([`Claim`]).
pub async fn gate(
    State((context, table)): State<(Context, Arc<Table>)>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if is_file(request.uri().path()) {
        return next.run(request).await;
    }
    let duty = request.extensions().get::<Duty>().copied();
    if let Some(duty) = duty.filter(|duty| !duties::allows(*duty, request.uri().path())) {
        return duties::first(duty, request, &context.config).await;
    }
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(access) = table.access(path, request.method()) else {
        tracing::error!(path, "route missing from the route table");
        return Refused::new(StatusCode::FORBIDDEN, "This route is not available.").into_response();
    };
    match (access.right(), request.extensions().get::<Person>()) {
        (None, _) => next.run(request).await,
        (Some(_), None) => turned_away(&context, request).await,
        (Some(_), Some(person)) if !access.takes_tokens() && matches!(person.via, Via::Token { .. }) => {
            let detail = "API tokens cannot do this: sign in.";
            Refused::new(StatusCode::FORBIDDEN, detail).into_response()
        }
        (Some(right), Some(person)) => match person.may(right) {
            Ok(()) => next.run(request).await,
            Err(problem) => Refused::from(problem).into_response(),
        },
    }
}

/// Authentication of a request.
pub struct Claim {
    address: String,
    token: Option<String>,
    session: Option<String>,
}

impl Claim {
    /// What it sends.
    pub fn of(context: &Context, request: &Request) -> Self {
        let (headers, config) = (request.headers(), &context.config);
        Claim {
            address: origin::address(headers, request.extensions(), &config.proxies),
            token: bearer(headers).map(str::to_owned),
            session: cookies::value(headers, &cookies::session_name(config)).map(str::to_owned),
        }
    }

    /// The caller and pending duties; `None` if anonymous. A token takes precedence over a session.
    pub async fn person(self, context: &Context) -> Result<Option<(Person, Option<Duty>)>, Error> {
        match (self.token, self.session) {
            (Some(token), _) => {
                let person = tokens::of(context, &token, &self.address).await?;
                Ok(person.map(|person| (person, None)))
            }
            (None, Some(token)) => sessions::of(context, &token, &self.address).await,
            (None, None) => Ok(None),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Redirects browsers to the sign-in page, and back afterwards with their input; programs get an error.
async fn turned_away(context: &Context, request: Request) -> Response<Body> {
    if is_for_programs(request.uri().path()) {
        return unauthenticated(bearer(request.headers()).is_some()).into_response();
    }
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return keep(request, &context.config, SIGN_IN).await;
    }
    Redirect::to(&with_next(SIGN_IN, asked)).into_response()
}

fn unauthenticated(had_token: bool) -> impl IntoResponse {
    let detail = if had_token {
        "This token lets nobody in: it is unknown, has expired or was revoked. Create another one under Account."
    } else {
        "Sign in, or send an API token as \"Authorization: Bearer TOKEN\"; tokens are created under Account."
    };
    let challenge = if had_token { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    (
        [(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))],
        Refused::new(StatusCode::UNAUTHORIZED, detail),
    )
}

/// Whether a caller is still authorized: for streams, which outlive their request.
pub async fn stays(context: &Context, person: &Person) -> Result<bool, Error> {
    match &person.via {
        Via::Session(id) => sessions::goes_on(context, id, person.right).await,
        Via::Token { id, .. } => tokens::goes_on(context, id, person.right).await,
        Via::CommandLine => Ok(true),
    }
}

/// The caller, if authorized.
pub fn allowed(person: Option<&Person>, right: Right) -> Result<Person, Problem> {
    let person = person
        .cloned()
        .ok_or_else(|| Problem::new(401, "Unauthorized", "Your session has ended: sign in again."))?;
    person.may(right)?;
    Ok(person)
}

macro_rules! may {
    ($(#[$doc:meta])* $name:ident, $right:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Person);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refused;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
                Ok($name(allowed(parts.extensions.get::<Person>(), Right::$right)?))
            }
        }
    };
}

may!(
    /// A caller with the right to read.
    MayRead, Read
);
may!(
    /// A caller with the right to fetch and add.
    MaySync, Sync
);
may!(
    /// A caller with the admin right.
    MayAdmin, Admin
);
