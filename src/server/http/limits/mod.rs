//! Acquires the limits that a request needs, and releases them when its response has been sent.

pub(crate) mod body;
pub(crate) mod large;
pub(crate) mod until_sent;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

pub use self::body::BODY;
use self::body::with_body;
use self::until_sent::until_sent;
use crate::server::accounts::{AuthMethod, Person};
use crate::server::http::auth::{PresentedCredentials, is_file};
use crate::server::state::context::Context;
use crate::server::state::limits::Reason;
use crate::server::state::limits::account::RequestKind;
use crate::server::state::limits::calls::RateLimitStatus;
use crate::server::web::problem::HttpError;

/// Time to the first byte of a response. An import that publishes blocks writers for up to ten seconds.
const TIME: Duration = Duration::from_secs(30);

/// Applies the limits to a request. Health endpoints are exempt.
pub async fn limit(State(context): State<Context>, request: Request, next: Next) -> Response<Body> {
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    match limited(&context, request, next).await {
        Ok(response) => response,
        Err(refused) => refused.into_response(),
    }
}

async fn limited(context: &Context, request: Request, next: Next) -> Result<Response<Body>, HttpError> {
    let limits = &context.limits;
    if is_file(request.uri().path()) {
        let _place = limits.files.acquire()?;
        // Static files are public and may be read slowly: their bytes are shared.
        return in_time(request, next).await;
    }
    // The body is read before a permit is acquired, so that slow senders block no one.
    let mut request = with_body(request).await?;
    // The permit pool depends on the verified identity, not on the claimed one.
    let claim = PresentedCredentials::from_request(context, &request);
    let person = {
        let _place = limits.checks.acquire()?;
        claim.person(context).await?
    };
    let Some((person, duty)) = person else {
        let place = limits.anonymous.acquire()?;
        return Ok(until_sent(in_time(request, next).await?, place));
    };
    let kind = if request.uri().path().starts_with("/pictures/") {
        RequestKind::Picture
    } else {
        RequestKind::Request
    };
    let places = (limits.callers.acquire()?, limits.accounts.take(&person.user_id, kind)?);
    let left = minute(context, &person);
    request.extensions_mut().insert(person);
    if let Some(duty) = duty {
        request.extensions_mut().insert(duty);
    }
    let mut response = match left {
        Some(left) if !left.is_within => too_many(left).into_response(),
        _ => in_time(request, next).await?,
    };
    if let Some(left) = left {
        left.write(response.headers_mut());
    }
    Ok(until_sent(response, places))
}

/// Remaining calls of a token after this one; `None` if unlimited.
fn minute(context: &Context, person: &Person) -> Option<RateLimitStatus> {
    match (&person.via, context.config.api_per_minute) {
        (AuthMethod::Token { id, .. }, Some(limit)) => Some(context.limits.calls.count(id, limit)),
        _ => None,
    }
}

fn too_many(left: RateLimitStatus) -> HttpError {
    let detail = format!("This token may make {} calls a minute; try again in {} s.", left.limit, left.reset);
    Reason::Minute.refuse(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(left.reset)
}

async fn in_time(request: Request, next: Next) -> Result<Response<Body>, HttpError> {
    tokio::time::timeout(TIME, next.run(request)).await.map_err(|_| {
        let detail = "The request timed out; try again, or request less at once.";
        Reason::Time.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5)
    })
}
