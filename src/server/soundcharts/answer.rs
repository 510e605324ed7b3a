//! What an HTTP status means: data, an error in words, and whether to try again.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::ask::Ask;
use super::error::Error;
use super::retry::{Again, Trouble};
use super::secret::Secrets;
use super::settings::Limits;
use super::wire::ApiError;
use crate::server::clock;

/// The parts of an answer's head that steer us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub status: u16,
    /// `x-quota-remaining`: calls left in the billing term.
    pub remaining: Option<i64>,
    /// `Retry-After`: how long to wait.
    retry_after: Option<Duration>,
    /// `x-ratelimit-reset`, which every answer has: when the minute ends. It matters after a 429 only.
    reset: Option<Duration>,
}

/// What everything about an answer is told in relation to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub ask: &'a Ask,
    pub host: &'a str,
    /// The configuration keys of the credentials.
    pub keys: &'static str,
    /// Whether a 401 may only mean that the token has ended.
    pub has_token: bool,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<ApiError>,
}

impl Head {
    pub fn read(status: u16, headers: &HeaderMap, limits: &Limits) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        Head {
            status,
            remaining: text("x-quota-remaining").and_then(|text| text.parse().ok()),
            retry_after: text("retry-after").and_then(retry_after),
            reset: text("x-ratelimit-reset").and_then(seconds).map(|wait| wait + limits.told_margin),
        }
    }

    /// How long to wait before the next try, where the provider says so.
    pub fn wait(self) -> Option<Duration> {
        if self.status == 429 { self.retry_after.max(self.reset) } else { self.retry_after }
    }

    /// Another try after the wait that was told, or after one of our own.
    pub fn again(self) -> Again {
        self.wait().map_or(Again::Wait, Again::Told)
    }

    /// Whether the body holds data.
    pub const fn is_success(self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The trouble that an answer without data means; `body` may be cut.
    pub fn trouble(self, asked: Asked<'_>, body: &[u8], secrets: &Secrets) -> Trouble {
        let Asked { ask, host, keys, .. } = asked;
        let (what, host) = (ask.what().to_owned(), host.to_owned());
        let error =
            serde_json::from_slice::<Errors>(body).ok().and_then(|body| body.errors.into_iter().next());
        let is_provider = error.is_some();
        let message = secrets.hide(error.map(|error| error.message).as_deref().unwrap_or_default());
        let status = self.status;
        let never = |error| Trouble::new(error, Again::Never);
        match status {
            300..=399 => never(Error::Redirected { host, status }),
            401 if asked.has_token => Trouble::new(Error::Credentials { keys }, Again::NewToken),
            401 => never(Error::Credentials { keys }),
            403 => never(Error::NotInPlan { what, message }),
            404 if is_provider => never(Error::NotFound { what, message }),
            404 => never(Error::NotTheProvider { host, status }),
            410 => never(Error::Ambiguous { what }),
            429 if self.is_too_fast(&message) => {
                Trouble::new(Error::SlowDown { wait: self.wait() }, self.again())
            }
            429 => never(Error::QuotaUsedUp),
            500 => Trouble::new(Error::Failing { what, status }, Again::Once),
            501..=599 => Trouble::new(Error::Failing { what, status }, self.again()),
            _ => never(Error::Refused { what, status, message }),
        }
    }

    /// One status for two things. The provider's words decide; without words of its own (a proxy in
    /// between), a wait that is told means that waiting helps.
    fn is_too_fast(self, message: &str) -> bool {
        message.to_ascii_lowercase().contains("maximum request count")
            || (message.is_empty() && self.wait().is_some())
    }
}

/// A number of seconds. One so large that it must be a point in time is read as that.
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

    fn head(status: u16, headers: &[(&'static str, &'static str)]) -> Head {
        let headers =
            headers.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Head::read(status, &headers, &Limits::default())
    }

    fn trouble(head: Head, body: &str) -> (String, Again) {
        let ask = Ask::new("a thing", ["x"]).unwrap();
        let asked = Asked { ask: &ask, host: "host", keys: "KEYS", has_token: false };
        let trouble = head.trouble(asked, body.as_bytes(), &Secrets::new(["s3cret-key".parse().unwrap()]));
        (trouble.error.to_string(), trouble.again)
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
        let told = head(429, &[("x-ratelimit-reset", "2")]);
        assert_eq!(trouble(told, SLOW).1, Again::Told(Duration::from_secs(3)));
        assert_eq!(trouble(head(429, &[]), SLOW).1, Again::Wait);
        assert_eq!(trouble(told, SPENT).1, Again::Never);
        assert!(trouble(told, SPENT).0.contains("quota"));
        assert_eq!(trouble(told, "<html>").1, Again::Told(Duration::from_secs(3)));
        assert_eq!(trouble(head(429, &[]), "<html>").1, Again::Never);
    }

    #[test]
    fn only_passing_trouble_is_worth_another_try() {
        for (status, again) in [
            (400, Again::Never),
            (401, Again::Never),
            (403, Again::Never),
            (404, Again::Never),
            (410, Again::Never),
            (302, Again::Never),
            (500, Again::Once),
            (502, Again::Wait),
            (503, Again::Wait),
            (504, Again::Wait),
        ] {
            assert_eq!(trouble(head(status, &[("x-ratelimit-reset", "50")]), OTHER).1, again, "{status}");
        }
        assert_eq!(trouble(head(503, &[("retry-after", "5")]), OTHER).1, Again::Told(Duration::from_secs(5)));
    }

    #[test]
    fn messages_of_the_provider_are_repeated_without_secrets() {
        let expected = "Soundcharts refused a thing (400) (\"Only \"youtube\" is for (hidden).\")";
        assert_eq!(trouble(head(400, &[]), OTHER).0, expected);
        assert!(trouble(head(404, &[]), "<html>").0.contains("SOUNDCHARTS_BASE_URL"));
    }
}
