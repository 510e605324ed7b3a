//! Files of platforms: the registry, one line per platform and metric.

use std::collections::HashMap;

use super::bad_lines::BadLines;
use super::collect::UniqueRows;
use super::existing_rows::ExistingRows;
use super::row::CsvRow;
use super::rows::ImportFile;
use super::watch::ImportProgress;
use crate::domain::{Kind, Level, Metric, PlatformType};
use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::observations::rebuild;
use crate::server::store::tables::artists::UpsertCounts;
use crate::server::store::tables::platforms::{PlatformMetric, put, put_metric, readings, registry};

// Indexes into the columns of `FileKind::Platforms`.
const CODE: usize = 0;
const NAME: usize = 1;
const LEVEL: usize = 2;
const KIND: usize = 3;
const UNIT: usize = 4;
const METRIC: usize = 5;
const PLATFORM_TYPE: usize = 6;
const MIRRORS: usize = 7;
const ENABLED: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformRow {
    code: String,
    name: String,
    metric: PlatformMetric,
}

/// Parses the file. Missing values keep those of the registry.
pub fn read(
    file: &ImportFile,
    known: &ExistingRows,
    watch: &ImportProgress,
    bad: &mut BadLines,
) -> Result<(Vec<PlatformRow>, u64), Error> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut rows = UniqueRows::new();
    let lines = file.for_each_row(watch, bad, |row| {
        Ok(parse(row, known).and_then(|platform| {
            let name = names.entry(platform.code.clone()).or_insert_with(|| platform.name.clone());
            if *name != platform.name {
                return Err(
                    row.column_error(NAME, &format!("another line calls {} \"{name}\"", platform.code))
                );
            }
            let key = (platform.code.clone(), platform.metric.level, platform.metric.metric);
            rows.add(key, platform, row.line)
        }))
    })?;
    Ok((rows.into_rows(), lines))
}

fn parse(row: &CsvRow<'_>, known: &ExistingRows) -> Result<PlatformRow, String> {
    let code = row.required(CODE)?.to_ascii_lowercase();
    if !code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
        return Err(row.column_error(
            CODE,
            &format!("\"{code}\" is not a code: expected small letters, digits and hyphens"),
        ));
    }
    let level: Level = row.word(LEVEL)?;
    let metric: Option<Metric> = row.optional_word(METRIC)?;
    let metric = match (level, metric) {
        (Level::Track, None | Some(Metric::Audience)) => Metric::Audience,
        (Level::Track, Some(_)) => return Err(row.column_error(METRIC, "tracks have an audience only")),
        (Level::Artist, Some(metric)) if metric != Metric::Audience => metric,
        (Level::Artist, _) => {
            return Err(row.column_error(METRIC, "artists have followers, listeners or views"));
        }
    };
    let stored = known.platform(&code).ok().and_then(|platform| platform.metric(level, metric));
    let metric = PlatformMetric {
        level,
        metric,
        kind: Some(row.word::<Kind>(KIND)?),
        unit: Some(row.required(UNIT)?),
        platform_type: row
            .optional_word(PLATFORM_TYPE)?
            .unwrap_or(stored.map_or(PlatformType::Streaming, |stored| stored.platform_type)),
        mirrors: row.flag(MIRRORS)?.unwrap_or(stored.is_some_and(|stored| stored.mirrors)),
        enabled: row.flag(ENABLED)?.unwrap_or(stored.is_none_or(|stored| stored.enabled)),
    };
    Ok(PlatformRow { code, name: row.required(NAME)?, metric })
}

/// Writes the lines and rebuilds the series of platforms whose reading changed.
pub async fn write(conn: &mut Conn, rows: &[PlatformRow]) -> Result<UpsertCounts, Error> {
    let registry = registry(conn).await?;
    let before = readings(conn).await?;
    let mut counts = UpsertCounts::default();
    for row in rows {
        let stored = registry.iter().find(|platform| platform.code == row.code);
        let metric = stored.and_then(|platform| platform.metric(row.metric.level, row.metric.metric));
        if stored.is_some_and(|platform| platform.name == row.name) && metric == Some(&row.metric) {
            counts.same += 1;
            continue;
        }
        let id = put(conn, &row.code, &row.name).await?;
        put_metric(conn, id, &row.metric).await?;
        match metric {
            Some(_) => counts.changed += 1,
            None => counts.added += 1,
        }
    }
    let after = readings(conn).await?;
    for (id, _) in after.iter().filter(|(id, reading)| before.get(id) != Some(*reading)) {
        rebuild::platform(conn, *id).await?;
    }
    Ok(counts)
}
