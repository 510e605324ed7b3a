//! Authenticates requests and authorizes them by the route table. Handlers check again through [`RequireRead`],
//! [`RequireSync`] or [`RequireAdmin`]; a test keeps both consistent.

pub mod cookies;
pub(crate) mod duties;
pub mod origin;
pub mod pending_form;
pub mod routes;

use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::domain::accounts::Right;
use crate::server::accounts::{AuthMethod, Person, RequiredAction, require_person, sessions, tokens};
use crate::server::error::Error;
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;

/// The sign-in page.
pub const SIGN_IN: &str = "/sign-in";

/// The API documentation, a page for people.
const API_DOCS: &str = "/api/docs";

/// Paths for programs, which get errors instead of redirects.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") && path != API_DOCS
}

/// Paths of static files, which contain no data.
pub(crate) fn is_file(path: &str) -> bool {
    let is_logo = path.starts_with("/platforms/") && path.ends_with(".svg");
    is_logo || path.starts_with("/pkg/") || (path.starts_with("/favicon.") && path.ends_with(".svg"))
}

/// Authentication of a request.
pub struct PresentedCredentials {
    address: String,
    token: Option<String>,
    session: Option<String>,
}

impl PresentedCredentials {
    /// The session and token that a request carries.
    pub fn from_request(context: &Context, request: &Request) -> Self {
        let (headers, config) = (request.headers(), &context.config);
        PresentedCredentials {
            address: origin::address(headers, request.extensions(), &config.proxies),
            token: bearer(headers).map(str::to_owned),
            session: cookies::value(headers, &cookies::session_name(config)).map(str::to_owned),
        }
    }

    /// The caller and pending duties; `None` if anonymous. A token takes precedence over a session.
    pub async fn person(self, context: &Context) -> Result<Option<(Person, Option<RequiredAction>)>, Error> {
        match (self.token, self.session) {
            (Some(token), _) => {
                let person = tokens::authenticate(context.accounts(), &token, &self.address).await?;
                Ok(person.map(|person| (person, None)))
            }
            (None, Some(token)) => sessions::authenticate(context.accounts(), &token, &self.address).await,
            (None, None) => Ok(None),
        }
    }
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a caller is still authorized: for streams, which outlive their request.
pub async fn is_still_authorized(context: &Context, person: &Person) -> Result<bool, Error> {
    match &person.via {
        AuthMethod::Session(id) => sessions::is_valid(context.accounts(), id, person.right).await,
        AuthMethod::Token { id, .. } => tokens::is_valid(context.accounts(), id, person.right).await,
        AuthMethod::CommandLine => Ok(true),
    }
}

macro_rules! require_right {
    ($(#[$doc:meta])* $name:ident, $right:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Person);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = HttpError;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
                Ok($name(require_person(parts.extensions.get::<Person>(), Right::$right)?))
            }
        }
    };
}

require_right!(
    /// A caller with the right to read.
    RequireRead, Read
);
require_right!(
    /// A caller with the right to fetch and add.
    RequireSync, Sync
);
require_right!(
    /// A caller with the admin right.
    RequireAdmin, Admin
);
