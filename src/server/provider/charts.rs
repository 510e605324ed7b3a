//! Song charts: list, dates and rankings.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::client::Client;
use super::error::Error;
use super::pager::ListRows;
use super::request::ApiRequest;
use super::wire::{self, Chart, RankingRelated, RankingRow};
use crate::domain::Day;
use crate::domain::catalogue::Frequency;

/// An available ranking.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RankingDate {
    /// The provider's date label.
    pub day: Day,
    /// The provider's timestamp, part of the ranking's URL.
    pub label: String,
}

/// A song's position in a ranking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// 1-based; two songs may share one.
    pub position: u32,
    pub song: Uuid,
    /// Song title.
    pub name: String,
    /// Artist credit as displayed.
    pub credit_name: Option<String>,
}

impl Client {
    /// Charts of a platform, optionally of one country (ISO 3166-1 alpha-2). Global charts have no country. The
    /// provider has no list of countries: they follow from the charts.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a platform without charts; those of every request.
    pub async fn charts(&self, platform: &str, country: Option<&str>) -> Result<Vec<Chart>, Error> {
        let ask = ApiRequest::new(
            format!("the charts of {platform}"),
            ["api", "v2", "chart", "song", "by-platform", platform],
        )?;
        self.list(&ask.with_some("countryCode", country)).await
    }

    /// Rankings of a chart in a range, by time. Stops early if the provider's list is sorted.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::MissingRows`]; those of every request.
    pub async fn available_rankings(
        &self,
        chart: &str,
        from: Day,
        to: Day,
    ) -> Result<Vec<RankingDate>, Error> {
        let ask = ApiRequest::new(
            format!("the dates of chart {chart}"),
            ["api", "v2", "chart", "song", chart, "available-rankings"],
        )?;
        let rows: ListRows<String> = self.rows_until(&ask, |page| is_past(page, from, to)).await?;
        rows.ensure_complete(&ask)?;
        let dates = rows
            .items
            .into_iter()
            .filter_map(|label| Some(RankingDate { day: wire::day_of(&label)?, label }));
        let mut dates: Vec<RankingDate> = dates.filter(|date| from <= date.day && date.day <= to).collect();
        dates.sort_unstable();
        dates.dedup();
        Ok(dates)
    }

    /// A ranking by position; of a song listed twice, only the best position. Songs that left the chart are
    /// omitted.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::WrongDays`] if the response is for another day; those of every request.
    pub async fn ranking(&self, chart: &str, date: &RankingDate) -> Result<Vec<Ranked>, Error> {
        let what = format!("the ranking of chart {chart} on {}", date.day);
        let ask = ApiRequest::new(what, ["api", "v2.14", "chart", "song", chart, "ranking", &date.label])?;
        let rows: ListRows<RankingRow, RankingRelated> = self.rows(&ask).await?;
        rows.ensure_complete(&ask)?;
        let answered = rows.related.and_then(|related| wire::day_of(&related.date));
        if answered.is_some_and(|day| day != date.day) {
            return Err(Error::WrongDays { what: ask.what().to_owned() });
        }
        let mut best: BTreeMap<Uuid, Ranked> = BTreeMap::new();
        for RankingRow { song, position } in rows.items {
            let position =
                position.and_then(|position| u32::try_from(position).ok()).filter(|position| *position > 0);
            let (Some(song), Some(position)) = (song, position) else { continue };
            let ranked = Ranked { position, song: song.uuid, name: song.name, credit_name: song.credit_name };
            if best.get(&ranked.song).is_none_or(|best| position < best.position) {
                best.insert(ranked.song, ranked);
            }
        }
        let mut ranking: Vec<Ranked> = best.into_values().collect();
        ranking.sort_by_key(|ranked| ranked.position);
        Ok(ranking)
    }
}

/// The frequency of a chart, derived from the most common interval between its sorted rankings; `None` if unclear.
pub fn frequency(dates: &[RankingDate]) -> Option<Frequency> {
    let distances = || dates.windows(2).map(|pair| pair[1].day - pair[0].day).filter(|days| *days > 0);
    let is_usual = |days: i32| {
        let usual = distances().filter(|distance| *distance == days).count();
        usual > 0 && usual * 2 >= distances().count()
    };
    match (is_usual(1), is_usual(7)) {
        (true, _) => Some(Frequency::Daily),
        (_, true) => Some(Frequency::Weekly),
        _ => None,
    }
}

/// Whether the list is sorted, in either direction, and later pages cannot contain a day of the range.
fn is_past(page: &[String], from: Day, to: Day) -> bool {
    let days: Option<Vec<Day>> = page.iter().map(|label| wire::day_of(label)).collect();
    let Some([first, .., last]) = days.as_deref() else { return false };
    let days = days.as_deref().unwrap_or_default();
    let is_newest_first = first > last && days.is_sorted_by(|a, b| a >= b);
    let is_oldest_first = first < last && days.is_sorted();
    is_newest_first && *last < from || is_oldest_first && *last > to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_of_rankings_tells_how_often_a_chart_is_made() {
        let of = |days: &[&str]| {
            let date = |day: &&str| RankingDate { day: day.parse().unwrap(), label: String::new() };
            frequency(&days.iter().map(date).collect::<Vec<_>>())
        };
        assert_eq!(of(&["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-07"]), Some(Frequency::Daily));
        assert_eq!(
            of(&["2026-09-01", "2026-09-01", "2026-09-02"]),
            Some(Frequency::Daily),
            "hourly, one a day is kept"
        );
        assert_eq!(of(&["2026-09-03", "2026-09-10", "2026-09-24", "2026-10-01"]), Some(Frequency::Weekly));
        assert_eq!(of(&["2026-09-01", "2026-10-01", "2026-11-01"]), None);
        assert_eq!((of(&["2026-09-01"]), of(&[])), (None, None));
    }

    #[test]
    fn pages_are_enough_when_time_has_passed_the_range() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let (from, to) = (day("2026-09-01"), day("2026-09-30"));
        let page = |days: &[&str]| days.iter().map(|day| format!("{day}T18:00:01+00:00")).collect::<Vec<_>>();
        assert!(is_past(&page(&["2026-09-10", "2026-09-01", "2026-08-31"]), from, to));
        assert!(!is_past(&page(&["2026-09-10", "2026-09-02", "2026-09-01"]), from, to));
        assert!(is_past(&page(&["2026-09-10", "2026-10-01"]), from, to));
        assert!(!is_past(&page(&["2026-09-10", "2026-10-01", "2026-08-01"]), from, to), "in no order");
        assert!(!is_past(&page(&["2026-08-01"]), from, to), "one row has no order");
        assert!(!is_past(&["soon".to_owned()], from, to));
    }
}
