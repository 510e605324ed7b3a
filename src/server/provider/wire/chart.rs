//! Charts and rows of rankings.

use serde::Deserialize;
use uuid::Uuid;

use super::lenient;
use crate::domain::catalogue::Frequency;

/// A song chart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The provider's key.
    pub slug: String,
    /// Display name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// The platform's code.
    #[serde(default, deserialize_with = "lenient::string")]
    pub platform: String,
    /// The provider's word for the type of ranking.
    #[serde(rename = "type", default, deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// The provider's word for the frequency; see [`Chart::frequency`].
    #[serde(rename = "frequency", default, deserialize_with = "lenient::text")]
    pub frequency_word: Option<String>,
    /// ISO 3166-1 alpha-2; `None` for a global chart.
    #[serde(default, deserialize_with = "lenient::text")]
    pub country_code: Option<String>,
    /// The country's display name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub country_name: Option<String>,
    /// The city of a city chart.
    #[serde(default, deserialize_with = "lenient::text")]
    pub city_name: Option<String>,
    /// Chart length.
    #[serde(rename = "maxResultsCount", default)]
    pub positions: Option<u32>,
}

impl Chart {
    /// Daily or weekly, if the provider's word implies one: its exact values are not documented.
    pub fn frequency(&self) -> Option<Frequency> {
        let word = self.frequency_word.as_deref()?.to_ascii_lowercase();
        let means = |frequency: Frequency| word.contains(frequency.as_str());
        let exact = Frequency::ALL.iter().copied().find(|frequency| means(*frequency));
        exact.or(match word.as_str() {
            "day" => Some(Frequency::Daily),
            "week" => Some(Frequency::Weekly),
            _ => None,
        })
    }
}

#[derive(Debug, Deserialize)]
pub struct RankingRelated {
    #[serde(default, deserialize_with = "lenient::string")]
    pub date: String,
}

/// A position in a ranking.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RankingRow {
    #[serde(default)]
    pub song: Option<RankedSong>,
    #[serde(default)]
    pub position: Option<i64>,
}

/// A song as named in a ranking.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RankedSong {
    pub uuid: Uuid,
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub credit_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::super::ApiPage;
    use super::super::tests::parse;
    use super::*;

    #[test]
    fn charts() {
        let page: ApiPage<Chart> = parse(
            r#"{"items":[{"name":"Top 200","type":"top","slug":"global-28","platform":"spotify","frequency":"daily",
                "countryCode":"","countryName":"","cityName":"","maxResultsCount":200,"webUrl":""},
               {"slug":"it-29","frequency":"WEEKLY_TOP","countryCode":"IT","cityName":"Milan","maxResultsCount":null}],
               "page":{"offset":0,"limit":100,"next":null,"previous":null,"total":2},"errors":[]}"#,
        )
        .unwrap();
        let [global, italy] = &page.items.rows[..] else { panic!("two charts") };
        assert_eq!((global.country_code.as_deref(), global.positions), (None, Some(200)));
        assert_eq!(
            (global.frequency(), italy.frequency()),
            (Some(Frequency::Daily), Some(Frequency::Weekly))
        );
        assert_eq!((italy.city_name.as_deref(), italy.positions), (Some("Milan"), None));
        let hourly = Chart { frequency_word: Some("hourly".to_owned()), ..italy.clone() };
        assert_eq!(hourly.frequency(), None);
    }

    #[test]
    fn rankings() {
        let page: ApiPage<RankingRow, RankingRelated> = parse(
            r#"{"related":{"chart":{"slug":"global-28","metric":{"type":"streams"}},"date":"2026-02-04T03:11:57+00:00"},
                "items":[{"song":{"uuid":"7d534228-5165-11e9-9375-549f35161576","name":"bad guy","creditName":"Billie Eilish",
                "imageUrl":""},"position":1,"positionEvolution":0,"metric":0,"entryState":"NEW","oldPosition":null,
                "timeOnChart":5}],"page":{},"errors":[]}"#,
        )
        .unwrap();
        assert_eq!(page.related.unwrap().date, "2026-02-04T03:11:57+00:00");
        assert_eq!(page.items.rows[0].position, Some(1));
    }
}
