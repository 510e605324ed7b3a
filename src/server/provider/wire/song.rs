//! A recording, in full and in the short form of lists.

use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::{Artist, lenient};
use crate::domain::Day;

/// A recording. Lists contain only some fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Song {
    /// The provider's key.
    pub uuid: Uuid,
    /// The title.
    #[serde(deserialize_with = "lenient::string")]
    pub name: String,
    /// Artist credit as displayed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub credit_name: Option<String>,
    /// One of its ISRCs; it may differ between responses.
    #[serde(default, deserialize_with = "isrc")]
    pub isrc: Option<String>,
    /// The release date label.
    #[serde(default, deserialize_with = "lenient::day")]
    pub release_date: Option<Day>,
    /// A picture URL.
    #[serde(default, deserialize_with = "lenient::text")]
    pub image_url: Option<String>,
    /// All artists; empty in lists.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub artists: Vec<Artist>,
    /// The main artists; may be empty in the full form, too.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub main_artists: Vec<Artist>,
}

/// Metadata of a song list: its artist.
#[derive(Debug, Deserialize)]
pub struct SongsRelated {
    /// The artist's current name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// Text in old responses, an object in new ones.
fn isrc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelling {
        Text(String),
        Object { value: Option<String> },
        Other(serde::de::IgnoredAny),
    }
    let text = match Option::<Spelling>::deserialize(deserializer)? {
        Some(Spelling::Text(text)) => Some(text),
        Some(Spelling::Object { value }) => value,
        Some(Spelling::Other(_)) | None => None,
    };
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::parse;
    use super::super::{ApiPage, Single};
    use super::*;

    #[test]
    fn long_form() {
        let song: Single<Song> = parse(
            r#"{"type":"song","object":{"uuid":"b0e7bb4c-e240-4049-8606-94ea72493772","name":"怪天氣",
                "isrc":{"value":"TWFM52002001","countryCode":"TW","countryName":"Taiwan"},"iswcs":[],
                "creditName":"YELLOW黃宣 & 9m88",
                "artists":[{"uuid":"ecc17a50-c7e8-11e8-9cf9-549f35161576","slug":"9m88","name":"9m88"},
                           {"uuid":"c0a86f36-e503-11e8-b973-549f35161576","slug":"yellow-11","name":"YELLOW"}],
                "mainArtists":[],"releaseDate":"2020-09-14T00:00:00+00:00","copyright":"","duration":259,
                "explicit":false,"labels":[{"name":"x","type":"y"}]},"errors":[]}"#,
        )
        .unwrap();
        let song = song.object.unwrap();
        assert_eq!(song.isrc.as_deref(), Some("TWFM52002001"));
        assert_eq!(song.release_date.unwrap().to_string(), "2020-09-14");
        assert_eq!(song.artists[1].name, "YELLOW");
    }

    #[test]
    fn short_form_and_paris_midnight() {
        let page: ApiPage<Song> = parse(
            r#"{"items":[{"uuid":"11e82728-57d8-8c8c-a1dd-a0369fe50396","name":"Scars to Your Beautiful",
                "creditName":"Alessia Cara","releaseDate":"2015-11-13T00:00:00+01:00"}],
                "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":1},"errors":[]}"#,
        )
        .unwrap();
        assert_eq!(page.items.rows[0].release_date.unwrap().to_string(), "2015-11-13");
        assert_eq!(page.items.rows[0].isrc, None);
    }

    #[test]
    fn both_shapes_of_isrc() {
        let isrc = |json: &str| {
            let body = format!(
                r#"{{"object":{{"uuid":"b0e7bb4c-e240-4049-8606-94ea72493772","name":"x","isrc":{json}}}}}"#
            );
            parse::<Single<Song>>(&body).unwrap().object.unwrap().isrc
        };
        assert_eq!(isrc(r#""USUM71900764""#).as_deref(), Some("USUM71900764"));
        assert_eq!(isrc(r#"{"value":"USUM71900764"}"#).as_deref(), Some("USUM71900764"));
        for none in ["null", r#""""#, r#"{"value":null}"#, r#"{"value":""}"#, "[]", "{}"] {
            assert_eq!(isrc(none), None, "{none}");
        }
    }
}
