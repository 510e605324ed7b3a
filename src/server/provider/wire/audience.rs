//! Rows of time series, about one per day.

use serde::Deserialize;

use super::{Number, lenient};

/// A value of a row, with its identifier.
#[derive(Debug, Clone, Copy)]
pub struct Plot<'a> {
    /// The platform's id of the song, or the field name.
    pub identifier: &'a str,
    pub value: &'a Number,
}

/// A row of a time series.
pub trait SeriesRow {
    /// The provider's timestamp.
    fn label(&self) -> &str;
    /// The values, without `null`.
    fn plots(&self) -> Vec<Plot<'_>>;
    /// Whether the row has a field for values at all: a row without one is invalid.
    fn has_values(&self) -> bool;
}

/// A day of a song on a platform: a value per platform identifier, or one for the song.
#[derive(Debug, PartialEq, Deserialize)]
pub struct SongAudienceRow {
    date: String,
    #[serde(default, deserialize_with = "lenient::present")]
    plots: Option<Option<Vec<SongPlot>>>,
    #[serde(default, deserialize_with = "lenient::present")]
    value: Option<Number>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct SongPlot {
    #[serde(default, deserialize_with = "lenient::identifier")]
    identifier: String,
    #[serde(default, deserialize_with = "lenient::present")]
    value: Option<Number>,
}

/// The value, unless missing or `null`.
fn given(value: &Option<Number>) -> Option<&Number> {
    value.as_ref().filter(|value| !value.is_null())
}

impl SeriesRow for SongAudienceRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        match &self.plots {
            None => given(&self.value).map(|value| Plot { identifier: "", value }).into_iter().collect(),
            Some(plots) => {
                let plots = plots.iter().flatten();
                let values = plots.filter_map(|plot| Some((plot.identifier.as_str(), given(&plot.value)?)));
                values.map(|(identifier, value)| Plot { identifier, value }).collect()
            }
        }
    }

    fn has_values(&self) -> bool {
        self.plots.is_some() || self.value.is_some()
    }
}

/// A day of an artist's followers and the platform's other counts.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtistAudienceRow {
    date: String,
    #[serde(default, deserialize_with = "lenient::present")]
    follower_count: Option<Number>,
    #[serde(default, deserialize_with = "lenient::present")]
    like_count: Option<Number>,
    #[serde(default, deserialize_with = "lenient::present")]
    following_count: Option<Number>,
    #[serde(default, deserialize_with = "lenient::present")]
    post_count: Option<Number>,
    #[serde(default, deserialize_with = "lenient::present")]
    view_count: Option<Number>,
}

impl ArtistAudienceRow {
    pub const FOLLOWERS: &str = "followerCount";
    pub const LIKES: &str = "likeCount";
    pub const FOLLOWING: &str = "followingCount";
    pub const POSTS: &str = "postCount";
    pub const VIEWS: &str = "viewCount";

    fn fields(&self) -> [(&'static str, &Option<Number>); 5] {
        [
            (Self::FOLLOWERS, &self.follower_count),
            (Self::LIKES, &self.like_count),
            (Self::FOLLOWING, &self.following_count),
            (Self::POSTS, &self.post_count),
            (Self::VIEWS, &self.view_count),
        ]
    }
}

impl SeriesRow for ArtistAudienceRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        let values = self.fields().into_iter().filter_map(|(field, value)| Some((field, given(value)?)));
        values.map(|(identifier, value)| Plot { identifier, value }).collect()
    }

    fn has_values(&self) -> bool {
        self.fields().iter().any(|(_, value)| value.is_some())
    }
}

/// A day of an artist's listeners, streams or views.
#[derive(Debug, PartialEq, Deserialize)]
pub struct StreamingRow {
    date: String,
    #[serde(default, deserialize_with = "lenient::present")]
    value: Option<Number>,
}

impl StreamingRow {
    pub const VALUE: &str = "";
}

impl SeriesRow for StreamingRow {
    fn label(&self) -> &str {
        &self.date
    }

