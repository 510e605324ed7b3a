//! Charts: by country, and the tracks that entered them (S18 of docs/semantics.md).

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::meta::{self, VersionKind};
use crate::domain::catalogue::Frequency;
use crate::domain::query::Country;
use crate::domain::report::ChartAppearance;
use crate::domain::{Day, Range};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::packed_rows::Column::Number;
use crate::server::store::sql::packed_rows::{PackedReader, pack_columns};
use crate::server::store::sql::{ROWS_AT_ONCE, day, ids, list, rows, small, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartFacts {
    /// The provider's key.
    pub slug: String,
    pub platform_id: i64,
    /// `None` for a global chart.
    pub country: Option<Country>,
    /// Display name; `None` if only the slug is known.
    pub name: Option<String>,
    /// `None` if unknown.
    pub frequency: Option<Frequency>,
    /// Chart length, if known.
    pub positions: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredChart {
    pub id: i64,
    pub platform_id: i64,
    /// `None` for a global chart.
    pub country: Option<Country>,
}

/// All charts, by slug.
pub async fn all(conn: &mut Conn) -> Result<HashMap<String, StoredChart>, Error> {
    let rows: Vec<(String, i64, i64, Option<String>)> =
        sqlx::query_as("select slug, id, platform_id, country_code from charts").fetch_all(conn).await?;
    rows.into_iter()
        .map(|(slug, id, platform_id, country)| {
            let country = country.as_deref().map(word).transpose()?;
            Ok((slug, StoredChart { id, platform_id, country }))
        })
        .collect()
}

/// Inserts or updates a chart: `None` leaves the stored value. Returns its id.
pub async fn put(conn: &mut Conn, chart: &ChartFacts) -> Result<i64, Error> {
    let known: Option<i64> = sqlx::query_scalar(
        "update charts set platform_id = $2, country_code = coalesce($3, country_code), name = coalesce($4, name),
         frequency = coalesce($5, frequency), positions = coalesce($6, positions) where slug = $1 returning id",
    )
    .bind(&chart.slug)
    .bind(chart.platform_id)
    .bind(chart.country.as_ref().map(Country::as_str))
    .bind(chart.name.as_deref())
    .bind(chart.frequency.map(Frequency::as_str))
    .bind(chart.positions.map(i64::from))
    .fetch_optional(&mut *conn)
    .await?;
    meta::bump(conn, VersionKind::Charts).await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = ids::allocate(conn, "charts", 1).await?.start;
    sqlx::query(
        "insert into charts (id, slug, platform_id, country_code, name, frequency, positions, active)
         values ($1, $2, $3, $4, $5, $6, $7, 1)",
    )
    .bind(id)
    .bind(&chart.slug)
    .bind(chart.platform_id)
    .bind(chart.country.as_ref().map(Country::as_str))
    .bind(chart.name.as_deref().unwrap_or(&chart.slug))
    .bind(chart.frequency.map(Frequency::as_str))
    .bind(chart.positions.map(i64::from))
    .execute(conn)
    .await?;
    Ok(id)
}

/// Stores the frequency of a chart if it was unknown.
pub async fn note_frequency(conn: &mut Conn, id: i64, frequency: Frequency) -> Result<(), Error> {
    let sql = "update charts set frequency = $2 where id = $1 and frequency is null";
    sqlx::query(sql).bind(id).bind(frequency.as_str()).execute(conn).await?;
    Ok(())
}

/// A chart that is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveChart {
    pub id: i64,
    /// The provider's key.
    pub slug: String,
    /// Display name.
    pub name: String,
    /// `None` if unknown.
    pub frequency: Option<Frequency>,
}

/// The active charts of a country, by platform and slug.
pub async fn active_in_country(conn: &mut Conn, country: Country) -> Result<Vec<ActiveChart>, Error> {
    let rows: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
        "select c.id, c.slug, c.name, c.frequency from charts c join platforms p on p.id = c.platform_id
         where c.country_code = $1 and c.active = 1 order by p.position, c.slug",
    )
    .bind(country.as_str())
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, slug, name, frequency)| {
            Ok(ActiveChart { id, slug, name, frequency: frequency.as_deref().map(word).transpose()? })
        })
        .collect()
}

pub async fn slug(conn: &mut Conn, id: i64) -> Result<String, Error> {
    let slug: Option<String> =
        sqlx::query_scalar("select slug from charts where id = $1").bind(id).fetch_optional(conn).await?;
    slug.ok_or_else(|| Error::NotFound { what: "chart", id: id.to_string() })
}

pub async fn active_countries(conn: &mut Conn, platform_id: i64) -> Result<Vec<String>, Error> {
    let sql = "select distinct country_code from charts
               where platform_id = $1 and active = 1 and country_code is not null";
    Ok(sqlx::query_scalar(sql).bind(platform_id).fetch_all(conn).await?)
}

/// Sets whether a chart is fetched.
pub async fn set_active(conn: &mut Conn, id: i64, is_active: bool) -> Result<(), Error> {
    let sql = "update charts set active = $2 where id = $1";
    sqlx::query(sql).bind(id).bind(i64::from(is_active)).execute(conn).await?;
    Ok(())
}

