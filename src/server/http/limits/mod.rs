//! Resource limits of callers: connections, bodies, concurrent requests, time, streams; by address and by
//! account. Requests over a limit are rejected at once instead of queued.

pub mod account;
mod body;
pub mod calls;
pub mod connections;
mod counts;
mod held;
pub(super) mod patient;
pub mod places;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use self::account::{Accounts, Kind};
pub use self::body::BODY;
use self::body::with_body;
use self::calls::{Calls, Left};
use self::connections::Connections;
use self::held::until_sent;
use self::places::Places;
use super::gate::{Claim, is_file};
use super::problem::Refused;
use crate::server::accounts::{Person, Via};
use crate::server::config::{Config, Sizes};
use crate::server::context::Context;

/// Time to the first byte of a response. An import that publishes blocks writers for up to ten seconds.
const TIME: Duration = Duration::from_secs(30);
/// Concurrent exports.
pub const EXPORTS: usize = 10;
/// Concurrent event streams in total.
const STREAMS: usize = 2_048;
/// Concurrent static files.
const FILES: usize = 64;
/// Ratio of authenticated to anonymous permits: anonymous load cannot exhaust those of users.
const CALLERS_PER_STRANGER: usize = 4;

/// The limit that rejected a request: a closed set, used as metric label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An address has as many connections as it may.
    Address,
    /// A body is too large.
    BodySize,
    /// A body came too slowly.
    BodyTime,
    /// All permits are in use.
    Places,
    /// An answer took too long.
    Time,
    /// An account is at its concurrency limit.
    Account,
    /// A token is over its rate limit.
    Minute,
}

impl Reason {
    /// Counts one more.
    pub fn count(self) {
        let reason = match self {
            Reason::Address => "address",
            Reason::BodySize => "body-size",
            Reason::BodyTime => "body-time",
            Reason::Places => "places",
            Reason::Time => "time",
            Reason::Account => "account",
            Reason::Minute => "minute",
        };
        metrics::counter!("http_refusals_total", "reason" => reason).increment(1);
    }

    /// The error response, counted in the metrics.
    pub fn refuse(self, status: StatusCode, detail: impl Into<String>) -> Refused {
        self.count();
        Refused::new(status, detail)
    }
}

/// The limits of one process.
#[derive(Debug)]
pub struct Limits {
    /// Permits of authenticated requests.
    pub callers: Places,
    /// Permits of anonymous requests.
    pub strangers: Places,
    /// Permits of requests under authentication.
    pub checks: Places,
    /// Permits of static files.
    pub files: Places,
    /// Permits of exports.
    pub exports: Places,
    /// Permits of event streams.
    pub streams: Places,
    /// What each account has under way.
    pub accounts: Accounts,
    /// The calls of API tokens.
    pub calls: Calls,
    /// Connections, of all and of each address.
    pub connections: Connections,
}

impl Limits {
    /// Unused limits from the configuration.
    pub fn new(config: &Config) -> Self {
        let Sizes { requests, account_requests, .. } = config.sizes;
        Limits {
            callers: Places::new("callers", requests),
            strangers: Places::new("strangers", requests.div_ceil(CALLERS_PER_STRANGER)),
            checks: Places::new("checks", requests),
            files: Places::new("files", FILES),
            exports: Places::new("exports", EXPORTS),
            streams: Places::new("streams", STREAMS),
            accounts: Accounts::new(account_requests),
            calls: Calls::default(),
            connections: Connections::new(&config.sizes, config.proxies.clone()),
        }
    }
}

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

async fn limited(context: &Context, request: Request, next: Next) -> Result<Response<Body>, Refused> {
    let limits = &context.limits;
    if is_file(request.uri().path()) {
        let _place = limits.files.take()?;
        // Static files are public and may be read slowly: their bytes are shared.
        return in_time(request, next).await;
    }
    // The body is read before a permit is acquired: slow senders block nobody.
    let mut request = with_body(request).await?;
    // The permit pool depends on the verified identity, not on the claimed one.
    let claim = Claim::of(context, &request);
    let person = {
        let _place = limits.checks.take()?;
        claim.person(context).await?
    };
    let Some((person, duty)) = person else {
        let place = limits.strangers.take()?;
        return Ok(until_sent(in_time(request, next).await?, place));
    };
    let kind = if request.uri().path().starts_with("/pictures/") { Kind::Picture } else { Kind::Request };
    let places = (limits.callers.take()?, limits.accounts.take(&person.user_id, kind)?);
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
fn minute(context: &Context, person: &Person) -> Option<Left> {
    match (&person.via, context.config.api_per_minute) {
        (Via::Token { id, .. }, Some(limit)) => Some(context.limits.calls.count(id, limit)),
        _ => None,
    }
}

fn too_many(left: Left) -> Refused {
    let detail = format!("This token may make {} calls a minute; try again in {} s.", left.limit, left.reset);
    Reason::Minute.refuse(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(left.reset)
}

async fn in_time(request: Request, next: Next) -> Result<Response<Body>, Refused> {
    tokio::time::timeout(TIME, next.run(request)).await.map_err(|_| {
        let detail = "The request timed out; try again, or request less at once.";
        Reason::Time.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5)
    })
}