    fn plots(&self) -> Vec<Plot<'_>> {
        given(&self.value).map(|value| Plot { identifier: Self::VALUE, value }).into_iter().collect()
    }

    fn has_values(&self) -> bool {
        self.value.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::ApiPage;
    use super::super::tests::parse;
    use super::*;

    fn plots(row: &impl SeriesRow) -> Vec<(String, Result<Option<i64>, String>)> {
        row.plots().iter().map(|plot| (plot.identifier.to_owned(), plot.value.read())).collect()
    }

    #[test]
    fn a_song_has_a_value_for_each_identifier() {
        let page: ApiPage<SongAudienceRow> = parse(
            r#"{"related":{"uuid":"7d534228-5165-11e9-9375-549f35161576","name":"bad guy"},
                "items":[{"date":"2026-05-18T00:00:00+00:00","plots":[
                    {"identifier":"1RtHLYql5X2itERnugE7iV","value":2919969032},
                    {"identifier":"6GxDJH9G5LdDKW79jspedK","value":9223372036854775808},
                    {"identifier":null,"value":-3},{"identifier":"none","value":null}]},
                   {"date":"2026-05-17T00:00:00+00:00"}],
                "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":2},"errors":[]}"#,
        )
        .unwrap();
        let found = plots(&page.items.rows[0]);
        assert_eq!(found[0], ("1RtHLYql5X2itERnugE7iV".to_owned(), Ok(Some(2_919_969_032))));
        assert!(found[1].1.is_err());
        assert_eq!(found[2], (String::new(), Ok(Some(-3))));
        assert_eq!(found.len(), 3);
        assert!(page.items.rows[1].plots().is_empty());
    }

    #[test]
    fn an_artist_has_a_value_for_each_field() {
        let page: ApiPage<ArtistAudienceRow> = parse(
            r#"{"related":{"artist":{"name":"Billie Eilish"},"platform":"spotify","lastCrawlDate":"2024-04-15T12:00:00+00:00"},
                "items":[{"date":"2024-01-12T00:00:00+00:00","likeCount":null,"followerCount":90706658,
                          "followingCount":null,"postCount":395,"viewCount":null}],"page":{}}"#,
        )
        .unwrap();
        let found = plots(&page.items.rows[0]);
        assert_eq!(
            found,
            [("followerCount".to_owned(), Ok(Some(90_706_658))), ("postCount".to_owned(), Ok(Some(395)))]
        );
    }

    #[test]
    fn a_row_without_date_costs_itself() {
        let page: ApiPage<StreamingRow> = parse(r#"{"items":[{"date":"x","value":1},{"value":1}]}"#).unwrap();
        let (path, reason) = &page.items.lost[0];
        assert!(path == "items[1]" && reason.contains("date"), "{path} {reason}");
    }

    #[test]
    fn values_stand_in_several_ways() {
        let page: ApiPage<SongAudienceRow> = parse(
            r#"{"items":[{"date":"2026-09-01","value":"93863298"},{"date":"2026-09-02","value":9.38e7},
                {"date":"2026-09-03","plots":[{"identifier":7130,"value":"5"}]},{"date":"2026-09-04","plots":[]},
                {"date":"2026-09-05","plots":null},{"date":"2026-09-06","value":null},{"date":"2026-09-07"}],"errors":{}}"#,
        )
        .unwrap();
        let rows = &page.items.rows;
        assert_eq!(plots(&rows[0]), [(String::new(), Ok(Some(93_863_298)))]);
        assert_eq!(plots(&rows[1]), [(String::new(), Ok(Some(93_800_000)))]);
        assert_eq!(plots(&rows[2]), [("7130".to_owned(), Ok(Some(5)))]);
        assert!(rows[3..].iter().all(|row| row.plots().is_empty()));
        let has_values: Vec<bool> = rows.iter().map(SeriesRow::has_values).collect();
        assert_eq!(has_values, [true, true, true, true, true, true, false]);
    }
}
