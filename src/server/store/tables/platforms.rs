//! The platform registry: what each platform measures and how its values are read (section 1 of
//! docs/semantics.md).

use std::collections::HashMap;

use super::meta::{self, VersionKind};
use crate::domain::{Kind, Level, Metric, PlatformType};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::{ids, small, word};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Its number here.
    pub id: i64,
    /// The provider's code, such as "spotify".
    pub code: String,
    /// The display name.
    pub name: String,
    /// What it measures, tracks first.
    pub metrics: Vec<PlatformMetric>,
}

/// One thing that a platform measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformMetric {
    /// Of tracks or of artists.
    pub level: Level,
    pub metric: Metric,
    /// Kind of the values; `None` if unknown.
    pub kind: Option<Kind>,
    /// Unit of the values; `None` if unknown.
    pub unit: Option<String>,
    /// Which of the provider's endpoints serves it.
    pub platform_type: PlatformType,
    /// Whether the identifiers of a track repeat one counter (S6).
    pub mirrors: bool,
    /// Whether it is fetched and reported.
    pub enabled: bool,
}

impl Platform {
    /// What it measures of a level.
    pub fn metric(&self, level: Level, metric: Metric) -> Option<&PlatformMetric> {
        self.metrics.iter().find(|m| m.level == level && m.metric == metric)
    }

    /// What it measures of tracks.
    pub fn track(&self) -> Option<&PlatformMetric> {
        self.metric(Level::Track, Metric::Audience)
    }

    /// How its track observations are derived, if known.
    pub fn reading(&self) -> Option<Reading> {
        self.track().and_then(|m| Some(Reading { kind: m.kind?, mirrors: m.mirrors }))
    }
}

/// How a platform's track observations are derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What the values mean.
    pub kind: Kind,
    /// Whether the identifiers of a track repeat one counter (S6).
    pub mirrors: bool,
}

/// The readings of all platforms, by their number.
pub type Readings = HashMap<i64, Reading>;

/// Platform, level, metric, kind, unit, platform type, mirrors, enabled.
type MetricRow = (i64, String, String, Option<String>, Option<String>, String, i64, i64);

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
    for (platform_id, level, metric, kind, unit, platform_type, mirrors, enabled) in rows {
        let metric = PlatformMetric {
            level: word(&level)?,
            metric: word(&metric)?,
            kind: kind.as_deref().map(word).transpose()?,
            unit,
            platform_type: word(&platform_type)?,
            mirrors: small(mirrors)? != 0,
            enabled: small(enabled)? != 0,
        };
        if let Some(platform) = platforms.iter_mut().find(|platform| platform.id == platform_id) {
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

/// How track observations are derived, by platform, where known.
pub async fn readings(conn: &mut Conn) -> Result<Readings, Error> {
    Ok(registry(conn).await?.iter().filter_map(|platform| Some((platform.id, platform.reading()?))).collect())
}

/// Whether any observation of a track on the platform is stored.
pub async fn is_observed(conn: &mut Conn, platform: i64) -> Result<bool, Error> {
    let track: Option<i64> =
        sqlx::query_scalar("select track_id from observations where platform_id = $1 limit 1")
            .bind(platform)
            .fetch_optional(conn)
            .await?;
    Ok(track.is_some())
}

/// Adds a platform at the end of the registry, or renames it; answers with its number.
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

/// Adds or replaces one thing that a platform measures. Where the reading of its tracks changes by it,
/// its stored series have to be worked out again in the same transaction ([`crate::server::store::observations::rebuild::platform`]).
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
