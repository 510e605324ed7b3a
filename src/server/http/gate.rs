//! Lets in those who have a session or a token, and finds out who they are. Whatever is not named here needs one;
//! what somebody may do then is asked by the handler, through [`MayRead`], [`MaySync`] or [`MayAdmin`].

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::accounts::Kind;
use super::calls::Left;
use super::cookies;
use super::held::until_sent;
use super::origin;
use super::problem::Refused;
use super::screens::keep;
use crate::domain::Problem;
use crate::server::accounts::{Person, Right, Via, sessions, tokens};
use crate::server::context::Context;
use crate::server::error::Error;

/// Where people sign in.
pub const SIGN_IN: &str = "/sign-in";

/// The page about the API, which is for people.
const API_DOCS: &str = "/api/docs";

/// What answers everybody: signing in, health, and the files that are the same for all.
fn is_open(path: &str) -> bool {
    matches!(path, SIGN_IN | "/sign-in/demo" | "/theme" | "/healthz" | "/readyz")
        || path.starts_with("/set-up/")
        || is_file(path)
}

/// What is a part of the product and not of anybody's data.
pub(super) fn is_file(path: &str) -> bool {
    let is_logo = path.starts_with("/platforms/") && path.ends_with(".svg");
    is_logo || path.starts_with("/pkg/") || (path.starts_with("/favicon.") && path.ends_with(".svg"))
}

/// What a token may ask for: the API, and pages to read. What concerns accounts, and what forms do, takes a session: a
/// token is never worth more than its scope, because it makes and resets nothing that lets anybody in.
fn takes_tokens(request: &Request) -> bool {
    let path = request.uri().path();
    let is_of = |of: &str| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_for_people =
        ["/account", "/users", "/audit", "/imports", "/resume", "/sign-out"].into_iter().any(is_of);
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    !is_for_people && (is_read || path.starts_with("/api/"))
}

/// Finds out whose a request is, and turns away those who are nobody.
pub async fn gate(State(context): State<Context>, mut request: Request, next: Next) -> Response<Body> {
    if is_file(request.uri().path()) {
        return next.run(request).await;
    }
    let claim = Claim::of(&context, &request);
    match claim.person(&context).await {
        Err(error) => return Refused::from(error).into_response(),
        Ok(Some(person)) => {
            if matches!(person.via, Via::Token { .. }) && !takes_tokens(&request) {
                let detail = "Tokens are for the API and for reading pages: sign in to do this.";
                return Refused::new(StatusCode::FORBIDDEN, detail).into_response();
            }
            let left = match (&person.via, context.config.api_per_minute) {
                (Via::Token { id, .. }, Some(limit)) => Some(context.calls.count(id, limit)),
                _ => None,
            };
            let kind =
                if request.uri().path().starts_with("/pictures/") { Kind::Picture } else { Kind::Request };
            let place = match context.accounts.take(&person.user_id, kind) {
                Ok(place) => place,
                Err(refused) => return refused.into_response(),
            };
            request.extensions_mut().insert(person);
            let response = match left {
                None => next.run(request).await,
                Some(left) => within(left, request, next).await,
            };
            return until_sent(response, place);
        }
        Ok(None) if is_open(request.uri().path()) => {}
        Ok(None) => return turned_away(&context, request).await,
    }
    next.run(request).await
}

/// Answers a call of a token where its minute has room for it.
async fn within(left: Left, request: Request, next: Next) -> Response<Body> {
    let mut response = if left.is_within {
        next.run(request).await
    } else {
        let detail =
            format!("This token may make {} calls a minute; try again in {} s.", left.limit, left.reset);
        Refused::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(left.reset).into_response()
    };
    left.write(response.headers_mut());
    response
}

/// Who a request says it is.
struct Claim {
    address: String,
    token: Option<String>,
    session: Option<String>,
}

impl Claim {
    fn of(context: &Context, request: &Request) -> Self {
        let (headers, config) = (request.headers(), &context.config);
        Claim {
            address: origin::address(headers, request.extensions(), &config.proxies),
            token: bearer(headers).map(str::to_owned),
            session: cookies::value(headers, &cookies::session_name(config)).map(str::to_owned),
        }
    }

    /// Who it is. A token comes before a session.
    async fn person(&self, context: &Context) -> Result<Option<Person>, Error> {
        match (&self.token, &self.session) {
            (Some(token), _) => tokens::of(&context.db, token, &self.address).await,
            (None, Some(token)) => sessions::of(context, token, &self.address).await,
            (None, None) => Ok(None),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// People are led to where they sign in, and back from there, with what they had entered; programs are told.
async fn turned_away(context: &Context, request: Request) -> Response<Body> {
    let path = request.uri().path();
    if path.starts_with("/api/") && path != API_DOCS {
        return unauthenticated(bearer(request.headers()).is_some()).into_response();
    }
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return keep(request, &context.config).await;
    }
    let next = match asked {
        "/" => String::new(),
        asked => format!("?next={}", utf8_percent_encode(asked, NON_ALPHANUMERIC)),
    };
    Redirect::to(&format!("{SIGN_IN}{next}")).into_response()
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

/// Whether somebody may still do what they were let in for: for streams, which outlive their request.
///
/// # Errors
/// The database failed.
pub async fn stays(context: &Context, person: &Person) -> Result<bool, Error> {
    match &person.via {
        Via::Session(id) => sessions::goes_on(context, id, person.right).await,
        Via::Token { id, .. } => tokens::goes_on(&context.db, id, person.right).await,
        Via::CommandLine => Ok(true),
    }
}

/// Who was let in, if they may do something.
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
    /// Somebody who may read.
    MayRead, Read
);
may!(
    /// Somebody who may fetch and add.
    MaySync, Sync
);
may!(
    /// Somebody who may do everything.
    MayAdmin, Admin
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_open() {
        for path in
            ["/sign-in", "/set-up/abc", "/healthz", "/pkg/main.css", "/platforms/spotify.svg", "/favicon.svg"]
        {
            assert!(is_open(path), "{path}");
        }
        for path in [
            "/",
            "/analytics",
            "/platforms",
            "/platforms/set",
            "/sign-in/",
            "/pkg",
            "/api/v1/report",
            "/users",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }
}
