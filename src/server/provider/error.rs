//! Errors of the provider, with messages that an analyst can act on.

use std::time::Duration;

use super::limiter::LimiterError;
use crate::domain::sync::FailureCause;

/// Why a request failed. No variant contains credentials; provider messages are redacted beforehand.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// HTTPS cannot be set up on this machine.
    #[error("HTTPS cannot be set up: {0}. Install the system's CA certificates (package ca-certificates)")]
    Setup(String),
    /// A name or id that cannot be part of a URL path.
    #[error("Soundcharts cannot search for \"{text}\": enter a name or an id")]
    InvalidPathSegment {
        /// The invalid input.
        text: String,
    },
    /// 401.
    #[error("Soundcharts rejected the credentials: check {keys}")]
    Credentials {
        /// The settings that hold the credentials.
        keys: &'static str,
    },
    /// 403.
    #[error("The Soundcharts plan does not include {what}: extend the plan, or leave it out{}", remark(.message))]
    NotInPlan {
        /// Description of the request.
        what: String,
        /// The provider's message; may be empty.
        message: String,
    },
    /// 404 where it does not mean "no data".
    #[error("Soundcharts does not know {what}: check the id{}", remark(.message))]
    NotFound {
        /// Description of the request.
        what: String,
        /// The provider's message; may be empty.
        message: String,
    },
    /// 404 for a platform id: the provider has started to look up the artist.
    #[error(
        "Soundcharts does not know {what} yet and has begun to look for it: check the id, and try again in some hours"
    )]
    LookupPending {
        /// Description of the request.
        what: String,
    },
    /// 410: an ISRC shared by several recordings.
    #[error(
        "Soundcharts does not answer for {what}, because several recordings carry it: use another ISRC or a Spotify artist id"
    )]
    Ambiguous {
        /// Description of the request.
        what: String,
    },
    /// Any other 4xx, or errors in an answer without data.
    #[error("Soundcharts refused {what} ({status}){}", remark(.message))]
    Refused {
        /// Description of the request.
        what: String,
        /// The HTTP status.
        status: u16,
        /// The provider's message; may be empty.
        message: String,
    },
    /// Not sent, to preserve the reserve.
    #[error(
        "Only {left} Soundcharts calls are left in this billing term and {reserve} are kept in reserve: \
         wait for the next term, or lower SOUNDCHARTS_QUOTA_RESERVE"
    )]
    QuotaReserveReached {
        /// Remaining calls.
        left: i64,
        /// Calls never to be used.
        reserve: i64,
    },
    /// 429: no calls left in this billing term.
    #[error(
        "The Soundcharts quota of this billing term is used up: wait for the next term, or extend the plan"
    )]
    QuotaExhausted,
    /// 429: too many requests per minute, and the requested wait exceeds the limit.
    #[error("Soundcharts rate limit reached{}: try again then, or lower SOUNDCHARTS_MAX_PER_MINUTE", seconds(*.wait))]
    RateLimited {
        /// Wait, if the provider gave one.
        wait: Option<Duration>,
    },
    /// 5xx on every attempt.
    #[error("Soundcharts failed for {what} ({status}): try again later")]
    ServerError {
        /// Description of the request.
        what: String,
        /// The HTTP status.
        status: u16,
    },
    /// No connection.
    #[error(
        "Soundcharts cannot be reached at {host} ({reason}): check the network and the configured address"
    )]
    Unreachable {
        host: String,
        /// The operating system's message.
        reason: String,
    },
    /// No complete response in time.
    #[error("Soundcharts did not answer in time for {what}: try again later")]
    TimedOut {
        /// Description of the request.
        what: String,
    },
    /// The connection was closed during a response.
    #[error("Soundcharts closed the connection for {what}: try again later")]
    ConnectionLost {
        /// Description of the request.
        what: String,
    },
    /// The response exceeds the size limit.
    #[error("Soundcharts' answer for {what} is larger than {limit} bytes and was not read")]
    TooLarge {
        /// Description of the request.
        what: String,
        /// The size limit in bytes.
        limit: usize,
    },
    /// 3xx, never followed: the credentials would be sent along.
    #[error(
        "{host} redirects to another address ({status}), which is never followed: check SOUNDCHARTS_BASE_URL"
    )]
    Redirected {
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// A response that is not the provider's JSON: another server or a proxy.
    #[error(
        "{host} does not answer as Soundcharts does ({status}): check SOUNDCHARTS_BASE_URL and the proxies in between"
    )]
    UnexpectedServer {
        host: String,
        /// The HTTP status.
        status: u16,
        /// Whether the provider has responded there before, so that the error may be temporary.
        has_answered_before: bool,
    },
    /// The certificate is not trusted.
    #[error(
        "The certificate of {host} is not trusted ({reason}): check SOUNDCHARTS_BASE_URL, proxies that open HTTPS, and \
         the system's CA certificates"
    )]
    Certificate {
        host: String,
        /// The reason it is not trusted.
        reason: String,
    },
    /// Rows without a single readable value, which is not the same as no rows.
    #[error(
        "None of the values that Soundcharts sent for {what} can be read ({reason}): nothing of it was kept"
    )]
    Unreadable {
        /// Description of the request.
        what: String,
        /// The error of the first row.
        reason: String,
    },
    /// A body that does not parse.
    #[error("Soundcharts' answer for {what} has an unexpected form at {path}: {reason}")]
    Malformed {
        /// Description of the request.
        what: String,
        /// The JSON path, for example `items[3].date`.
        path: String,
        /// The expected content.
        reason: String,
    },
    /// Rows are missing, and neither shorter windows nor further pages return them.
    #[error("Soundcharts announced {announced} rows for {what} but delivered {delivered}: try again later")]
    MissingRows {
        /// Description of the request.
        what: String,
        /// Received rows.
        delivered: u64,
        /// Expected rows.
        announced: u64,
    },
    /// The response is for other days.
    #[error("Soundcharts returned other days than requested ({what}): the response was discarded")]
    WrongDays {
        /// Description of the request.
        what: String,
    },
    /// The list does not end.
    #[error("Soundcharts' list of {what} exceeds {rows} rows: the response was discarded")]
    EndlessPagination {
        /// Description of the request.
        what: String,
        /// Received rows.
        rows: u64,
    },
    /// The shared rate limiter failed.
    #[error("The request limit shared with other instances cannot be read: {0}")]
    Limiter(#[from] LimiterError),
}

