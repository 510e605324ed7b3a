//! The report as `GET /api/v1/report` returns it. Fields may be added, never removed. Doc comments here are
//! the descriptions in the OpenAPI document.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::growth::Change;
use crate::domain::amounts::figure::Precision;
use crate::domain::query::{Compare, Country, Group};
use crate::domain::series::Flag;
use crate::domain::sync::CauseCount;
use crate::domain::{ArtistId, Day, Figure, Kind, Metric, Role, State};

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Report {
    /// The canonical query.
    pub query: ReportQuery,
    /// Digest of the evidence used (S22).
    pub data_version: String,
    /// Digest of the canonical query and the figures (S22).
    pub hash: String,
    /// Creation time, RFC 3339 in UTC; the only field that differs between equal reports.
    pub generated_at: String,
    /// The artists covered, by name.
    pub artists: Vec<ArtistRow>,
    /// Tracks of several selected artists: A + B - shared = total (S12).
    pub shared: Shared,
    /// Totals over all tracks and platforms.
    pub summary: Summary,
    /// Present if some data has not been fetched: the totals are incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub incomplete: Option<Incomplete>,
    /// One row per selected platform, in registry order.
    pub platforms: Vec<PlatformRow>,
    /// One row per track: largest estimate first, then unknown, then absent.
    pub tracks: Vec<TrackRow>,
    /// One row per day, if daily rows were requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub days: Option<Vec<DayRow>>,
    /// The chart appearances behind the country filter, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub country_evidence: Option<CountryEvidence>,
    /// The comparison with another period (S21), if requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(nullable = false))]
    pub growth: Option<Growth>,
    /// Artist-level metrics (followers, listeners, views), by artist, in registry order (S19).
    pub artist_level: Vec<ArtistLevelRow>,
    /// How recent the data of each platform is, in registry order.
    pub freshness: Vec<Freshness>,
    /// Things to know when reading the numbers.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// The units included in the total: "streams + views + Shazams".
    pub fn units_label(&self) -> String {
        self.summary.units.iter().map(|unit| unit.unit.as_str()).collect::<Vec<_>>().join(" + ")
    }
}

/// How much of a report has not been fetched, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Incomplete {
    /// Track-platform pairs with a day that was never fetched (S17).
    pub series: u32,
    /// Track-platform pairs with an expected day.
    pub series_of: u32,
    /// Why pairs could not be fetched, most frequent cause first. Pairs that were never requested have no
    /// cause.
    pub causes: Vec<CauseCount>,
    /// Artists whose songs have never been listed.
    pub artists: u32,
}

/// The canonical query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ReportQuery {
    /// Sorted, each once.
    pub artists: Vec<ArtistId>,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// The platforms reported on, in registry order.
    pub platforms: Vec<String>,
    /// The country filter.
    pub country: Option<Country>,
    /// The role filter.
    pub role: Option<Role>,
    /// The grouping.
    pub group: Group,
    /// Whether daily rows were requested.
    pub daily: bool,
    /// The period compared with (S21).
    pub compare: Option<Compare>,
}

/// One selected artist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistRow {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The number of its tracks in the report.
    pub tracks: u32,
    /// Sum over its tracks; null if unknown.
    pub total: Option<Figure>,
}

/// Tracks that belong to several of the selected artists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Shared {
    /// Their UUIDs, in the order of the report's tracks.
    pub tracks: Vec<Uuid>,
    /// The amount that the artists' totals count repeatedly: a track of k selected artists counts k-1 times.
    pub total: Option<Figure>,
}

/// The summary cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Sum over platforms.
    pub total: Option<Figure>,
    /// The same per unit, in registry order: values of different units are only ever added under a
    /// label that names them.
    pub units: Vec<UnitTotal>,
    /// Distinct tracks with a known figure.
    pub tracks: u32,
    /// Distinct tracks.
    pub tracks_of: u32,
    /// Estimate per covered day, one decimal.
    pub average_daily: Option<String>,
    /// Days of the range covered by any series.
    pub days_tracked: u32,
    /// Covered of expected series-days, four digits after the point; null where none is expected.
    pub coverage: Option<String>,
}

/// The total in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UnitTotal {
    /// "streams", "views", ...
    pub unit: String,
    /// Sum over the platforms of this unit.
    pub total: Option<Figure>,
}

/// The largest day (S13, S14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PeakRow {
    /// The amount of that day.
    pub value: i128,
    /// The first day of that amount.
    pub day: Day,
    /// Whether no part of the amount is estimated, and no track of it is missing.
    pub exact: bool,
}

