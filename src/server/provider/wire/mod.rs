//! The provider's JSON: lenient where it is known to vary, strict where a misreading would become a wrong
//! number. A response without `items` is not an empty one.

mod artist;
mod audience;
mod chart;
mod envelope;
pub(crate) mod lenient;
mod number;
mod platform;
mod song;

use serde::de::DeserializeOwned;

use super::error::Error;
use super::request::ApiRequest;
use super::retry::{AttemptError, RetryPolicy};
use super::secret::Secrets;

pub use artist::{Artist, Genre};
pub(super) use audience::{ArtistAudienceRow, SeriesRow, SongAudienceRow, StreamingRow};
pub use chart::Chart;
pub(super) use chart::{RankingRelated, RankingRow};
pub(super) use envelope::{ApiError, ApiPage, Envelope, PageInfo, Single};
pub(super) use lenient::{Unread, day_of};
pub(super) use number::Number;
pub use platform::{ApiPlatform, Identifier};
pub use song::Song;
pub(super) use song::SongsRelated;

/// Parses a body. An empty one means no data. A truncated one is retryable, as is one that is not a JSON object,
/// because a proxy may have sent it. Any other parse error is reported with its position. An error in place of data
/// is returned as such.
pub(super) fn read<T>(body: &[u8], ask: &ApiRequest, host: &str, secrets: &Secrets) -> Result<T, AttemptError>
where
    T: DeserializeOwned + Envelope,
{
    match body.trim_ascii_start().first() {
        None => return Ok(T::nothing()),
        Some(b'{') => {}
        Some(_) => {
            let foreign =
                Error::UnexpectedServer { host: host.to_owned(), status: 200, has_answered_before: false };
            return Err(AttemptError::new(foreign, RetryPolicy::Backoff));
        }
    }
    let value: T = parse(body).map_err(|(path, error)| {
        let again = if error.is_eof() { RetryPolicy::Backoff } else { RetryPolicy::Never };
        let path = if path == "." { "its beginning".to_owned() } else { secrets.redact(&path) };
        let (what, reason) = (ask.what().to_owned(), secrets.redact(&error.to_string()));
        AttemptError::new(Error::Malformed { what, path, reason }, again)
    })?;
    match value.error() {
        Some(error) => Err(refused(error, ask, secrets)),
        None => Ok(value),
    }
}

/// Parses JSON; errors include the position.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, (String, serde_json::Error)> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| (error.path().to_string(), error.into_inner()))?;
    json.end().map_err(|error| ("its end".to_owned(), error))?;
    Ok(value)
}

/// The error of a response with status 200.
fn refused(error: &ApiError, ask: &ApiRequest, secrets: &Secrets) -> AttemptError {
    let what = ask.what().to_owned();
    let status =
        error.code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..=599).contains(code));
    match status {
        Some(status @ 500..) => {
            let again = if status == 500 { RetryPolicy::Once } else { RetryPolicy::Backoff };
            AttemptError::new(Error::ServerError { what, status }, again)
        }
        _ => {
            let (status, message) = (status.unwrap_or(200), secrets.redact(&error.message));
            Error::Refused { what, status, message }.into()
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Parses a body, with errors as shown to users.
    pub fn parse<T: DeserializeOwned + Envelope>(body: &str) -> Result<T, String> {
        let ask = ApiRequest::new("a test", ["x"]).unwrap();
        read(body.as_bytes(), &ask, "host", &Secrets::default()).map_err(|trouble| trouble.error.to_string())
    }

    #[test]
    fn a_body_that_does_not_parse_is_reported_with_path_and_reason() {
        let body = r#"{"object":{"name":"Deezer","code":7}}"#;
        let error = parse::<Single<ApiPlatform>>(body).unwrap_err();
        assert!(error.contains("object.code") && error.contains("expected a string"), "{error}");
        let error = parse::<ApiPage<ApiPlatform>>("<html>").unwrap_err();
        assert!(error.contains("does not answer as Soundcharts does"), "{error}");
        assert!(parse::<ApiPage<ApiPlatform>>("{}").unwrap_err().contains("missing field `items`"));
    }

    #[test]
    fn an_error_with_status_200_is_one() {
        let page =
            |errors: &str| parse::<ApiPage<ApiPlatform>>(&format!(r#"{{"items":[],"errors":[{errors}]}}"#));
        assert!(page("").is_ok());
        assert!(
            page(r#"{"code":400,"message":"Invalid date"}"#)
                .unwrap_err()
                .contains("(400) (\"Invalid date\")")
        );
        assert!(page(r#"{"code":500,"message":"x"}"#).unwrap_err().contains("(500)"));
        assert!(page(r#"{"message":"Odd"}"#).unwrap_err().contains("(200) (\"Odd\")"));
        let body = r#"{"object":null,"errors":[{"code":400,"message":"No"}]}"#;
        assert!(parse::<Single<ApiPlatform>>(body).unwrap_err().contains("No"));
        let body = r#"{"object":{"name":"Spotify","code":"spotify"},"errors":[{"code":400,"message":"No"}]}"#;
        assert!(parse::<Single<ApiPlatform>>(body).is_ok(), "data count, whatever stands beside them");
    }

    #[test]
    fn a_cut_body_is_worth_another_try() {
        let ask = ApiRequest::new("a test", ["x"]).unwrap();
        let again = |body: &str| {
            read::<ApiPage<ApiPlatform>>(body.as_bytes(), &ask, "host", &Secrets::default())
                .unwrap_err()
                .retry
        };
        assert_eq!(again(r#"{"items":[{"name":"Spot"#), RetryPolicy::Backoff);
        assert_eq!(again("<html>"), RetryPolicy::Backoff, "somebody in between");
        assert_eq!(again(r#"{"items":3}"#), RetryPolicy::Never);
        assert_eq!(again(r#"{"items":[]} x"#), RetryPolicy::Never);
        assert_eq!(parse::<ApiPage<ApiPlatform>>(" ").unwrap().items.delivered(), 0, "nothing is no data");
    }
}
