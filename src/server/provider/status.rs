//! Classifies responses by HTTP status: data, an error, and whether to retry.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::error::Error;
use super::request::ApiRequest;
use super::retry::{AttemptError, RetryPolicy};
use super::secret::Secrets;
use super::settings::Limits;
use super::wire::{ApiError, lenient};
use crate::server::base::clock;

/// The relevant response headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResponseHead {
    pub status: u16,
    /// `x-quota-remaining`: remaining calls of the billing term.
    pub remaining: Option<i64>,
    /// `Retry-After`.
    retry_after: Option<Duration>,
    /// `x-ratelimit-reset`, present in every response: the end of the minute. Used only after a 429.
    reset: Option<Duration>,
}

/// Context of a response.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResponseContext<'a> {
    pub ask: &'a ApiRequest,
    pub host: &'a str,
    /// The configuration keys of the credentials.
    pub keys: &'static str,
    /// Whether a 401 may only mean that the token has expired.
    pub has_token: bool,
}

/// The provider's error body: a list of errors, or only a message.
#[derive(Deserialize)]
struct ErrorBody {
    #[serde(default, deserialize_with = "lenient::errors")]
    errors: Vec<ApiError>,
    #[serde(default, deserialize_with = "lenient::string")]
    message: String,
}

/// Origin and message of an error response.
struct ProviderError {
    /// Whether the body looks like one of the provider's errors: a proxy's error says nothing about the data.
    is_provider: bool,
    /// Stricter, for 404: a message alone could come from a proxy and be mistaken for a permanent "no data".
    is_provider_for_sure: bool,
    message: String,
}

impl ProviderError {
    fn read(body: &[u8], secrets: &Secrets) -> Self {
        let body: Option<ErrorBody> = serde_json::from_slice(body).ok();
        let (errors, root) = body.map_or_else(Default::default, |body| (body.errors, body.message));
        let is_provider_for_sure = !errors.is_empty();
        let message = errors.into_iter().next().map_or(root, |error| error.message);
        let is_provider = is_provider_for_sure || !message.is_empty();
        ProviderError { is_provider, is_provider_for_sure, message: secrets.redact(&message) }
    }
}

impl ResponseHead {
    pub fn read(status: u16, headers: &HeaderMap, limits: &Limits) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        ResponseHead {
            status,
            remaining: text("x-quota-remaining").and_then(|text| text.parse().ok()),
            retry_after: text("retry-after").and_then(retry_after),
            reset: text("x-ratelimit-reset").and_then(seconds).map(|wait| wait + limits.told_margin),
        }
    }

    /// Wait before the next attempt, if the provider gives one.
    pub fn wait(self) -> Option<Duration> {
        if self.status == 429 { self.retry_after.max(self.reset) } else { self.retry_after }
    }

    /// Retry after the given wait, or after our own backoff.
    pub fn retry_policy(self) -> RetryPolicy {
        self.wait().map_or(RetryPolicy::Backoff, RetryPolicy::RetryAfter)
    }

    /// Whether the body contains data.
    pub const fn is_success(self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The error that a failed response means; `body` may be truncated.
    pub fn to_error(self, asked: ResponseContext<'_>, body: &[u8], secrets: &Secrets) -> AttemptError {
        let ResponseContext { ask, host, keys, .. } = asked;
        let (what, host) = (ask.what().to_owned(), host.to_owned());
        let said = ProviderError::read(body, secrets);
        let status = self.status;
        let never = |error| AttemptError::new(error, RetryPolicy::Never);
        let foreign = || {
            AttemptError::new(
                Error::UnexpectedServer { host: host.clone(), status, has_answered_before: false },
                RetryPolicy::Backoff,
            )
        };
        let is_used_up = self.is_used_up(&said);
        let ProviderError { is_provider, is_provider_for_sure, message } = said;
        match status {
            300..=399 => never(Error::Redirected { host, status }),
            401 if asked.has_token => AttemptError::new(Error::Credentials { keys }, RetryPolicy::NewToken),
            401 if is_provider => never(Error::Credentials { keys }),
            401 => AttemptError::new(Error::Credentials { keys }, RetryPolicy::Backoff),
            408 | 425 => AttemptError::new(Error::ServerError { what, status }, self.retry_policy()),
            429 if is_used_up => never(Error::QuotaExhausted),
            429 => AttemptError::new(Error::RateLimited { wait: self.wait() }, self.retry_policy()),
            404 if is_provider_for_sure => never(Error::NotFound { what, message }),
            404 => foreign(),
            400..=499 if !is_provider => foreign(),
            403 => never(Error::NotInPlan { what, message }),
            410 => never(Error::Ambiguous { what }),
            500 => AttemptError::new(Error::ServerError { what, status }, RetryPolicy::Once),
            501..=599 => AttemptError::new(Error::ServerError { what, status }, self.retry_policy()),
            _ => never(Error::Refused { what, status, message }),
        }
    }

    /// A 429 means either too many requests or no calls left. The remaining calls decide, if known, then the
    /// provider's message; a 429 of any other server is treated as temporary.
    fn is_used_up(self, said: &ProviderError) -> bool {
        let words = said.message.to_ascii_lowercase();
        match self.remaining {
            Some(1..) => false,
            _ if words.contains("maximum request count") => false,
            Some(_) => true,
            None => said.is_provider && words.contains("quota"),
        }
    }
}

/// Seconds, or a point in time if the number is too large for a duration.
fn seconds(text: &str) -> Option<Duration> {
    let number: u64 = text.parse().ok()?;
    let is_time = number > 1_000_000_000;
    let now = u64::try_from(clock::now()).unwrap_or_default();
    Some(Duration::from_secs(if is_time { number.saturating_sub(now) } else { number }))
}