/// One platform over all tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformRow {
    /// Its code.
    pub platform: String,
    /// Its name.
    pub name: String,
    /// What one is.
    pub unit: String,
    /// Whether the total is known.
    pub state: State,
    /// Sum over tracks.
    pub total: Option<Figure>,
    /// Percent of the grand total, one digit after the point; the shares add up to 100.0.
    pub share: Option<String>,
    /// The largest daily sum over all tracks.
    pub peak: Option<PeakRow>,
    /// The part of longer steps in the peak: with none, an inexact peak is at least that much.
    pub peak_spread: i128,
    /// Estimate a day tracked, one digit after the point.
    pub average_daily: Option<String>,
    /// Days of the range covered by any series.
    pub days_tracked: u32,
    /// Covered of expected series-days, four digits after the point.
    pub coverage: Option<String>,
}

impl PlatformRow {
    /// The precision of the peak: a lower bound if only tracks are missing, otherwise an estimate.
    pub const fn peak_precision(&self) -> Precision {
        match self.peak {
            Some(PeakRow { exact: false, .. }) if self.peak_spread == 0 => Precision::AtLeast,
            Some(PeakRow { exact: false, .. }) => Precision::About,
            _ => Precision::Exact,
        }
    }
}

/// One track over all platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackRow {
    /// Its Soundcharts UUID.
    pub uuid: Uuid,
    /// Its name.
    pub name: String,
    /// The artists as credited.
    pub credit: String,
    /// All its artists, main ones first.
    pub artists: Vec<ArtistId>,
    /// Its picture.
    pub image_url: Option<String>,
    /// Whether the total is known.
    pub state: State,
    /// Sum over platforms.
    pub total: Option<Figure>,
    /// The platforms on which it exists or was never fetched, in registry order.
    pub platforms: Vec<CellRow>,
    /// Daily averages along the range, rounded: one per day up to 31 days, otherwise one per seven days (the
    /// last may cover fewer). null where no series covers a day.
    pub trend: Vec<Option<i64>>,
}

impl TrackRow {
    /// The text shown if the total is not a number.
    pub const fn state_label(&self) -> &'static str {
        match self.state {
            State::Known => "",
            State::Unknown => "no value in this range",
            State::Absent => "on none of these platforms",
        }
    }
}

/// One track on one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CellRow {
    /// The platform's code.
    pub platform: String,
    /// Known or unknown; absent ones have no row.
    pub state: State,
    /// Sum over its series.
    pub total: Option<Figure>,
    /// Estimate a day tracked, one digit after the point.
    pub average_daily: Option<String>,
    /// The largest day.
    pub peak: Option<PeakRow>,
    /// Days of the range covered by any of its series.
    pub days_tracked: u32,
    /// What is unusual within the range.
    pub flags: Vec<Flag>,
}

impl CellRow {
    /// How much the peak says.
    pub const fn peak_precision(&self) -> Precision {
        match self.peak {
            Some(PeakRow { exact: false, .. }) => Precision::About,
            _ => Precision::Exact,
        }
    }
}

/// One day over all tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// In registry order.
    pub platforms: Vec<DayCell>,
}

/// One day on one platform (S16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayCell {
    /// The platform's code.
    pub platform: String,
    /// Sum of clean steps.
    pub value: i128,
    /// The day's part of longer steps.
    pub spread: i128,
    /// Series that cover the day; with none the day is a gap, not a zero.
    pub covered: u32,
    /// Series expected but uncovered.
    pub missing: u32,
    /// Tracks with a correction, a jump or an excluded value on that day (S3, S4, S11).
    pub corrected: u32,
}

impl DayCell {
    /// The precision of the day's amount: parts of longer steps are estimates, and missing series would add
    /// to it.
    pub const fn precision(&self) -> Precision {
        match (self.spread, self.missing) {
            (0, 0) => Precision::Exact,
            (0, _) => Precision::AtLeast,
            _ => Precision::About,
        }
    }
}

/// Why a track passed the country filter (S18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CountryEvidence {
    /// The country whose charts were looked at.
    pub country: Country,
    /// The report's tracks with their chart appearances, in the order of the report.
    pub tracks: Vec<TrackCharts>,
    /// Days of the range on which no chart of the country was fetched.
    pub days_without_chart: Vec<Day>,
}

/// The chart appearances of one track within the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackCharts {
    /// The track's UUID.
    pub track: Uuid,
    /// By best position.
    pub charts: Vec<ChartAppearance>,
}

