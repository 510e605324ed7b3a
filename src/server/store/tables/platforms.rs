//! The platform registry: what each platform measures and how its values are read (section 1 of
//! docs/semantics.md).

use std::collections::HashMap;

use sqlx::FromRow;

use super::meta::{self, VersionKind};
use crate::domain::{Kind, Level, Metric, PlatformType};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{ids, small, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    pub id: i64,
    /// The provider's code, such as "spotify".
    pub code: String,
    /// The display name.
    pub name: String,
    /// Its metrics, track metrics first.
    pub metrics: Vec<PlatformMetric>,
}

/// A metric of a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformMetric {
    /// Track or artist.
    pub level: Level,
    pub metric: Metric,
    /// Kind of the values; `None` if unknown.
    pub kind: Option<Kind>,
    /// Unit of the values; `None` if unknown.
    pub unit: Option<String>,
    /// The provider's endpoint for this metric.
    pub platform_type: PlatformType,
    /// Whether all identifiers of a track carry the same counter (S6).
    pub mirrors: bool,
    /// Whether it is fetched and reported.
    pub enabled: bool,
}

impl Platform {
    /// The metric of this level, if measured.
    pub fn metric(&self, level: Level, metric: Metric) -> Option<&PlatformMetric> {
        self.metrics.iter().find(|m| m.level == level && m.metric == metric)
    }

    /// The track metric.
    pub fn track(&self) -> Option<&PlatformMetric> {
        self.metric(Level::Track, Metric::Audience)
    }

    /// How its track observations are interpreted, if known.
    pub fn reading(&self) -> Option<Reading> {
        self.track().and_then(|m| Some(Reading { kind: m.kind?, mirrors: m.mirrors }))
    }
}

/// How a platform's track observations are interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Meaning of the values.
    pub kind: Kind,
    /// Whether all identifiers of a track carry the same counter (S6).
    pub mirrors: bool,
}

/// Readings by platform id.
pub type Readings = HashMap<i64, Reading>;

#[derive(FromRow)]
struct MetricRow {
    platform_id: i64,
    level: String,
    metric: String,
    kind: Option<String>,
    unit: Option<String>,
    platform_type: String,
    mirrors: i64,
    enabled: i64,
}

/// All platforms, in the registry's order.
pub async fn registry(conn: &mut Conn) -> Result<Vec<Platform>, Error> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("select id, code, name from platforms order by position, id")
            .fetch_all(&mut *conn)
            .await?;
    let mut platforms: Vec<Platform> =
        rows.into_iter().map(|(id, code, name)| Platform { id, code, name, metrics: Vec::new() }).collect();
    let rows: Vec<MetricRow> = sqlx::query_as(
        "select platform_id, level, metric, kind, unit, platform_type, mirrors, enabled from platform_metrics",
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let metric = PlatformMetric {
            level: word(&row.level)?,
            metric: word(&row.metric)?,
            kind: row.kind.as_deref().map(word).transpose()?,
            unit: row.unit,
            platform_type: word(&row.platform_type)?,
            mirrors: small(row.mirrors)? != 0,
            enabled: small(row.enabled)? != 0,
        };
        if let Some(platform) = platforms.iter_mut().find(|platform| platform.id == row.platform_id) {
            platform.metrics.push(metric);
        }
    }
    for platform in &mut platforms {
        platform.metrics.sort_by_key(|m| (m.level, m.metric));
    }
    Ok(platforms)
}

pub async fn code(conn: &mut Conn, id: i64) -> Result<String, Error> {
    let code: Option<String> =
        sqlx::query_scalar("select code from platforms where id = $1").bind(id).fetch_optional(conn).await?;
    code.ok_or_else(|| Error::NotFound { what: "platform", id: id.to_string() })
}

/// Known readings by platform id.
pub async fn readings(conn: &mut Conn) -> Result<Readings, Error> {
    Ok(registry(conn).await?.iter().filter_map(|platform| Some((platform.id, platform.reading()?))).collect())
}

/// Whether the platform has stored observations of tracks.
pub async fn is_observed(conn: &mut Conn, platform: i64) -> Result<bool, Error> {
    let track: Option<i64> =
        sqlx::query_scalar("select track_id from observations where platform_id = $1 limit 1")
            .bind(platform)
            .fetch_optional(conn)
            .await?;
    Ok(track.is_some())
}

/// Appends a platform to the registry, or renames it; returns its id.
pub async fn put(conn: &mut Conn, code: &str, name: &str) -> Result<i64, Error> {
    let known: Option<i64> =
        sqlx::query_scalar("update platforms set name = $2 where code = $1 returning id")
            .bind(code)
            .bind(name)
            .fetch_optional(&mut *conn)
            .await?;
    meta::bump(conn, VersionKind::Registry).await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = ids::allocate(conn, "platforms", 1).await?.start;
    let last: i64 =
        sqlx::query_scalar("select coalesce(max(position), 0) from platforms").fetch_one(&mut *conn).await?;
    sqlx::query("insert into platforms (id, code, name, position) values ($1, $2, $3, $4)")
        .bind(id)
        .bind(code)
        .bind(name)
        .bind(last + 1)
        .execute(conn)
        .await?;
    Ok(id)
}

/// Inserts or replaces a metric. If this changes the reading of its tracks, the caller must rebuild its series in
/// the same transaction ([`crate::server::store::observations::rebuild::platform`]).
pub async fn put_metric(conn: &mut Conn, platform_id: i64, metric: &PlatformMetric) -> Result<(), Error> {
    sqlx::query(
        "insert into platform_metrics (platform_id, level, metric, kind, unit, platform_type, mirrors, enabled)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (platform_id, level, metric) do update set kind = excluded.kind, unit = excluded.unit,
         platform_type = excluded.platform_type, mirrors = excluded.mirrors, enabled = excluded.enabled",
    )
    .bind(platform_id)
    .bind(metric.level.as_str())
    .bind(metric.metric.as_str())
    .bind(metric.kind.map(Kind::as_str))
    .bind(metric.unit.as_deref())
    .bind(metric.platform_type.as_str())
    .bind(i64::from(metric.mirrors))
    .bind(i64::from(metric.enabled))
    .execute(&mut *conn)
    .await?;
    meta::bump(conn, VersionKind::Registry).await
}