/// RFC 9110: seconds, or a date.
fn retry_after(text: &str) -> Option<Duration> {
    let date = || {
        let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
        u64::try_from((date.timestamp() - clock::now()).max(0)).ok().map(Duration::from_secs)
    };
    seconds(text).or_else(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: &str =
        r#"{"errors":[{"key":"access","code":429,"message":"Maximum request count reached"}]}"#;
    const SPENT: &str = r#"{"errors":[{"key":"access","code":429,"message":"Maximum quota reached"}]}"#;
    const OTHER: &str =
        r#"{"errors":[{"key":"argument","code":400,"message":"Only \"youtube\" is for s3cret-key."}]}"#;

    fn head(status: u16, headers: &[(&'static str, &'static str)]) -> ResponseHead {
        let headers =
            headers.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        ResponseHead::read(status, &headers, &Limits::default())
    }

    fn trouble(head: ResponseHead, body: &str) -> (String, RetryPolicy) {
        let ask = ApiRequest::new("a thing", ["x"]).unwrap();
        let asked = ResponseContext { ask: &ask, host: "host", keys: "KEYS", has_token: false };
        let trouble = head.to_error(asked, body.as_bytes(), &Secrets::new(["s3cret-key".parse().unwrap()]));
        (trouble.error.to_string(), trouble.retry)
    }

    #[test]
    fn waits_are_read_in_all_their_spellings() {
        let wait = |headers| head(429, headers).wait().map(|wait| wait.as_secs());
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("x-ratelimit-reset", "7")]), Some(8));
        assert_eq!(wait(&[("x-ratelimit-reset", "7"), ("retry-after", "30")]), Some(30));
        assert_eq!(wait(&[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")]), Some(0));
        assert_eq!(wait(&[("x-ratelimit-reset", "1500000000")]), Some(1), "a time that is past");
        assert_eq!(wait(&[("retry-after", "soon"), ("x-ratelimit-reset", "-3")]), None);
        assert_eq!(head(200, &[("x-quota-remaining", "-12")]).remaining, Some(-12));
    }

    #[test]
    fn both_kinds_of_429() {
        let limited = head(429, &[("x-ratelimit-reset", "2")]);
        assert_eq!(trouble(limited, SLOW).1, RetryPolicy::RetryAfter(Duration::from_secs(3)));
        assert_eq!(trouble(head(429, &[]), SLOW).1, RetryPolicy::Backoff);
        assert_eq!(trouble(limited, SPENT).1, RetryPolicy::Never);
        assert!(trouble(limited, SPENT).0.contains("quota"));
        assert_eq!(trouble(limited, "<html>").1, RetryPolicy::RetryAfter(Duration::from_secs(3)));
        assert_eq!(trouble(head(429, &[]), "<html>").1, RetryPolicy::Backoff);
        let counted = |left| head(429, &[("x-quota-remaining", left)]);
        assert_eq!(trouble(counted("4000000"), SPENT).1, RetryPolicy::Backoff, "the count decides");
        assert_eq!(trouble(counted("4000000"), OTHER).1, RetryPolicy::Backoff);
        assert_eq!(trouble(counted("0"), OTHER).1, RetryPolicy::Never);
        assert_eq!(trouble(counted("0"), SLOW).1, RetryPolicy::Backoff);
    }

    #[test]
    fn only_the_provider_s_own_words_decide() {
        for status in [400, 403, 404, 410, 418] {
            let (sentence, again) = trouble(head(status, &[]), "<html>");
            assert_eq!(again, RetryPolicy::Backoff, "{status}");
            assert!(sentence.contains("does not answer as Soundcharts does"), "{sentence}");
        }
        let gateway = r#"{"message":"no route"}"#;
        assert_eq!(trouble(head(404, &[]), gateway).1, RetryPolicy::Backoff, "no absence by a message alone");
        let (sentence, again) = trouble(head(403, &[]), r#"{"message":"Access denied"}"#);
        assert_eq!(again, RetryPolicy::Never);
        assert!(sentence.contains("(\"Access denied\")"), "{sentence}");
        assert_eq!(trouble(head(408, &[]), "").1, RetryPolicy::Backoff);
    }

    #[test]
    fn only_passing_trouble_is_worth_another_try() {
        for (status, again) in [
            (400, RetryPolicy::Never),
            (401, RetryPolicy::Never),
            (403, RetryPolicy::Never),
            (404, RetryPolicy::Never),
            (410, RetryPolicy::Never),
            (302, RetryPolicy::Never),
            (500, RetryPolicy::Once),
            (502, RetryPolicy::Backoff),
            (503, RetryPolicy::Backoff),
            (504, RetryPolicy::Backoff),
        ] {
            assert_eq!(trouble(head(status, &[("x-ratelimit-reset", "50")]), OTHER).1, again, "{status}");
        }
        assert_eq!(
            trouble(head(503, &[("retry-after", "5")]), OTHER).1,
            RetryPolicy::RetryAfter(Duration::from_secs(5))
        );
    }

    #[test]
    fn messages_of_the_provider_are_repeated_without_secrets() {
        let expected = "Soundcharts refused a thing (400) (\"Only \"youtube\" is for (hidden).\")";
        assert_eq!(trouble(head(400, &[]), OTHER).0, expected);
        assert!(trouble(head(404, &[]), "<html>").0.contains("SOUNDCHARTS_BASE_URL"));
    }
}
