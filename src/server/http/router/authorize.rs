//! Authorizes requests by the route table. Handlers check again through the extractors of `auth`; a test keeps both
//! consistent.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect};

use crate::server::accounts::{AuthMethod, Person, RequiredAction};
use crate::server::http::auth::pending_form::save_and_redirect;
use crate::server::http::auth::routes::RouteTable;
use crate::server::http::auth::{SIGN_IN, bearer, duties, is_file, is_for_programs};
use crate::server::state::context::Context;
use crate::server::web::problem::HttpError;
use crate::server::web::redirect_back::with_next;

/// Authentication has happened before (`PresentedCredentials`).
pub async fn authorize(
    State((context, table)): State<(Context, Arc<RouteTable>)>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if is_file(request.uri().path()) {
        return next.run(request).await;
    }
    let duty = request.extensions().get::<RequiredAction>().copied();
    if let Some(duty) = duty.filter(|duty| !duties::allows(*duty, request.uri().path())) {
        return duties::first(duty, request, &context.config).await;
    }
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(access) = table.access(path, request.method()) else {
        tracing::error!(path, "route missing from the route table");
        return HttpError::new(StatusCode::FORBIDDEN, "This route is not available.").into_response();
    };
    match (access.right(), request.extensions().get::<Person>()) {
        (None, _) => next.run(request).await,
        (Some(_), None) => reject_unauthenticated(&context, request).await,
        (Some(_), Some(person))
            if !access.takes_tokens() && matches!(person.via, AuthMethod::Token { .. }) =>
        {
            let detail = "API tokens cannot do this: sign in.";
            HttpError::new(StatusCode::FORBIDDEN, detail).into_response()
        }
        (Some(right), Some(person)) => match person.require(right) {
            Ok(()) => next.run(request).await,
            Err(problem) => HttpError::from(problem).into_response(),
        },
    }
}

/// Redirects browsers to the sign-in page, and back afterwards with their input; programs get an error.
async fn reject_unauthenticated(context: &Context, request: Request) -> Response<Body> {
    if is_for_programs(request.uri().path()) {
        return unauthenticated(bearer(request.headers()).is_some()).into_response();
    }
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return save_and_redirect(request, &context.config, SIGN_IN).await;
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
        HttpError::new(StatusCode::UNAUTHORIZED, detail),
    )
}
