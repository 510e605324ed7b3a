//! S19 of docs/semantics.md: artist-level metrics (followers, listeners, views). They have a section of their
//! own and are never part of the track totals.

use super::evidence::{ArtistSeries, Evidence};
use super::rows::{ArtistLevelRow, DayValue};
use crate::domain::text::format::decimal;
use crate::domain::{Kind, Range};

/// One row per artist, platform and metric with a value in the range.
pub(super) fn artist_level(evidence: &Evidence, range: Range) -> Vec<ArtistLevelRow> {
    let mut rows: Vec<ArtistLevelRow> =
        evidence.artist_level.iter().filter_map(|series| row(evidence, series, range)).collect();
    // The sort is stable: within an artist, rows stay in registry order.
    rows.sort_by(|a, b| (&a.artist_name, a.artist).cmp(&(&b.artist_name, b.artist)));
    rows
}

fn row(evidence: &Evidence, series: &ArtistSeries, range: Range) -> Option<ArtistLevelRow> {
    let values: Vec<DayValue> = series
        .observations
        .iter()
        .filter(|o| range.contains(o.day) && o.value >= 0)
        .map(|o| DayValue { day: o.day, value: o.value.into() })
        .collect();
    let (first, last) = (*values.first()?, *values.last()?);
    let sum: i128 = values.iter().map(|value| value.value).sum();
    let name = evidence.artists.iter().find(|artist| artist.uuid == series.artist)?.name.clone();
    Some(ArtistLevelRow {
        artist: series.artist,
        artist_name: name,
        platform: series.platform.clone(),
        platform_name: series.platform_name.clone(),
        metric: series.metric,
        kind: series.kind,
        unit: series.unit.clone(),
        first,
        last,
        change: last.value - first.value,
        average: decimal(sum, values.len() as i128, 1),
        // Only flows are additive over days.
        total: (series.kind == Kind::Flow).then_some(sum),
        days: values.len() as u32,
        values: range
            .days()
            .map(|day| Some(values[values.binary_search_by_key(&day, |v| v.day).ok()?].value))
            .collect(),
    })
}