/// One track in one chart within the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ChartAppearance {
    /// The chart's slug.
    pub chart: String,
    /// The chart's name.
    pub name: String,
    /// The platform's code.
    pub platform: String,
    /// The best position held.
    pub best_position: u32,
    /// The first day in the chart.
    pub first: Day,
    /// The last day in the chart.
    pub last: Day,
    /// Chart days in it.
    pub days: u32,
}

/// Comparison with another period (S21): like for like over the days covered in both periods, and of the
/// totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Growth {
    /// With what.
    pub compare: Compare,
    /// The first day of the other period; null where there is none.
    pub from: Option<Day>,
    /// The last day of the other period, shortened if the report's own period is in progress.
    pub to: Option<Day>,
    /// The last day of the report's own period that is compared: yesterday while it is in progress.
    pub until: Option<Day>,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any pair is matched.
    pub days: u32,
    /// Tracks on platforms with a matched day.
    pub pairs: u32,
    /// Tracks on platforms that are not absent in both periods.
    pub pairs_of: u32,
    /// Tracks with a matched day.
    pub tracks: u32,
    /// Tracks of the report.
    pub tracks_of: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
    /// The same for each platform, in registry order.
    pub platforms: Vec<PlatformGrowth>,
    /// The same for each track, in the order of the report's tracks.
    pub track_rows: Vec<TrackGrowth>,
}

/// An amount of two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BeforeAfter {
    /// Of the other period.
    pub before: i128,
    /// Of the report's period.
    pub after: i128,
}

/// How much the amounts of two periods say (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Precisions {
    /// That of the other period.
    pub before: Precision,
    /// That of the report's period.
    pub after: Precision,
}

/// Where the difference of two totals comes from: the parts add up to it, to the unit (S21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Split {
    /// The change of what is matched.
    pub existing: i128,
    /// What was not there in the other period.
    pub new: i128,
    /// What is not there any more; never positive.
    pub gone: i128,
    /// Days that the shorter period does not have.
    pub calendar: i128,
    /// Days that are covered in one of the periods only.
    pub coverage: i128,
}

/// How a platform compares with another period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PlatformGrowth {
    /// The platform's code.
    pub platform: String,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any track is matched.
    pub days: u32,
    /// Tracks with a matched day.
    pub pairs: u32,
    /// Tracks that are not absent in both periods.
    pub pairs_of: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
}

/// How a track compares with another period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TrackGrowth {
    /// The track's UUID.
    pub uuid: Uuid,
    /// Over the matched days of the other period.
    pub before: i128,
    /// Over the matched days of the report's period.
    pub after: i128,
    /// Whether there is a percentage, and why not.
    pub change: Change,
    /// Percent, one digit after the point, with a minus where it fell.
    pub percent: Option<String>,
    /// Whether no matched day has a part of a longer step.
    pub exact: bool,
    /// Day positions on which any platform is matched.
    pub days: u32,
    /// Over all covered days of each period.
    pub total: BeforeAfter,
    /// How much the totals say (S10).
    pub total_precision: Precisions,
    /// Where the difference of the totals comes from.
    pub split: Split,
}

/// A number of an artist as a whole over the range (S19).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArtistLevelRow {
    /// The artist's UUID.
    pub artist: Uuid,
    /// The artist's name.
    pub artist_name: String,
    /// The platform's code.
    pub platform: String,
    /// The platform's name.
    pub platform_name: String,
    /// Followers, listeners or views.
    pub metric: Metric,
    /// What the values mean, and so what may be done with them.
    pub kind: Kind,
    /// What one is.
    pub unit: String,
    /// The first value of the range.
    pub first: DayValue,
    /// The last value of the range.
    pub last: DayValue,
    /// Last less first.
    pub change: i128,
    /// The mean of the values, one digit after the point.
    pub average: String,
    /// Their sum, of a flow only.
    pub total: Option<i128>,
    /// Days with a value.
    pub days: u32,
    /// The value of each day of the range; null where none was delivered.
    pub values: Vec<Option<i128>>,
}

/// A value and its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayValue {
    /// The day.
    pub day: Day,
    /// The value.
    pub value: i128,
}

/// How recent the data of a platform is, over the report's tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Freshness {
    /// The platform's code.
    pub platform: String,
    /// The last day with an observation of any track.
    pub data_until: Option<Day>,
    /// The last day that was fetched.
    pub asked_until: Option<Day>,
}

/// A warning for the reader of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Warning {
    /// A stable code for programs.
    pub code: String,
    /// A message for people.
    pub message: String,
}
