//! What callers may take: connections, bodies, places among the requests that are answered at once, time, streams; of one
//! address and of one account. Whoever finds no place is told so at once, because a queue helps nobody.

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

/// How long an answer may take to begin. An import that publishes keeps a writer waiting for ten seconds.
const TIME: Duration = Duration::from_secs(30);
/// Exports that are made at once.
pub const EXPORTS: usize = 10;
/// Streams of events that are watched at once, by all together.
const STREAMS: usize = 2_048;
/// Files of the product that are asked for at once.
const FILES: usize = 64;
/// For so many requests of callers strangers may have one: callers find a place whatever strangers do.
const CALLERS_PER_STRANGER: usize = 4;

/// Why a limit refused something: a closed set, which the metrics count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An address has as many connections as it may.
    Address,
    /// A body is too large.
    BodySize,
    /// A body came too slowly.
    BodyTime,
    /// All places are taken.
    Places,
    /// An answer took too long.
    Time,
    /// An account has as much under way as it may.
    Account,
    /// A token has made its calls of the minute.
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

    /// The refusal, counted.
    pub fn refuse(self, status: StatusCode, detail: impl Into<String>) -> Refused {
        self.count();
        Refused::new(status, detail)
    }
}

/// What is left to callers, of one process.
#[derive(Debug)]
pub struct Limits {
    /// For requests of those who have a session or a token.
    pub callers: Places,
    /// For requests of all others.
    pub strangers: Places,
    /// For requests of which it is being found out whose they are.
    pub checks: Places,
    /// For the product's own files.
    pub files: Places,
    /// For exports that are being made.
    pub exports: Places,
    /// For streams of events.
    pub streams: Places,
    /// What each account has under way.
    pub accounts: Accounts,
    /// The calls of API tokens.
    pub calls: Calls,
    /// Connections, of all and of each address.
    pub connections: Connections,
}

impl Limits {
    /// As they were configured, with nothing taken.
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

/// Answers within the limits, or says which one was met. Health is told whatever the load.
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
        // Anybody may read files, and read them slowly: their bytes cost nothing to keep.
        return in_time(request, next).await;
    }
    // The body comes before a place is taken: whoever sends it slowly keeps nobody else waiting.
    let mut request = with_body(request).await?;
    // Whose place is taken depends on who it is, and not on who it says it is.
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

/// What is left to a token after this call; `None` where nothing limits it.
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
        let detail = "This took too long and was given up; try again, or ask for less at once.";
        Reason::Time.refuse(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(5)
    })
}
