//! The list of platforms, and a song's identifiers on them.

use serde::Deserialize;

use super::lenient;

/// A platform in the provider's list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApiPlatform {
    /// The display name, for example "Apple Music".
    pub name: String,
    /// The code in URLs, for example "apple-music".
    pub code: String,
}

/// A platform's own song id. A song may have several on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Identifier {
    /// The platform's code; also "isrc".
    #[serde(rename = "platformCode")]
    pub platform: String,
    /// The platform's own id.
    pub identifier: String,
    /// The song's page on the platform.
    #[serde(default, deserialize_with = "lenient::text")]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::super::ApiPage;
    use super::super::tests::parse;
    use super::*;

    #[test]
    fn platforms() {
        let page: ApiPage<ApiPlatform> = parse(
            r#"{"items":[{"name":"Amazon","code":"amazon"},{"name":"Apple Music","code":"apple-music"}],
                "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":2},"errors":[]}"#,
        )
        .unwrap();
        assert_eq!(
            page.items.rows[1],
            ApiPlatform { name: "Apple Music".to_owned(), code: "apple-music".to_owned() }
        );
    }

    #[test]
    fn identifiers_may_repeat_a_platform() {
        let page: ApiPage<Identifier> = parse(
            r#"{"related":{"uuid":"7d534228-5165-11e9-9375-549f35161576","name":"bad guy"},
                "items":[{"platformName":"Spotify","platformCode":"spotify","identifier":"1RtHLYql5X2itERnugE7iV",
                          "url":"https://open.spotify.com/track/1RtHLYql5X2itERnugE7iV","verified":true},
                         {"platformName":"Spotify","platformCode":"spotify","identifier":"6GxDJH9G5LdDKW79jspedK","url":""}],
                "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":2},"errors":[]}"#,
        )
        .unwrap();
        assert_eq!(page.items.rows[1].identifier, "6GxDJH9G5LdDKW79jspedK");
        assert_eq!(page.items.rows[1].url, None);
    }
}
