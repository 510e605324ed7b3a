//! The envelope of every response.

use serde::Deserialize;

use super::lenient::{self, Items};

/// A page of a list. `R` is the metadata of the list, where it is needed.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned, R: serde::de::Deserialize<'de>"))]
pub struct ApiPage<T, R = serde::de::IgnoredAny> {
    #[serde(default)]
    pub related: Option<R>,
    pub items: Items<T>,
    /// `None` if the response has no page metadata.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub page: Option<PageInfo>,
    #[serde(default, deserialize_with = "lenient::errors")]
    pub errors: Vec<ApiError>,
}

/// Position of a page in its list.
#[derive(Debug, Default, Deserialize)]
pub struct PageInfo {
    /// The next page's URL. It is never followed; only its offset is used.
    #[serde(default, deserialize_with = "lenient::text")]
    pub next: Option<String>,
    /// Number of rows in the whole list.
    #[serde(default, deserialize_with = "lenient::count")]
    pub total: Option<u64>,
}

/// A single object.
#[derive(Debug, Deserialize)]
pub struct Single<T> {
    #[serde(default = "Option::default")]
    pub object: Option<T>,
    #[serde(default, deserialize_with = "lenient::errors")]
    pub errors: Vec<ApiError>,
}

/// An error in the provider's format.
#[derive(Debug, Deserialize)]
pub struct ApiError {
    /// An HTTP status.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub code: Option<i64>,
    #[serde(default, deserialize_with = "lenient::string")]
    pub message: String,
}

/// A response with status 200, which may still contain an error.
pub trait Envelope {
    /// The error in place of data.
    fn error(&self) -> Option<&ApiError>;
    /// The value of an empty body: no data.
    fn nothing() -> Self;
}

impl<T, R> Envelope for ApiPage<T, R> {
    fn error(&self) -> Option<&ApiError> {
        self.errors.first().filter(|_| self.items.delivered() == 0)
    }

    fn nothing() -> Self {
        ApiPage { related: None, items: Items::default(), page: None, errors: Vec::new() }
    }
}

impl<T> Envelope for Single<T> {
    fn error(&self) -> Option<&ApiError> {
        self.errors.first().filter(|_| self.object.is_none())
    }

    fn nothing() -> Self {
        Single { object: None, errors: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ApiPlatform;
    use super::super::tests::parse;
    use super::*;

    #[test]
    fn pages_say_whether_another_follows() {
        let first: ApiPage<ApiPlatform> = parse(
            r#"{"related":{"uuid":"x"},"items":[],"page":{"offset":0,"limit":100,"next":"/api/v2/x?offset=100","previous":null,"total":334},"errors":[]}"#,
        )
        .unwrap();
        let page = first.page.unwrap();
        assert_eq!((page.next.as_deref(), page.total), (Some("/api/v2/x?offset=100"), Some(334)));
        let last: ApiPage<ApiPlatform> = parse(r#"{"items":[],"page":{"next":null},"errors":null}"#).unwrap();
        let page = last.page.unwrap();
        assert!(page.next.is_none() && page.total.is_none() && last.errors.is_empty());
        let total = |page: &str| {
            let page: ApiPage<ApiPlatform> =
                parse(&format!(r#"{{"items":[],"page":{page},"errors":{{}}}}"#)).unwrap();
            page.page.and_then(|page| page.total)
        };
        assert_eq!(total(r#"{"total":"334"}"#), Some(334), "a number as text");
        assert_eq!([r#"{"total":-1}"#, r#"{"total":null}"#, "[]", "null", "7"].map(total), [None; 5]);
    }

    #[test]
    fn a_row_that_cannot_be_read_costs_itself() {
        let page: ApiPage<ApiPlatform> = parse(
            r#"{"items":[{"name":"Spotify","code":"spotify"},{"name":"Deezer","code":7},null,{"name":"X","code":"x"}]}"#,
        )
        .unwrap();
        assert_eq!((page.items.rows.len(), page.items.delivered()), (2, 4));
        let (path, reason) = &page.items.lost[0];
        assert!(path == "items[1].code" && reason.contains("expected a string"), "{path} {reason}");
    }

    #[test]
    fn errors_come_with_or_without_words() {
        let body = r#"{"errors":[{"key":"access","code":404,"message":"Not found."},{"key":"access","message":null}]}"#;
        let answer: Single<ApiPlatform> = serde_json::from_str(body).unwrap();
        assert!(answer.object.is_none());
        assert_eq!(
            answer.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>(),
            ["Not found.", ""]
        );
    }
}
