//! Artist-level observations (S19 of docs/semantics.md): followers, listeners, views. Few enough for one row each.

use sqlx::AssertSqlSafe;

use super::{WriteCounts, confirmations};
use crate::domain::series::Observation;
use crate::domain::{Day, Metric};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::imports::UndoableImports;
use crate::server::store::sql::packed_rows::Column::Number;
use crate::server::store::sql::packed_rows::{PackedReader, pack_columns};
use crate::server::store::sql::{ROWS_AT_ONCE, day, list, word};
use crate::server::store::tables::meta::{self, VersionKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistSeries {
    pub artist_id: i64,
    pub platform_id: i64,
    pub metric: Metric,
    /// Sorted by day, one per day.
    pub observations: Vec<Observation>,
}

/// Writes the observations of a fetch; changed values are kept as revisions.
pub async fn write(
    conn: &mut Conn,
    imports: &UndoableImports,
    fetch_id: i64,
    news: &ArtistSeries,
) -> Result<WriteCounts, Error> {
    let mut written = WriteCounts::default();
    let mut confirmed = Vec::new();
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
    let mut new = Vec::new();
    for observation in &news.observations {
        let day = i64::from(observation.day.number());
        match stored.binary_search_by_key(&day, |row| row.0).ok().map(|place| stored[place]) {
            Some((_, value, before)) if value == observation.value => {
                if before != fetch_id && imports.contains(before) {
                    confirmed.push(observation.day);
                }
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
        let numbers = list([news.artist_id, news.platform_id, day, observation.value, fetch_id]);
        new.push(format!("('{}',{numbers})", news.metric));
    }
    for new in new.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "insert into artist_observations (metric, artist_id, platform_id, day, value, fetch_id) values {}
             on conflict (artist_id, platform_id, metric, day) do update set value = excluded.value,
             fetch_id = excluded.fetch_id",
            new.join(",")
        );
        sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(&mut *conn).await?;
    }
    let key = (news.artist_id, news.platform_id, news.metric.as_str());
    confirmations::add(conn, confirmations::OF_ARTISTS, key, fetch_id, &confirmed).await?;
    if written.added + written.changed > 0 {
        meta::bump(conn, VersionKind::ArtistLevel).await?;
    }
    Ok(written)
}

/// Observations of these artists in a range, by artist, platform and metric.
pub async fn of_artists(
    conn: &mut Conn,
    artists: &[i64],
    from: Day,
    to: Day,
) -> Result<Vec<ArtistSeries>, Error> {
    let sql = format!(
        "select artist_id, platform_id, metric, {} from artist_observations
         where artist_id in ({}) and day between $1 and $2 group by artist_id, platform_id, metric
         order by artist_id, platform_id, metric",
        pack_columns(&[Number("day"), Number("value")]),
        list(artists.iter().copied())
    );
    let rows: Vec<(i64, i64, String, String)> = sqlx::query_as(AssertSqlSafe(sql))
        .persistent(false)
        .bind(i64::from(from.number()))
        .bind(i64::from(to.number()))
        .fetch_all(conn)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for (artist_id, platform_id, metric, days) in rows {
        let mut fields = PackedReader::new(Some(&days));
        let mut observations = Vec::new();
        while !fields.is_at_end() {
            observations.push(Observation { day: day(fields.number()?)?, value: fields.number()? });
        }
        observations.sort_unstable_by_key(|observation| observation.day);
        all.push(ArtistSeries { artist_id, platform_id, metric: word(&metric)?, observations });
    }
    Ok(all)
}
