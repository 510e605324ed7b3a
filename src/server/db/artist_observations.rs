//! What was observed about artists as a whole (S19 of docs/semantics.md): followers, listeners, views.
//! Few enough for a row each.

use sqlx::AssertSqlSafe;

use super::observations::Written;
use super::{Conn, day, list, word};
use crate::domain::series::Observation;
use crate::domain::{Day, Metric};
use crate::server::error::Error;

/// The observations of one metric of an artist on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistSeries {
    /// The artist's number.
    pub artist_id: i64,
    /// The platform's number.
    pub platform_id: i64,
    /// What is measured.
    pub metric: Metric,
    /// In order of days, one a day.
    pub observations: Vec<Observation>,
}

/// Writes what a fetch brought; changed values are kept as revisions.
pub async fn write(conn: &mut Conn, fetch_id: i64, news: &ArtistSeries) -> Result<Written, Error> {
    let mut written = Written::default();
    let (Some(first), Some(last)) = (news.observations.first(), news.observations.last()) else {
        return Ok(written);
    };
    let stored: Vec<(i64, i64, i64)> = sqlx::query_as(
        "select day, value, fetch_id from artist_observations
         where artist_id = $1 and platform_id = $2 and metric = $3 and day between $4 and $5 order by day",
    )
    .bind(news.artist_id)
    .bind(news.platform_id)
    .bind(news.metric.as_str())
    .bind(i64::from(first.day.number()))
    .bind(i64::from(last.day.number()))
    .fetch_all(&mut *conn)
    .await?;
    for observation in &news.observations {
        let day = i64::from(observation.day.number());
        match stored.binary_search_by_key(&day, |row| row.0).ok().map(|place| stored[place]) {
            Some((_, value, _)) if value == observation.value => {
                written.same += 1;
                continue;
            }
            Some((_, value, before)) => {
                written.changed += 1;
                sqlx::query(
                    "insert into artist_revisions (artist_id, platform_id, metric, day, replaced_by, value, fetch_id)
                     values ($1, $2, $3, $4, $5, $6, $7)
                     on conflict (artist_id, platform_id, metric, day, replaced_by) do nothing",
                )
                .bind(news.artist_id)
                .bind(news.platform_id)
                .bind(news.metric.as_str())
                .bind(day)
                .bind(fetch_id)
                .bind(value)
                .bind(before)
                .execute(&mut *conn)
                .await?;
            }
            None => written.added += 1,
        }
        sqlx::query(
            "insert into artist_observations (artist_id, platform_id, metric, day, value, fetch_id)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (artist_id, platform_id, metric, day) do update set value = excluded.value,
             fetch_id = excluded.fetch_id",
        )
        .bind(news.artist_id)
        .bind(news.platform_id)
        .bind(news.metric.as_str())
        .bind(day)
        .bind(observation.value)
        .bind(fetch_id)
        .execute(&mut *conn)
        .await?;
    }
    Ok(written)
}

/// The observations of these artists from one day to another, by artist, platform and metric.
pub async fn of_artists(
    conn: &mut Conn,
    artists: &[i64],
    from: Day,
    to: Day,
) -> Result<Vec<ArtistSeries>, Error> {
    let sql = format!(
        "select artist_id, platform_id, metric, day, value from artist_observations
         where artist_id in ({}) and day between $1 and $2 order by artist_id, platform_id, metric, day",
        list(artists.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .bind(i64::from(from.number()))
        .bind(i64::from(to.number()))
        .fetch_all(conn)
        .await?;
    let mut all = Vec::new();
    for rows in rows.chunk_by(|a, b| (a.0, a.1, &a.2) == (b.0, b.1, &b.2)) {
        let observations = rows
            .iter()
            .map(|row| Ok(Observation { day: day(row.3)?, value: row.4 }))
            .collect::<Result<Vec<_>, Error>>()?;
        let (artist_id, platform_id, metric) = (rows[0].0, rows[0].1, word(&rows[0].2)?);
        all.push(ArtistSeries { artist_id, platform_id, metric, observations });
    }
    Ok(all)
}
