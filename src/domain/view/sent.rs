//! How the page's data come to the browser: as JSON text, read by the small reader of [`super::json`],
//! and shared once it is read.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::artist::ArtistView;
use super::artist_list::ArtistList;
use super::json::{FromJson, Json, JsonError, fields, parsed};
use super::page::{Answer, Missing, Outcome, Page, PlatformChoice};
use super::platform_list::PlatformList;
use super::sync_list::SyncList;
use super::syncing::Syncing;
use super::told::Told;
use super::track::{Named, ObservationItem, PlatformAudit, TrackView};
use crate::domain::audit::{AuditEntry, EntryKind, SeriesAudit};
use crate::domain::listing::{ArtistItem, CountryItem, MetricItem, PlatformItem, ProviderArtist};
use crate::domain::query::{Compare, Country, FieldError, Group};
use crate::domain::report::{
    ArtistLevelRow, ArtistRow, CellRow, Change, ChartAppearance, CountryEvidence, DayCell, DayRow, DayValue,
    Freshness, Growth, GrowthRow, PeakRow, PlatformRow, Report, ReportQuery, Shared, Summary, TrackCharts,
    TrackRow, UnitTotal, Warning,
};
use crate::domain::series::Flag;
use crate::domain::sync::{ChartPlan, SyncFailure, SyncPlan, SyncState, SyncStatus};
use crate::domain::{ArtistId, Day, Figure, Kind, Level, Metric, PlatformType, Role, State};

/// Data on their way from the server to the browser, or there.
#[derive(Debug, PartialEq)]
pub struct Sent<T>(pub Arc<T>);

impl<T> Sent<T> {
    /// Ready to be sent.
    pub fn new(data: T) -> Self {
        Sent(Arc::new(data))
    }
}

impl<T> Clone for Sent<T> {
    fn clone(&self) -> Self {
        Sent(Arc::clone(&self.0))
    }
}

impl<T: Serialize> Serialize for Sent<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(&*self.0).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Sent<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let data = Json::parse(&text).and_then(T::from_json).map_err(serde::de::Error::custom)?;
        Ok(Sent::new(data))
    }
}

parsed!(
    u32,
    i64,
    i128,
    Uuid,
    ArtistId,
    Country,
    Day,
    Flag,
    Group,
    Role,
    State,
    SyncState,
    Compare,
    Change,
    EntryKind,
    Metric,
    Kind,
    Level,
    PlatformType
);

fields! {
    Page { today, platforms, countries, artists, matches, examples, outcome }
    PlatformChoice { code, name, unit }
    Answer { report, missing, syncing }
    Syncing { plan, status, starts_by_itself }
    SyncStatus {
        id, state, done, total, percent, eta_seconds, message, failures, artists, from, to, country, created_at,
        finished_at,
    }
    SyncFailure { artist, track, platform, reason }
    SyncPlan { series, charts, requests, estimated_seconds, quota_left, unlisted_artists }
    ChartPlan { slug, days }
    TrackView {
        uuid, name, credit, artists, isrc, release, image_url, today, from, to, platforms,
    }
    Named { id, name }
    PlatformAudit { platform, name, unit, state, total, identifiers, series, observations }
    ObservationItem { day, identifier, value, fetch, replaced }
    SeriesAudit { total, entries, left_out }
    AuditEntry { kind, first, last, days_inside, size, adds, flags }
    ArtistView { artist, today, report, missing }
    PlatformList { platforms, told }
    PlatformItem { code, name, metrics }
    MetricItem { level, metric, kind, unit, platform_type, mirrors, enabled }
    ArtistList { artists, next, found, told, linked, can_fetch }
    ProviderArtist { uuid, name, country, image_url, is_here }
    Told { is_good, words }
    SyncList { syncs, skip, next, quota_left, can_fetch }
    Missing { days, never_fetched, empty, platforms }
    FieldError { field, message }
    ArtistItem { id, uuid, name, country, source, selectable, reason, tracks, image_url }
    CountryItem { code, name, charts }
    Report {
        query, data_version, hash, generated_at, artists, shared, summary, platforms, tracks, days, country_evidence,
        growth, artist_level, freshness, warnings,
    }
    ReportQuery { artists, from, to, platforms, country, role, group, daily, compare }
    ArtistRow { uuid, name, tracks, total }
    Shared { tracks, total }
    Summary { total, units, tracks, tracks_of, average_daily, days_tracked, coverage }
    UnitTotal { unit, total }
    PeakRow { value, day }
    PlatformRow { platform, name, unit, state, total, share, peak, average_daily, days_tracked, coverage }
    TrackRow { uuid, name, credit, artists, image_url, state, total, platforms }
    CellRow { platform, state, total, average_daily, peak, days_tracked, flags }
    DayRow { day, platforms }
    DayCell { platform, value, spread, covered, missing }
    CountryEvidence { country, tracks, days_without_chart }
    TrackCharts { track, charts }
    Growth {
        compare, from, to, until, is_per_day, before, after, change, percent, tracks, tracks_of, platforms,
    }
    GrowthRow { platform, before, after, change, percent }
    ArtistLevelRow {
        artist, artist_name, platform, platform_name, metric, kind, unit, first, last, change, average, total, days,
    }
    DayValue { day, value }
    Freshness { platform, data_until, asked_until }
    ChartAppearance { chart, name, platform, best_position, first, last, days }
    Warning { code, message }
    Figure { estimate, low, high, exact }
}

impl FromJson for Outcome {
    fn from_json(mut json: Json) -> Result<Self, JsonError> {
        match &json {
            Json::Text(word) if word == "Nothing" => Ok(Outcome::Nothing),
            Json::Text(word) if word == "Matches" => Ok(Outcome::Matches),
            _ => match (json.take("Invalid"), json.take("Report")) {
                (Json::Null, report) => FromJson::from_json(report).map(Outcome::Report),
                (errors, _) => FromJson::from_json(errors).map(Outcome::Invalid),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::view::tables::tests::page;

    #[test]
    fn arrives_as_it_was_sent() {
        let outcomes = [
            page().outcome,
            Outcome::Nothing,
            Outcome::Matches,
            Outcome::Invalid(vec![FieldError::new("artist", "choose “one”")]),
        ];
        for outcome in outcomes {
            let sent = Sent::new(Page { outcome, ..page() });
            let text = serde_json::to_string(&sent).unwrap();
            assert_eq!(serde_json::from_str::<Sent<Page>>(&text).unwrap(), sent);
        }
        assert!(serde_json::from_str::<Sent<Page>>("\"{}\"").is_err());
    }
}
