//! An artist, in full and in the short form of lists.

use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::lenient;

/// An artist. Lists and search results contain only some fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artist {
    /// The provider's key.
    pub uuid: Uuid,
    /// The stage name.
    #[serde(deserialize_with = "lenient::string")]
    pub name: String,
    /// The provider's URL name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub slug: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "lenient::text")]
    pub country_code: Option<String>,
    /// A picture URL.
    #[serde(default, deserialize_with = "lenient::text")]
    pub image_url: Option<String>,
    /// Genres, where known.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub genres: Vec<Genre>,
}

/// A genre; one response may mix old and new spellings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Genre {
    /// The main genre, for example "pop".
    pub root: String,
    /// Subgenres.
    pub sub: Vec<String>,
}

impl<'de> Deserialize<'de> for Genre {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelling {
            Name(String),
            Parts {
                root: String,
                #[serde(default, deserialize_with = "lenient::or_default")]
                sub: Vec<String>,
            },
            Other(serde::de::IgnoredAny),
        }
        Ok(match Spelling::deserialize(deserializer)? {
            Spelling::Name(root) => Genre { root, sub: Vec::new() },
            Spelling::Parts { root, sub } => Genre { root, sub },
            Spelling::Other(_) => Genre::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use super::super::{ApiPage, Single};
    use super::*;

    #[test]
    fn long_form_with_genres_of_both_shapes() {
        let artist: Single<Artist> = parse(
            r#"{"type":"artist","object":{"uuid":"11e81bcc-9c1c-ce38-b96b-a0369fe50396","slug":"billie-eilish",
                "name":"Billie Eilish","appUrl":"https://app.soundcharts.com/app/artist/billie-eilish/overview",
                "imageUrl":"https://assets.soundcharts.com/artist/c/1/c/11e81bcc-9c1c-ce38-b96b-a0369fe50396.jpg",
                "webUrl":"","countryCode":"US","cityName":"Los Angeles",
                "genres":[{"root":"pop","sub":["pop"]},{"root":"alternative","sub":null},"rock",7],
                "isni":"000000046748058X","type":"person","careerStage":"superstar"},"errors":[]}"#,
        )
        .unwrap();
        let artist = artist.object.unwrap();
        let roots: Vec<&str> = artist.genres.iter().map(|genre| genre.root.as_str()).collect();
        assert_eq!(roots, ["pop", "alternative", "rock", ""]);
        assert_eq!(artist.country_code.as_deref(), Some("US"));
    }

    #[test]
    fn short_form_of_a_search_result() {
        let page: ApiPage<Artist> = parse(
            r#"{"items":[{"uuid":"11e81bcc-9c1c-ce38-b96b-a0369fe50396","slug":"billie-eilish","name":"Billie Eilish",
                "imageUrl":"https://assets.soundcharts.com/artist/c/1/c/11e81bcc-9c1c-ce38-b96b-a0369fe50396.jpg",
                "countryCode":""}],"page":{"offset":0,"limit":20,"next":null,"previous":null,"total":1}}"#,
        )
        .unwrap();
        assert_eq!(page.items.rows[0].country_code, None);
        assert!(page.items.rows[0].genres.is_empty());
    }

    #[test]
    fn an_artist_without_uuid_is_malformed() {
        let error = parse::<Single<Artist>>(r#"{"object":{"uuid":"billie","name":"Billie"}}"#).unwrap_err();
        assert!(error.contains("object.uuid"), "{error}");
    }
}
