//! What every answer is wrapped in.

use serde::Deserialize;

use super::lenient;

/// A list, or a page of one. `R` is what the list is about, for the few that say something we need.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::Deserialize<'de>, R: serde::de::Deserialize<'de>"))]
pub struct Page<T, R = serde::de::IgnoredAny> {
    #[serde(default)]
    pub related: Option<R>,
    pub items: Vec<T>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub page: PageInfo,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub errors: Vec<ApiError>,
}

/// Where a page stands in its list.
#[derive(Debug, Default, Deserialize)]
pub struct PageInfo {
    /// The next page's address. Only whether there is one counts: it is never followed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub next: Option<String>,
    /// Rows of the whole list.
    #[serde(default)]
    pub total: Option<u64>,
}

/// One thing.
#[derive(Debug, Deserialize)]
pub struct Single<T> {
    #[serde(default = "Option::default")]
    pub object: Option<T>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub errors: Vec<ApiError>,
}

/// An error as the provider words it.
#[derive(Debug, Deserialize)]
pub struct ApiError {
    /// An HTTP status.
    #[serde(default)]
    pub code: Option<i64>,
    #[serde(default, deserialize_with = "lenient::string")]
    pub message: String,
}

/// An answer of status 200 that may hold an error all the same.
pub trait Envelope {
    /// The error that stands where the data should be.
    fn error(&self) -> Option<&ApiError>;
}

impl<T, R> Envelope for Page<T, R> {
    fn error(&self) -> Option<&ApiError> {
        self.errors.first().filter(|_| self.items.is_empty())
    }
}

impl<T> Envelope for Single<T> {
    fn error(&self) -> Option<&ApiError> {
        self.errors.first().filter(|_| self.object.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Platform;
    use super::super::tests::parse;
    use super::*;

    #[test]
    fn pages_say_whether_another_follows() {
        let first: Page<Platform> = parse(
            r#"{"related":{"uuid":"x"},"items":[],"page":{"offset":0,"limit":100,"next":"/api/v2/x?offset=100","previous":null,"total":334},"errors":[]}"#,
        )
        .unwrap();
        assert!(first.page.next.is_some());
        assert_eq!(first.page.total, Some(334));
        let last: Page<Platform> = parse(r#"{"items":[],"page":{"next":null},"errors":null}"#).unwrap();
        assert!(last.page.next.is_none() && last.page.total.is_none() && last.errors.is_empty());
    }

    #[test]
    fn errors_come_with_or_without_words() {
        let body = r#"{"errors":[{"key":"access","code":404,"message":"Not found."},{"key":"access","message":null}]}"#;
        let answer: Single<Platform> = serde_json::from_str(body).unwrap();
        assert!(answer.object.is_none());
        assert_eq!(
            answer.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>(),
            ["Not found.", ""]
        );
    }
}