/// Days in a range with a stored ranking of the chart.
pub async fn days_of(conn: &mut Conn, chart_id: i64, from: Day, to: Day) -> Result<Vec<Day>, Error> {
    let sql = "select day from chart_days where chart_id = $1 and day between $2 and $3 order by day";
    let rows: Vec<i64> = sqlx::query_scalar(sql)
        .bind(chart_id)
        .bind(i64::from(from.number()))
        .bind(i64::from(to.number()))
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(day).collect()
}

/// Records days of a chart as fetched.
pub async fn put_days(conn: &mut Conn, fetch_id: i64, chart_id: i64, days: &[Day]) -> Result<(), Error> {
    for days in days.chunks(ROWS_AT_ONCE) {
        let values = rows(days.iter().map(|day| [chart_id, day.number().into(), fetch_id]));
        let sql = format!(
            "insert into chart_days (chart_id, day, fetch_id) values {values} on conflict (chart_id, day) do nothing"
        );
        sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *conn).await?;
    }
    meta::bump(conn, VersionKind::Charts).await
}

/// A track's position in a chart on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartPosition {
    pub track_id: i64,
    pub chart_id: i64,
    pub day: Day,
    /// 1-based.
    pub position: u32,
}

/// Writes positions with distinct (track, chart, day); returns how many are new or changed.
pub async fn put_positions(conn: &mut Conn, places: &[ChartPosition]) -> Result<u64, Error> {
    let mut written = 0;
    for places in places.chunks(ROWS_AT_ONCE) {
        let values =
            rows(places.iter().map(|p| [p.track_id, p.chart_id, p.day.number().into(), p.position.into()]));
        let sql = format!(
            "insert into chart_entries (track_id, chart_id, day, position) values {values}
             on conflict (track_id, chart_id, day) do update set position = excluded.position
             where chart_entries.position <> excluded.position"
        );
        written +=
            sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *conn).await?.rows_affected();
    }
    if written > 0 {
        meta::bump(conn, VersionKind::Charts).await?;
    }
    Ok(written)
}

/// Countries with the number of their charts, by code.
pub async fn countries(conn: &mut Conn) -> Result<Vec<(Country, u32)>, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select country_code, count(*) from charts where country_code is not null and active = 1
         group by country_code order by country_code",
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(code, count)| Ok((word(&code)?, small(count)?))).collect()
}

/// All positions of a track in a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackChartHistory {
    pub track_id: i64,
    chart: String,
    name: String,
    platform: String,
    /// Day and position, sorted by day.
    pub(in crate::server::store) places: Vec<(Day, u32)>,
}

impl TrackChartHistory {
    /// The positions within a range; `None` if there are none.
    pub fn within(&self, range: Range) -> Option<ChartAppearance> {
        let from = self.places.partition_point(|(day, _)| *day < range.from());
        let to = self.places.partition_point(|(day, _)| *day <= range.to());
        let places = self.places.get(from..to)?;
        Some(ChartAppearance {
            chart: self.chart.clone(),
            name: self.name.clone(),
            platform: self.platform.clone(),
            best_position: places.iter().map(|(_, position)| *position).min()?,
            first: places.first()?.0,
            last: places.last()?.0,
            days: places.len() as u32,
        })
    }
}

/// Chart positions of these tracks in a country, by platform and chart.
pub async fn histories_for(
    conn: &mut Conn,
    tracks: &[i64],
    country: Country,
) -> Result<HashMap<i64, Vec<TrackChartHistory>>, Error> {
    // The cross join makes SQLite start from the tracks, few of which ever charted.
    let sql = format!(
        "select e.track_id, c.slug, c.name, p.code, {}
         from chart_entries e cross join charts c cross join platforms p
         where e.track_id in ({}) and c.id = e.chart_id and c.country_code = $1 and p.id = c.platform_id
         group by e.track_id, p.position, p.code, c.slug, c.name order by e.track_id, p.position, c.slug",
        pack_columns(&[Number("e.day"), Number("e.position")]),
        list(tracks.iter().copied())
    );
    let rows: Vec<(i64, String, String, String, String)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).bind(country.as_str()).fetch_all(conn).await?;
    let mut all: HashMap<i64, Vec<TrackChartHistory>> = HashMap::new();
    for (track_id, chart, name, platform, text) in rows {
        let mut fields = PackedReader::new(Some(&text));
        let mut places = Vec::new();
        while !fields.is_at_end() {
            places.push((day(fields.number()?)?, small(fields.number()?)?));
        }
        places.sort_unstable();
        let places = TrackChartHistory { track_id, chart, name, platform, places };
        all.entry(track_id).or_default().push(places);
    }
    Ok(all)
}

/// Days with at least one fetched chart of the country, sorted.
pub async fn days_fetched(conn: &mut Conn, country: Country) -> Result<Vec<Day>, Error> {
    let rows: Vec<i64> = sqlx::query_scalar(
        "select distinct d.day from charts c cross join chart_days d
         where c.country_code = $1 and d.chart_id = c.id order by d.day",
    )
    .bind(country.as_str())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(day).collect()
}
