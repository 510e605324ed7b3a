//! What has been fetched from the provider, and when: date windows of tracks, artists and charts, and whole
//! lists. The sync planner reads all of it (S17 of docs/semantics.md).

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::fetches;
use super::meta::{self, VersionKind};
use crate::domain::text::string_enum::string_enum;
use crate::domain::{Day, Metric};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{day, list, word};

string_enum!(
    /// A list of the provider.
    ProviderList, "list", {
        /// Platforms; about nothing else.
        Platforms = "platforms",
        /// The charts of a platform.
        Charts = "charts",
        /// The songs of an artist.
        Songs = "songs",
        /// What is said of a track alone.
        Details = "details",
    }
);

/// Days fetched by one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchedWindow {
    pub from: Day,
    pub to: Day,
    /// Time of the fetch, in seconds since 1970-01-01.
    pub at: i64,
}

/// `None` if the transaction does not see the fetch yet: on a distributed database another node may already show a
/// row that refers to it.
fn fetched_window(from: i64, to: i64, at: Option<&i64>) -> Result<Option<FetchedWindow>, Error> {
    at.map(|at| Ok(FetchedWindow { from: day(from)?, to: day(to)?, at: *at })).transpose()
}

/// Windows fetched for these tracks, by track and platform.
pub async fn of_tracks(
    conn: &mut Conn,
    tracks: &[i64],
) -> Result<HashMap<(i64, i64), Vec<FetchedWindow>>, Error> {
    let sql = format!(
        "select track_id, platform_id, from_day, to_day, fetch_id from fetched_windows where track_id in ({})",
        list(tracks.iter().copied())
    );
    let rows: Vec<(i64, i64, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    let started = fetches::started(conn, rows.iter().map(|row| row.4)).await?;
    let mut all: HashMap<(i64, i64), Vec<FetchedWindow>> = HashMap::new();
    for (track, platform, from, to, fetch) in rows {
        all.entry((track, platform)).or_default().extend(fetched_window(from, to, started.get(&fetch))?);
    }
    Ok(all)
}

/// Windows fetched for these artists, by artist, platform and metric.
pub async fn of_artists(
    conn: &mut Conn,
    artists: &[i64],
) -> Result<HashMap<(i64, i64, Metric), Vec<FetchedWindow>>, Error> {
    let sql = format!(
        "select artist_id, platform_id, metric, from_day, to_day, fetch_id from artist_windows
         where artist_id in ({})",
        list(artists.iter().copied())
    );
    let rows: Vec<(i64, i64, String, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    let started = fetches::started(conn, rows.iter().map(|row| row.5)).await?;
    let mut all: HashMap<(i64, i64, Metric), Vec<FetchedWindow>> = HashMap::new();
    for (artist, platform, metric, from, to, fetch) in rows {
        let key = (artist, platform, word(&metric)?);
        all.entry(key).or_default().extend(fetched_window(from, to, started.get(&fetch))?);
    }
    Ok(all)
}

/// Windows fetched for these charts, by chart.
pub async fn for_charts(conn: &mut Conn, charts: &[i64]) -> Result<HashMap<i64, Vec<FetchedWindow>>, Error> {
    let sql = format!(
        "select chart_id, from_day, to_day, fetch_id from chart_windows where chart_id in ({})",
        list(charts.iter().copied())
    );
    let rows: Vec<(i64, i64, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *conn).await?;
    let started = fetches::started(conn, rows.iter().map(|row| row.3)).await?;
    let mut all: HashMap<i64, Vec<FetchedWindow>> = HashMap::new();
    for (chart, from, to, fetch) in rows {
        all.entry(chart).or_default().extend(fetched_window(from, to, started.get(&fetch))?);
    }
    Ok(all)
}

/// Windows that later fetches covered: chart, first day, last day.
pub(in crate::server::store) async fn charts_after(
    conn: &mut Conn,
    fetch_id: i64,
) -> Result<Vec<(i64, i64, i64)>, Error> {
    let sql = "select chart_id, from_day, to_day from chart_windows where fetch_id > $1";
    Ok(sqlx::query_as(sql).bind(fetch_id).fetch_all(conn).await?)
}

/// Last fetch of each of these lists, in seconds since 1970-01-01, by subject id (0 for the platforms); empty
/// if never fetched.
pub async fn for_lists(
    conn: &mut Conn,
    of: ProviderList,
    subjects: &[i64],
) -> Result<HashMap<i64, i64>, Error> {
    let sql = format!(
        "select subject_id, fetch_id from fetched_lists where list = $1 and subject_id in ({})",
        list(subjects.iter().copied())
    );
    let rows: Vec<(i64, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).persistent(false).bind(of.as_str()).fetch_all(&mut *conn).await?;
    let started = fetches::started(conn, rows.iter().map(|row| row.1)).await?;
    Ok(rows.into_iter().filter_map(|(subject, fetch)| Some((subject, *started.get(&fetch)?))).collect())
}

/// Records the fetch of a list.
pub async fn put_list(conn: &mut Conn, list: ProviderList, subject: i64, fetch_id: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into fetched_lists (list, subject_id, fetch_id) values ($1, $2, $3)
         on conflict (list, subject_id) do update set fetch_id = excluded.fetch_id",
    )
    .bind(list.as_str())
    .bind(subject)
    .bind(fetch_id)
    .execute(&mut *conn)
    .await?;
    match list {
        // Reports list the artists whose songs were never fetched.
        ProviderList::Songs => meta::bump(conn, VersionKind::Catalogue).await,
        ProviderList::Platforms | ProviderList::Charts | ProviderList::Details => Ok(()),
    }
}

pub async fn put_artist(
    conn: &mut Conn,
    (artist, platform, metric): (i64, i64, Metric),
    (from, to): (Day, Day),
    fetch_id: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into artist_windows (artist_id, platform_id, metric, from_day, to_day, fetch_id)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (artist_id, platform_id, metric, from_day, to_day) do update set fetch_id = excluded.fetch_id",
    )
    .bind(artist)
    .bind(platform)
    .bind(metric.as_str())
    .bind(i64::from(from.number()))
    .bind(i64::from(to.number()))
    .bind(fetch_id)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn put_chart(
    conn: &mut Conn,
    chart: i64,
    (from, to): (Day, Day),
    fetch_id: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into chart_windows (chart_id, from_day, to_day, fetch_id) values ($1, $2, $3, $4)
         on conflict (chart_id, from_day, to_day) do update set fetch_id = excluded.fetch_id",
    )
    .bind(chart)
    .bind(i64::from(from.number()))
    .bind(i64::from(to.number()))
    .bind(fetch_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// A fetched window of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    pub platform_id: i64,
    pub from: Day,
    pub to: Day,
}
