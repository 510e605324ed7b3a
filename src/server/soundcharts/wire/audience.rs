//! The rows of time series: one a day, more or less.

use serde::Deserialize;

use super::{Number, lenient};

/// A value of a row and what it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Plot<'a> {
    /// The platform's id of the song, or the field of the row.
    pub identifier: &'a str,
    pub value: &'a Number,
}

/// A row of a time series.
pub trait Row {
    /// The provider's timestamp.
    fn label(&self) -> &str;
    /// Its values; those that are `null` are left out.
    fn plots(&self) -> Vec<Plot<'_>>;
}

/// A day of a song on a platform: a value for each of the platform's ids of it.
#[derive(Debug, PartialEq, Deserialize)]
pub struct SongAudienceRow {
    date: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    plots: Vec<SongPlot>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct SongPlot {
    #[serde(default, deserialize_with = "lenient::or_default")]
    identifier: String,
    #[serde(default)]
    value: Option<Number>,
}

impl Row for SongAudienceRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        let values = self.plots.iter().filter_map(|plot| Some((&plot.identifier, plot.value.as_ref()?)));
        values.map(|(identifier, value)| Plot { identifier, value }).collect()
    }
}

/// A day of an artist's followers and what else the platform counts.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtistAudienceRow {
    date: String,
    #[serde(default)]
    follower_count: Option<Number>,
    #[serde(default)]
    like_count: Option<Number>,
    #[serde(default)]
    following_count: Option<Number>,
    #[serde(default)]
    post_count: Option<Number>,
    #[serde(default)]
    view_count: Option<Number>,
}

impl ArtistAudienceRow {
    pub const FOLLOWERS: &str = "followerCount";
    pub const LIKES: &str = "likeCount";
    pub const FOLLOWING: &str = "followingCount";
    pub const POSTS: &str = "postCount";
    pub const VIEWS: &str = "viewCount";
}

impl Row for ArtistAudienceRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        let fields = [
            (Self::FOLLOWERS, &self.follower_count),
            (Self::LIKES, &self.like_count),
            (Self::FOLLOWING, &self.following_count),
            (Self::POSTS, &self.post_count),
            (Self::VIEWS, &self.view_count),
        ];
        let values = fields.into_iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
        values.map(|(identifier, value)| Plot { identifier, value }).collect()
    }
}

/// A day of an artist's listeners, streams or views.
#[derive(Debug, PartialEq, Deserialize)]
pub struct StreamingRow {
    date: String,
    #[serde(default)]
    value: Option<Number>,
}

impl StreamingRow {
    pub const VALUE: &str = "";
}

impl Row for StreamingRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        self.value.iter().map(|value| Plot { identifier: Self::VALUE, value }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Page;
    use super::super::tests::parse;
    use super::*;

    fn plots(row: &impl Row) -> Vec<(String, Result<Option<i64>, String>)> {
        row.plots().iter().map(|plot| (plot.identifier.to_owned(), plot.value.read())).collect()
    }

    #[test]
    fn a_song_has_a_value_for_each_identifier() {
        let page: Page<SongAudienceRow> = parse(
            r#"{"related":{"uuid":"7d534228-5165-11e9-9375-549f35161576","name":"bad guy"},
                "items":[{"date":"2026-05-18T00:00:00+00:00","plots":[
                    {"identifier":"1RtHLYql5X2itERnugE7iV","value":2919969032},
                    {"identifier":"6GxDJH9G5LdDKW79jspedK","value":9223372036854775808},
                    {"identifier":null,"value":-3},{"identifier":"none","value":null}]},
                   {"date":"2026-05-17T00:00:00+00:00"}],
                "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":2},"errors":[]}"#,
        )
        .unwrap();
        let found = plots(&page.items[0]);
        assert_eq!(found[0], ("1RtHLYql5X2itERnugE7iV".to_owned(), Ok(Some(2_919_969_032))));
        assert!(found[1].1.is_err());
        assert_eq!(found[2], (String::new(), Ok(Some(-3))));
        assert_eq!(found.len(), 3);
        assert!(page.items[1].plots().is_empty());
    }

    #[test]
    fn an_artist_has_a_value_for_each_field() {
        let page: Page<ArtistAudienceRow> = parse(
            r#"{"related":{"artist":{"name":"Billie Eilish"},"platform":"spotify","lastCrawlDate":"2024-04-15T12:00:00+00:00"},
                "items":[{"date":"2024-01-12T00:00:00+00:00","likeCount":null,"followerCount":90706658,
                          "followingCount":null,"postCount":395,"viewCount":null}],"page":{}}"#,
        )
        .unwrap();
        let found = plots(&page.items[0]);
        assert_eq!(
            found,
            [("followerCount".to_owned(), Ok(Some(90_706_658))), ("postCount".to_owned(), Ok(Some(395)))]
        );
    }

    #[test]
    fn a_row_without_date_is_malformed() {
        let error =
            parse::<Page<StreamingRow>>(r#"{"items":[{"date":"x","value":1},{"value":1}]}"#).unwrap_err();
        assert!(error.contains("items[1]") && error.contains("date"), "{error}");
    }
}