/// How a caller handles an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Retryable, not before the given time.
    RetryLater(Option<Duration>),
    /// This request will fail again; others may succeed.
    SkipThis,
    /// All requests fail until someone acts or the billing term ends: stop.
    StopAll,
}

impl Error {
    /// The failure category.
    pub const fn cause(&self) -> FailureCause {
        match self {
            Error::NotInPlan { .. } => FailureCause::NotInPlan,
            Error::Credentials { .. } => FailureCause::Credentials,
            Error::QuotaReserveReached { .. } | Error::QuotaExhausted => FailureCause::Quota,
            Error::RateLimited { .. }
            | Error::ServerError { .. }
            | Error::Unreachable { .. }
            | Error::TimedOut { .. }
            | Error::ConnectionLost { .. }
            | Error::Redirected { .. }
            | Error::UnexpectedServer { .. }
            | Error::Certificate { .. } => FailureCause::NotResponding,
            Error::NotFound { .. } | Error::LookupPending { .. } | Error::Ambiguous { .. } => {
                FailureCause::Unknown
            }
            Error::TooLarge { .. }
            | Error::Malformed { .. }
            | Error::Unreadable { .. }
            | Error::MissingRows { .. }
            | Error::WrongDays { .. }
            | Error::EndlessPagination { .. } => FailureCause::Unreadable,
            Error::InvalidPathSegment { .. } | Error::Refused { .. } => FailureCause::Refused,
            Error::Setup(_) | Error::Limiter(_) => FailureCause::Internal,
        }
    }

    /// How a caller should handle the error.
    pub const fn recovery(&self) -> Recovery {
        match self {
            Error::RateLimited { wait } => Recovery::RetryLater(*wait),
            Error::ServerError { .. }
            | Error::Unreachable { .. }
            | Error::TimedOut { .. }
            | Error::ConnectionLost { .. }
            | Error::MissingRows { .. }
            | Error::EndlessPagination { .. }
            | Error::UnexpectedServer { has_answered_before: true, .. }
            | Error::Limiter(_) => Recovery::RetryLater(None),
            Error::Setup(_)
            | Error::Credentials { .. }
            | Error::QuotaReserveReached { .. }
            | Error::QuotaExhausted
            | Error::Redirected { .. }
            | Error::Certificate { .. }
            | Error::UnexpectedServer { has_answered_before: false, .. } => Recovery::StopAll,
            Error::InvalidPathSegment { .. }
            | Error::NotInPlan { .. }
            | Error::NotFound { .. }
            | Error::LookupPending { .. }
            | Error::Ambiguous { .. }
            | Error::Refused { .. }
            | Error::TooLarge { .. }
            | Error::Malformed { .. }
            | Error::Unreadable { .. }
            | Error::WrongDays { .. } => Recovery::SkipThis,
        }
    }
}

/// The provider's message, formatted as the end of a sentence.
fn remark(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" (\"{message}\")") }
}

fn seconds(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!("; wait {} s", wait.as_secs_f64().ceil()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sentences() {
        let what = "the audience of a track on spotify".to_owned();
        let message = "Only \"x\" are supported.".to_owned();
        assert_eq!(
            Error::Refused { what: what.clone(), status: 400, message }.to_string(),
            "Soundcharts refused the audience of a track on spotify (400) (\"Only \"x\" are supported.\")"
        );
        assert_eq!(
            Error::NotInPlan { what, message: String::new() }.to_string(),
            "The Soundcharts plan does not include the audience of a track on spotify: extend the plan, or leave it out"
        );
        assert_eq!(
            Error::RateLimited { wait: Some(Duration::from_millis(2100)) }.to_string(),
            "Soundcharts rate limit reached; wait 3 s: try again then, or lower SOUNDCHARTS_MAX_PER_MINUTE"
        );
    }
}
