//! Transport of page data to the browser: JSON text, parsed by [`super::json`] on first use and then shared.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::json::{FromJson, Json, JsonError, fields, parsed};
use crate::domain::query::listing::{ArtistItem, CountryItem, MetricItem, PlatformItem, ProviderArtist};
use crate::domain::query::{Compare, Country, FieldError, Group};
use crate::domain::report::audit::{AuditEntry, EntryKind, SeriesAudit};
use crate::domain::report::{
    ArtistLevelRow, ArtistRow, BeforeAfter, CellRow, Change, ChartAppearance, CountryEvidence, DayCell,
    DayRow, DayValue, Freshness, Growth, Incomplete, PeakRow, PlatformGrowth, PlatformRow, Precisions,
    Report, ReportQuery, Shared, Split, Summary, TrackCharts, TrackGrowth, TrackRow, UnitTotal, Warning,
};
use crate::domain::series::Flag;
use crate::domain::sync::{
    CauseCount, ChartPlan, FailureCause, SyncFailure, SyncPlan, SyncState, SyncStatus,
};
use crate::domain::window::figure::Precision;
use crate::domain::{ArtistId, Day, Figure, Kind, Level, Metric, PlatformType, Role, State};
use crate::view::analytics::page::{Answer, Missing, Outcome, Page, PlatformChoice};
use crate::view::analytics::pasted::Resolved;
use crate::view::analytics::syncing::Syncing;
use crate::view::artist::ArtistView;
use crate::view::artists::ArtistList;
use crate::view::forms::notice::Told;
use crate::view::platforms::PlatformList;
use crate::view::syncs::SyncList;
use crate::view::track::{Named, ObservationItem, PlatformAudit, TrackView};

/// Page data in transit from the server to the browser. One type for all pages, so that the async machinery
/// is compiled into the bundle only once.
#[derive(Debug, Clone)]
pub struct Sent(Arc<Content>);

#[derive(Debug)]
struct Content {
    text: String,
    data: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl Sent {
    /// Serializes the data.
    ///
    /// # Panics
    /// Never: all page data can be serialized.
    pub fn new<T: Serialize + Any + Send + Sync>(data: T) -> Self {
        let text = serde_json::to_string(&data).expect("data of a screen are JSON");
        let data: Arc<dyn Any + Send + Sync> = Arc::new(data);
        Sent(Arc::new(Content { text, data: OnceLock::from(data) }))
    }

    /// The data, parsed on first use.
    ///
    /// # Errors
    /// The JSON has another shape: server and page are of different versions.
    pub fn read<T: FromJson + Any + Send + Sync>(&self) -> Result<Arc<T>, JsonError> {
        let data = match self.0.data.get() {
            Some(data) => Arc::clone(data),
            None => {
                let read: Arc<dyn Any + Send + Sync> =
                    Arc::new(Json::parse(&self.0.text).and_then(T::from_json)?);
                Arc::clone(self.0.data.get_or_init(|| read))
            }
        };
        data.downcast().map_err(|_| JsonError)
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.text)
    }
}

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Sent(Arc::new(Content { text, data: OnceLock::new() })))
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
    FailureCause,
    Compare,
    Change,
    EntryKind,
    Precision,
    Metric,
    Kind,
    Level,
    PlatformType
);

fields! {
    Page { today, platforms, countries, artists, matches, unmatched, is_list_matched, examples, outcome }
    Resolved { found, missing }
    PlatformChoice { code, name, unit }
    Answer { report, missing, syncing }
    Syncing { plan, status, starts_by_itself }
    SyncStatus {
        id, state, done, total, percent, eta_seconds, message, failures, causes, artists, from, to, country, created_at,
        finished_at,
    }
    SyncFailure { artist, track, platform, reason }
    CauseCount { cause, count }
    SyncPlan { series, charts, requests, estimated_seconds, quota_left, unlisted_artists }
    ChartPlan { slug, days }
    TrackView {
        uuid, name, credit, artists, isrc, release, image_url, today, from, to, platforms, days,
    }
    Named { id, name }
    PlatformAudit { platform, name, unit, state, total, peak, identifiers, series, observations }
    ObservationItem { day, identifier, value, fetch, replaced }
    SeriesAudit { total, entries, left_out }
    AuditEntry { kind, first, last, days_inside, size, adds, flags }
    ArtistView { artist, today, report, missing }
    PlatformList { platforms, can_change, told }
    PlatformItem { code, name, metrics }
    MetricItem { level, metric, kind, unit, platform_type, mirrors, enabled }
    ArtistList { artists, next, found, told, linked, can_fetch }
    ProviderArtist { uuid, name, country, image_url, is_here }
    Told { is_good, words }
    SyncList { syncs, after, next, quota_left, can_fetch }
    Missing { days, never_fetched, empty, platforms }
    FieldError { field, message }
    ArtistItem { id, uuid, name, country, source, selectable, reason, tracks, image_url }
    CountryItem { code, name, charts }
    Report {
        query, data_version, hash, generated_at, artists, shared, summary, incomplete, platforms, tracks, days, country_evidence,
        growth, artist_level, freshness, warnings,
    }
    Incomplete { series, series_of, causes, artists }
    ReportQuery { artists, from, to, platforms, country, role, group, daily, compare }
    ArtistRow { uuid, name, tracks, total }
    Shared { tracks, total }
    Summary { total, units, tracks, tracks_of, average_daily, days_tracked, coverage }
    UnitTotal { unit, total }
    PeakRow { value, day, exact }
    PlatformRow { platform, name, unit, state, total, share, peak, peak_spread, average_daily, days_tracked, coverage }
    TrackRow { uuid, name, credit, artists, image_url, state, total, platforms, trend }
    CellRow { platform, state, total, average_daily, peak, days_tracked, flags }
    DayRow { day, platforms }
    DayCell { platform, value, spread, covered, missing, corrected }
    CountryEvidence { country, tracks, days_without_chart }
    TrackCharts { track, charts }
    Growth {
        compare, from, to, until, before, after, change, percent, exact, days, pairs, pairs_of, tracks, tracks_of,
        total, total_precision, split, platforms, track_rows,
    }
    BeforeAfter { before, after }
    Precisions { before, after }
    Split { existing, new, gone, calendar, coverage }
    PlatformGrowth {
        platform, before, after, change, percent, exact, days, pairs, pairs_of, total, total_precision, split,
    }
    TrackGrowth { uuid, before, after, change, percent, exact, days, total, total_precision, split }
    ArtistLevelRow {
        artist, artist_name, platform, platform_name, metric, kind, unit, first, last, change, average, total, days,
        values,
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
    use crate::view::report::tables::tests::page;

    #[test]
    fn arrives_as_it_was_sent() {
        let outcomes = [
            page().outcome,
            Outcome::Nothing,
            Outcome::Matches,
            Outcome::Invalid(vec![FieldError::new("artist", "choose “one”")]),
        ];
        for outcome in outcomes {
            let page = Page { outcome, ..page() };
            let sent = Sent::new(page.clone());
            let came: Sent = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
            for sent in [sent, came.clone(), came] {
                assert_eq!(*sent.read::<Page>().unwrap(), page);
            }
        }
        let other: Sent = serde_json::from_str("\"{}\"").unwrap();
        assert!(other.read::<Page>().is_err());
        assert!(Sent::new(page()).read::<Told>().is_err());
    }
}
